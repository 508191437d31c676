package io.vxland.plan.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Handover;
import io.vxland.model.IpAddress;
import io.vxland.model.Location;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.SwitchOptions;
import io.vxland.model.Vtep;
import io.vxland.openflow.Action;
import io.vxland.openflow.Field;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Match;
import io.vxland.openflow.Port;
import io.vxland.openflow.Value;
import io.vxland.plan.Change;
import io.vxland.plan.Inputs;
import io.vxland.plan.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One port for all networks and hosts of a switch: what its flows say where frames go. */
class SwitchFlowTunnelTest extends SwitchScene {
  private static final String LEARN =
      "learn(table=2,hard_timeout=300,priority=100,cookie=0x76786c616e64,limit=8192,tun_id=0x1389,"
          + "NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],load:";
  private static final String ONE_CARD = "dl_src=00:00:00:00:00:00/01:00:00:00:00:00";

  private static Network network(
      String name, int vni, String bridge, Integer tag, SwitchOptions.Ports ports, boolean bfd) {
    return network(name, vni, bridge, tag)
        .with(
            OverlayOptions.DEFAULTS.with(
                new SwitchOptions(
                    SwitchOptions.DEFAULTS.datapath(),
                    SwitchOptions.DEFAULTS.tunnel(),
                    false,
                    false,
                    Optional.empty(),
                    bfd,
                    ports)));
  }

  private static Network byFlow(String name, int vni, String bridge, Integer tag) {
    return network(name, vni, bridge, tag, SwitchOptions.Ports.FLOW, false);
  }

  private static Network shared() {
    return byFlow("ovs-tun", 5001, BRIDGE.value(), null);
  }

  @Test
  void thereIsOnePortBehindAGuardHoweverManyHostsAndNetworksThereAre() {
    Set<Network> both =
        Set.of(byFlow("a", 5001, "br-extun", 11), byFlow("b", 5002, "br-extun", 12));
    List<String> commands = settle(inputs(both));
    assertThat(commands.subList(0, 4))
        .containsExactly(
            "ovs-vsctl add-br br-extun -- set Bridge br-extun datapath_type=system"
                + " external_ids:vxland=bridge",
            "ovs-vsctl set Interface br-extun mtu_request=1450",
            "ovs-ofctl -O OpenFlow14 add-flow br-extun '"
                + OURS
                + "0, priority=108,tun_dst=10.99.0.1 actions=drop'",
            "ovs-vsctl add-port br-extun tun-vxlan0"
                + " -- set Port tun-vxlan0 protected=false external_ids:vxland=\"tunnel\""
                + " -- set Interface tun-vxlan0 type=vxlan options:dst_port=4789"
                + " options:key=flow options:local_ip=10.99.0.1 options:remote_ip=flow");
    assertThat(commands.subList(4, commands.size()))
        .allMatch(command -> command.startsWith("ovs-ofctl -O OpenFlow14 add-flow"));
    peers = List.of("10.99.0.2", "10.99.0.3", "10.99.0.4");
    assertThat(settle(inputs(both))).noneMatch(command -> command.contains("ovs-vsctl"));
    assertThat(there().ports()).hasSize(1);
  }

  @Test
  void theFlowsOfANetworkThatIsAloneOnItsSwitch() {
    settle(inputs(Set.of(shared())));
    int port = number("tun-vxlan0");
    String there = "0, priority=110,tun_id=0x1389,tun_src=10.99.0.%d," + ONE_CARD + " actions=";
    String learnThere = LEARN + "NXM_NX_TUN_IPV4_SRC[]->NXM_NX_TUN_IPV4_DST[]),NORMAL";
    assertThat(flows())
        .containsExactlyInAnyOrder(
            "0, priority=108,tun_dst=10.99.0.1 actions=drop",
            there.formatted(2) + learnThere,
            there.formatted(3) + learnThere,
            "0, priority=20,tun_src=0.0.0.0,"
                + ONE_CARD
                + " actions=set_field:0x1389->tun_id,"
                + LEARN
                + "0xa630001->NXM_NX_TUN_IPV4_DST[]),resubmit(,2),resubmit(,3)",
            "3, priority=20,tun_id=0x1389,tun_dst=10.99.0.1"
                + " actions=set_field:0.0.0.0->tun_dst,NORMAL",
            "3, priority=20,tun_id=0x1389,tun_dst=10.99.0.2 actions=output:" + port,
            "3, priority=20,tun_id=0x1389,tun_dst=10.99.0.3 actions=output:" + port,
            "3, priority=10,tun_id=0x1389 actions=set_field:0.0.0.0->tun_dst,NORMAL,"
                + "set_field:0x1389->tun_id,"
                + "set_field:10.99.0.2->tun_dst,output:%d,".formatted(port)
                + "set_field:10.99.0.3->tun_dst,output:%d".formatted(port));
  }

  @Test
  void theTagOfANetworkStaysInItsSwitch() {
    settle(inputs(Set.of(byFlow("a", 5001, "br-extun", 11))));
    assertThat(flows())
        .filteredOn(flow -> flow.startsWith("0, priority=110"))
        .hasSize(2)
        .allMatch(flow -> flow.contains("vlan_tci=0x0000/0x1fff"))
        .allMatch(flow -> flow.endsWith(",push_vlan:0x8100,set_field:4107->vlan_vid,NORMAL"));
    assertThat(flows())
        .filteredOn(flow -> flow.startsWith("3, ") && flow.contains("dl_vlan=11"))
        .hasSize(3)
        .allMatch(flow -> flow.contains("pop_vlan,"));
    assertThat(flows())
        .filteredOn(flow -> flow.startsWith("0, priority=20"))
        .singleElement()
        .asString()
        .contains("tun_src=0.0.0.0,dl_vlan=11");
  }

  @Test
  void whatTheSwitchHasLearnedStaysWhileItsNetworkDoes() {
    settle(inputs(Set.of(shared())));
    Flow learned =
        Flow.of(
                2,
                100,
                SwitchOwnership.COOKIE,
                Match.ANY.tunnelId(5001).ethDst(MAC.bits()),
                SharedPort.toward(IpAddress.parse("10.99.0.3")))
            .hardTimeout(300);
    switches.apply(List.of(new Change.OnSwitch(new SwitchChange.AddFlow(BRIDGE, learned))));
    assertThat(plan(inputs(Set.of(shared()))).changes()).isEmpty();
    settle(inputs(Set.of(byFlow("other", 5002, "br-extun", null))));
    assertThat(there().flows().packets()).doesNotContainKey(learned);
    assertThat(flows()).noneMatch(flow -> flow.contains("0x1389"));
  }

  @Test
  void aKnownPlaceIsAboveWhatIsLearned() {
    locations = List.of(new Location(MAC, Vtep.parse("10.99.0.3"), List.of()));
    settle(inputs(Set.of(shared())));
    assertThat(flows())
        .contains(
            "2, priority=200,tun_id=0x1389,dl_dst=52:54:00:00:00:01"
                + " actions=set_field:10.99.0.3->tun_dst");
  }

  @Test
  void questionsThatAreForAllGoToAll() {
    locations =
        List.of(new Location(MAC, Vtep.parse("10.99.0.3"), List.of(IpAddress.parse("10.7.0.3"))));
    settle(inputs(Set.of(shared())));
    assertThat(flows())
        .filteredOn(flow -> flow.startsWith("0, priority=106"))
        .hasSize(3)
        .allMatch(flow -> flow.contains("tun_src=0.0.0.0") && flow.endsWith("resubmit(,3)"));
    assertThat(flows())
        .filteredOn(flow -> flow.startsWith("0, priority=104"))
        .singleElement()
        .asString()
        .contains("tun_src=0.0.0.0", "arp_tpa=10.7.0.3");
  }

  @Test
  void aMigrationIsRedirectedFromEveryPlaceThatTheNetworkHasFramesFrom() {
    Handover redirect = new Handover.Redirect(VNI, MAC, Optional.empty());
    settle(inputs(Set.of(shared()), redirect));
    assertThat(there().ports()).hasSize(2);
    assertThat(flows())
        .filteredOn(flow -> flow.contains("priority=300"))
        .hasSize(3)
        .anyMatch(flow -> flow.contains("tun_src=0.0.0.0,dl_dst"))
        .anyMatch(flow -> flow.contains("tun_id=0x1389,tun_src=10.99.0.2,dl_dst"))
        .anyMatch(flow -> flow.contains("tun_id=0x1389,tun_src=10.99.0.3,dl_dst"))
        .allMatch(flow -> flow.contains(",output:" + number("tun-mig0")));
    assertThat(flows())
        .filteredOn(flow -> flow.contains("priority=400"))
        .hasSize(2)
        .anyMatch(
            flow ->
                flow.contains("tun_src=10.99.0.2,dl_src=52:54:00:00:00:01 ")
                    && flow.contains(
                        "eth_dst=52:54:00:00:00:01,load:0x1389->NXM_NX_TUN_ID[],"
                            + "load:0xa630002->NXM_NX_TUN_IPV4_DST[],output:NXM_OF_IN_PORT[])"));
    Flow heard =
        Flow.of(
                0,
                350,
                SwitchOwnership.COOKIE,
                Match.ANY.ethDst(MAC.bits()),
                new Action.Load(Field.TUNNEL_ID, Value.u64(5001)),
                new Action.Load(Field.TUN_IPV4_DST, Value.ipv4(0x0a630003)),
                new Action.Output(new Port(number("tun-vxlan0"))))
            .hardTimeout(330);
    switches.apply(List.of(new Change.OnSwitch(new SwitchChange.AddFlow(BRIDGE, heard))));
    Inputs still = inputs(Set.of(shared()), redirect);
    assertThat(plan(still).changes()).isEmpty();
    assertThat(
            Redirection.all(SwitchDesire.of(still), switches.state())
                .get(VNI)
                .heardFrom(MAC, heard))
        .contains(IpAddress.parse("10.99.0.3"));
    settle(inputs(Set.of(shared())));
    assertThat(there().ports()).hasSize(1);
  }

  @Test
  void whatACardSendsThatArrivesGoesToAllHosts() {
    settle(inputs(Set.of(shared())));
    switches.plug(
        BRIDGE.value(), TAP.value(), FakeSwitches.attached(FakeSwitches.foreignPort(), MAC));
    settle(inputs(Set.of(shared()), new Handover.Delivery(VNI, MAC, TAP, false)));
    int port = number("tun-vxlan0");
    assertThat(flows())
        .filteredOn(flow -> flow.contains("priority=400,in_port=" + number("vnet0")))
        .singleElement()
        .asString()
        .contains("output:NXM_OF_IN_PORT[]),set_field:0x1389->tun_id,")
        .endsWith("resubmit(,2),resubmit(,3)");
    assertThat(flows())
        .filteredOn(flow -> flow.contains("priority=200"))
        .singleElement()
        .asString()
        .endsWith(
            " actions=set_field:0x1389->tun_id,set_field:10.99.0.2->tun_dst,output:%d,"
                    .formatted(port)
                + "set_field:10.99.0.3->tun_dst,output:%d".formatted(port));
    assertThat(flows()).filteredOn(flow -> flow.contains("priority=210")).hasSize(2);
    assertThat(flows())
        .filteredOn(flow -> flow.matches(".* priority=400,tun_id=0x1389,tun_src=10.99.0.[23],.*"))
        .hasSize(2)
        .allMatch(flow -> flow.contains("learn(table=0,hard_timeout=330,priority=205,"));
  }

  @Test
  void anUnderlayOfIpv6HasAddressesOfItsOwn() {
    self = "fd99::1";
    peers = List.of("fd99::2");
    settle(inputs(Set.of(shared())));
    assertThat(flows())
        .anyMatch(flow -> flow.contains("priority=108,tun_ipv6_dst=fd99::1 actions=drop"))
        .anyMatch(flow -> flow.contains("load:NXM_NX_TUN_IPV6_SRC[]->NXM_NX_TUN_IPV6_DST[])"))
        .anyMatch(
            flow ->
                flow.contains("load:0xfd990000000000000000000000000001->NXM_NX_TUN_IPV6_DST[])"))
        .anyMatch(flow -> flow.contains("set_field:::->tun_ipv6_dst,NORMAL"));
    Flow learned =
        Flow.of(
            2,
            100,
            SwitchOwnership.COOKIE,
            Match.ANY.tunnelId(5001).ethDst(MAC.bits()),
            new Action.LoadHalf(Field.TUN_IPV6_DST, false, 2));
    switches.apply(List.of(new Change.OnSwitch(new SwitchChange.AddFlow(BRIDGE, learned))));
    assertThat(plan(inputs(Set.of(shared()))).changes()).isEmpty();
  }

  private List<String> problems(Network... networks) {
    return plan(inputs(Set.of(networks))).problems().stream().map(Problem::message).toList();
  }

  @Test
  void whatOpenVswitchCannotHaveIsRefused() {
    assertThat(problems(shared(), byFlow("second", 5002, "br-second", null)))
        .singleElement()
        .asString()
        .contains("bridge br-extun has the tunnel to all hosts");
    assertThat(
            problems(
                byFlow("a", 5001, "br-extun", 11),
                network("b", 5002, "br-extun", 12, SwitchOptions.Ports.PEER, false)))
        .singleElement()
        .asString()
        .contains("give them the same 'tunnels'");
    assertThat(problems(network("a", 5001, "br-extun", 11, SwitchOptions.Ports.FLOW, true)))
        .singleElement()
        .asString()
        .contains("remove 'bfd'");
  }

  @Test
  void theTunnelGoesAfterTheFlowsIntoItAndItsGuardLast() {
    Set<Network> both =
        Set.of(
            byFlow("a", 5001, "br-extun", 11),
            network("b", 5002, "br-2", 12, SwitchOptions.Ports.PEER, false));
    settle(inputs(both));
    Set<Network> peerPorts =
        Set.of(network("a", 5001, "br-extun", 11, SwitchOptions.Ports.PEER, false));
    List<String> commands =
        settle(inputs(peerPorts)).stream().filter(each -> each.contains("br-extun")).toList();
    int port =
        commands.indexOf(
            commands.stream().filter(each -> each.contains("del-port")).findFirst().orElseThrow());
    assertThat(commands.subList(0, port))
        .filteredOn(command -> command.contains("del-flows"))
        .isNotEmpty();
    assertThat(commands.subList(port + 1, commands.size()))
        .singleElement()
        .asString()
        .contains("del-flows", "priority=108,tun_dst=10.99.0.1");
    assertThat(flows()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void anyWayFromOneWorldToAnotherEndsAtIt(long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < 12; step++) {
      Set<Network> networks = new HashSet<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        int tag = random.nextInt(4);
        networks.add(
            network(
                "net" + i,
                5000 + random.nextInt(4),
                "br-" + random.nextInt(2),
                tag == 0 ? null : 10 + tag,
                random.nextBoolean() ? SwitchOptions.Ports.FLOW : SwitchOptions.Ports.PEER,
                false));
      }
      peers = random.ints(random.nextInt(4), 2, 9).mapToObj(host -> "10.99.0." + host).toList();
      locations =
          random.nextBoolean()
              ? List.of()
              : List.of(
                  new Location(
                      MAC,
                      Vtep.parse("10.99.0." + (2 + random.nextInt(6))),
                      List.of(IpAddress.parse("10.7.0.3"), IpAddress.parse("fd07::3"))));
      Handover[] handovers =
          random.nextBoolean()
              ? new Handover[0]
              : new Handover[] {new Handover.Redirect(VNI, MAC, Optional.empty())};
      settle(inputs(networks, handovers));
      SwitchScene fresh = new SwitchScene();
      fresh.peers = peers;
      fresh.locations = locations;
      fresh.settle(fresh.inputs(networks, handovers));
      assertThat(shape()).isEqualTo(fresh.shape());
    }
  }
}

package io.vxland.plan.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.InterfaceName;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.SwitchOptions;
import io.vxland.model.Template;
import io.vxland.model.TunnelType;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Change;
import io.vxland.plan.Desire;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.Problem;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks on Open vSwitch: from what is wanted to what an administrator would type. */
class SwitchPlannerTest {
  private final FakeSwitches switches = new FakeSwitches();

  private static Network network(String name, int vni, String bridge, Integer tag) {
    return new Network(
        new NetworkName(name),
        new Vni(vni),
        Optional.of(new InterfaceName(bridge)),
        Optional.ofNullable(tag).map(VlanTag::new),
        Template.OVS_TUN,
        Network.Origin.LIBVIRT,
        OverlayOptions.DEFAULTS);
  }

  private static Network extun() {
    return network("ovs-tun", 5001, "br-extun", null);
  }

  private static Inputs inputs(Set<Network> networks, Set<LocalPort> ports, String... peers) {
    Map<Vni, SortedSet<Vtep>> replication = new HashMap<>();
    networks.forEach(
        network ->
            replication.put(
                network.vni(), new TreeSet<>(Arrays.stream(peers).map(Vtep::parse).toList())));
    return new Inputs(
        Optional.of(Vtep.parse("10.99.0.1")),
        Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), 1500)),
        networks,
        ports,
        new Knowledge(true, replication, Map.of()),
        Set.of());
  }

  private Plan plan(Inputs inputs) {
    return SwitchPlanner.plan(SwitchDesire.of(inputs), switches.state(), true);
  }

  private Plan stand(Inputs inputs) {
    Plan plan = plan(inputs);
    switches.apply(plan.changes());
    assertThat(plan(inputs).changes()).as("after %s", commands(plan)).isEmpty();
    return plan;
  }

  private static List<String> commands(Plan plan) {
    return plan.changes().stream().map(Change::command).toList();
  }

  @Test
  void twoHostsGetWhatPeopleType() {
    Plan plan = stand(inputs(Set.of(extun()), Set.of(), "10.99.0.2"));
    assertThat(commands(plan))
        .containsExactly(
            "ovs-vsctl add-br br-extun -- set Bridge br-extun datapath_type=system"
                + " external_ids:vxland=bridge",
            "ovs-vsctl set Interface br-extun mtu_request=1450",
            "ovs-vsctl add-port br-extun tun-vxlan0"
                + " -- set Port tun-vxlan0 protected=true external_ids:vxland=\"vni=5001\""
                + " -- set Interface tun-vxlan0 type=vxlan options:dst_port=4789 options:key=5001"
                + " options:local_ip=10.99.0.1 options:remote_ip=10.99.0.2");
    assertThat(plan.problems()).isEmpty();
  }

  @Test
  void aPeerMoreIsATunnelMoreAndNoOtherChanges() {
    stand(inputs(Set.of(extun()), Set.of(), "10.99.0.3"));
    Plan plan = stand(inputs(Set.of(extun()), Set.of(), "10.99.0.2", "10.99.0.3"));
    assertThat(commands(plan))
        .singleElement()
        .asString()
        .startsWith("ovs-vsctl add-port br-extun tun-vxlan1 ")
        .contains("options:remote_ip=10.99.0.2");
    assertThat(commands(stand(inputs(Set.of(extun()), Set.of(), "10.99.0.2"))))
        .containsExactly("ovs-vsctl del-port br-extun tun-vxlan0");
  }

  @Test
  void networksShareABridgeByTheirTags() {
    Set<Network> both =
        Set.of(network("a", 5001, "br-extun", 11), network("b", 5002, "br-extun", 12));
    Plan plan = stand(inputs(both, Set.of(), "10.99.0.2"));
    assertThat(plan.problems()).isEmpty();
    assertThat(commands(plan))
        .filteredOn(command -> command.contains("add-port"))
        .hasSize(2)
        .anyMatch(command -> command.contains(" tag=11 ") && command.contains("key=5001"))
        .anyMatch(command -> command.contains(" tag=12 ") && command.contains("key=5002"));
  }

  @Test
  void networksThatWouldMeetOnABridgeAreNotBothMade() {
    Set<Network> both =
        Set.of(network("a", 5001, "br-extun", null), network("b", 5002, "br-extun", 12));
    Plan plan = stand(inputs(both, Set.of(), "10.99.0.2"));
    assertThat(plan.problems())
        .extracting(Problem::subject, problem -> problem.message().contains("<vlan>"))
        .containsExactly(org.assertj.core.groups.Tuple.tuple("network 'b'", true));
    assertThat(commands(plan)).noneMatch(command -> command.contains("5002"));
  }

  @Test
  void aBridgeOfOthersIsLeftAloneAndToldOf() {
    switches.put("br-extun", new ActualSwitch(false, "system", OptionalInt.empty(), Map.of()));
    Plan plan = plan(inputs(Set.of(extun()), Set.of(), "10.99.0.2"));
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.blocked()).containsExactly(new Vni(5001));
    assertThat(plan.problems().get(0).message())
        .contains("ovs-vsctl br-set-external-id br-extun vxland bridge");
  }

  @Test
  void aPortOfOthersOnOurBridgeStaysAndKeepsTheBridge() {
    stand(inputs(Set.of(extun()), Set.of(), "10.99.0.2"));
    switches.plug("br-extun", "eth7", FakeSwitches.foreignPort());
    assertThat(plan(inputs(Set.of(extun()), Set.of(), "10.99.0.2")).changes()).isEmpty();
    Plan end = plan(inputs(Set.of(), Set.of()));
    assertThat(end.changes()).isEmpty();
    assertThat(end.problems().get(0).message()).contains("[eth7] is plugged in");
  }

  private static ActualPort changed(ActualPort port, String column) {
    return FakeSwitches.port(
        port.owner(),
        column.equals("type") ? "geneve" : port.type(),
        column.equals("options") ? Map.of("remote_ip", "10.99.0.2", "key", "7") : port.options(),
        !column.equals("protected"),
        column.equals("tag") ? Optional.of(new VlanTag(7)) : port.tag(),
        column.equals("bfd"),
        port.error());
  }

  @ParameterizedTest
  @ValueSource(strings = {"type", "options", "protected", "tag", "bfd"})
  void whatWasChangedByHandIsChangedBack(String column) {
    Inputs inputs = inputs(Set.of(extun()), Set.of(), "10.99.0.2");
    stand(inputs);
    InterfaceName name = new InterfaceName("tun-vxlan0");
    ActualPort port =
        switches.state().switches().get(new InterfaceName("br-extun")).ports().get(name);
    switches.plug("br-extun", name.value(), changed(port, column));
    assertThat(commands(stand(inputs)))
        .singleElement()
        .asString()
        .contains("clear Interface tun-vxlan0 options", "protected=true", "options:key=5001");
  }

  private ActualPort unmarked(boolean isProtected) {
    ActualPort port =
        switches
            .state()
            .switches()
            .get(new InterfaceName("br-extun"))
            .ports()
            .get(new InterfaceName("tun-vxlan0"));
    return FakeSwitches.port(
        Optional.empty(),
        port.type(),
        port.options(),
        isProtected,
        port.tag(),
        port.bfd(),
        port.error());
  }

  @Test
  void aTunnelWhoseMarkSomebodyTookIsMarkedAgain() {
    Inputs inputs = inputs(Set.of(extun()), Set.of(), "10.99.0.2");
    stand(inputs);
    switches.plug("br-extun", "tun-vxlan0", unmarked(true));
    Plan plan = stand(inputs);
    assertThat(commands(plan))
        .singleElement()
        .asString()
        .contains("clear Interface tun-vxlan0 options", "external_ids:vxland=\"vni=5001\"");
    assertThat(plan.problems()).isEmpty();
  }

  @Test
  void aTunnelThatSomebodyMadeOtherwiseIsToldOfAndNotDoubled() {
    Inputs inputs = inputs(Set.of(extun()), Set.of(), "10.99.0.2", "10.99.0.3");
    stand(inputs);
    switches.plug("br-extun", "tun-vxlan0", unmarked(false));
    Plan plan = plan(inputs);
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.blocked()).containsExactly(new Vni(5001));
    assertThat(plan.problems())
        .extracting(Problem::subject, Problem::message)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "network 'ovs-tun'",
                "port tun-vxlan0 of bridge br-extun is a tunnel to 10.99.0.2 with the key 5001, and"
                    + " vxland did not make it: a second one would bring every frame twice; delete"
                    + " it with: ovs-vsctl del-port br-extun tun-vxlan0"));
  }

  @Test
  void aTunnelThatWasTurnedToAnotherHostMakesWayForOneOfTheSameName() {
    stand(inputs(Set.of(extun()), Set.of(), "10.99.0.2"));
    switches.plug(
        "br-extun",
        "tun-vxlan0",
        FakeSwitches.port(
            Optional.of(SwitchOwnership.Owner.of(new Vni(5001))),
            "vxlan",
            Map.of("remote_ip", "10.99.0.77"),
            true,
            Optional.empty(),
            false,
            ""));
    assertThat(commands(stand(inputs(Set.of(extun()), Set.of(), "10.99.0.2"))))
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo("ovs-vsctl del-port br-extun tun-vxlan0"),
            second -> assertThat(second).startsWith("ovs-vsctl add-port br-extun tun-vxlan0 "));
  }

  @Test
  void aNetworkThatIsGoneLeavesNothing() {
    stand(inputs(Set.of(extun()), Set.of(), "10.99.0.2"));
    assertThat(commands(stand(inputs(Set.of(), Set.of()))))
        .containsExactly("ovs-vsctl del-br br-extun");
    assertThat(switches.state().switches()).isEmpty();
  }

  @Test
  void nothingIsTakenAwayBeforeLibvirtHasToldAll() {
    stand(inputs(Set.of(extun()), Set.of(), "10.99.0.2"));
    Plan plan =
        SwitchPlanner.plan(SwitchDesire.of(inputs(Set.of(), Set.of())), switches.state(), false);
    assertThat(plan.changes()).isEmpty();
  }

  @Test
  void withoutOpenVswitchTheNetworkWaitsAndSaysSo() {
    Plan plan =
        SwitchPlanner.plan(
            SwitchDesire.of(inputs(Set.of(extun()), Set.of(), "10.99.0.2")),
            ActualSwitches.missing("Open vSwitch does not run"),
            true);
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.blocked()).containsExactly(new Vni(5001));
    assertThat(plan.problems())
        .containsExactly(new Problem("network 'ovs-tun'", "Open vSwitch does not run"));
  }

  @Test
  void aPortThatTheKernelUsesTooIsToldOf() {
    Network kernels =
        new Network(
            new NetworkName("blue"),
            new Vni(5002),
            Optional.of(new InterfaceName("br5002")),
            Template.BRIDGE,
            Network.Origin.LIBVIRT,
            OverlayOptions.DEFAULTS);
    Plan plan = stand(inputs(Set.of(extun(), kernels), Set.of(), "10.99.0.2"));
    assertThat(plan.problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .startsWith("UDP port 4789 is that of 'blue', too");
  }

  /** Open vSwitch says nothing, and takes what comes for one of the two. */
  @Test
  void twoKindsOfTunnelsOnOneUdpPortAreToldOf() {
    Plan plan =
        stand(
            inputs(
                Set.of(extun(), tunnelled("gen", 5002, TunnelType.GENEVE)), Set.of(), "10.99.0.2"));
    assertThat(plan.problems())
        .extracting(Problem::subject)
        .containsExactly("network 'gen'", "network 'ovs-tun'");
    assertThat(plan.problems().get(0).message())
        .startsWith("UDP port 4789 is that of 'ovs-tun', too, which is vxlan; set another 'port'");
    assertThat(
            stand(
                    inputs(
                        Set.of(extun(), tunnelled("gre", 5002, TunnelType.GRE)),
                        Set.of(),
                        "10.99.0.2"))
                .problems())
        .isEmpty();
  }

  private static Network tunnelled(String name, int vni, TunnelType type) {
    SwitchOptions ovs = SwitchOptions.DEFAULTS;
    return network(name, vni, "br-" + name, null)
        .with(
            OverlayOptions.DEFAULTS.with(
                new SwitchOptions(
                    ovs.datapath(),
                    type,
                    ovs.checksum(),
                    ovs.fragment(),
                    ovs.tos(),
                    ovs.bfd(),
                    ovs.ports())));
  }

  @Test
  void aTapThatLostItsBridgeIsToldOf() {
    Inputs inputs = inputs(Set.of(extun()), Set.of(portOn("br-extun")), "10.99.0.2");
    switches.apply(plan(inputs).changes());
    assertThat(plan(inputs).problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .endsWith("plug it in with: ovs-vsctl add-port br-extun vnet0");
  }

  /** Without the tag it would be in all networks of the bridge. */
  @Test
  void aTapOfANetworkWithATagIsToBePluggedInWithIt() {
    Set<Network> both =
        Set.of(network("a", 5001, "br-extun", 11), network("b", 5002, "br-extun", 12));
    Inputs inputs = inputs(both, Set.of(portOn("br-extun")), "10.99.0.2");
    switches.apply(plan(inputs).changes());
    assertThat(plan(inputs).problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .endsWith("plug it in with: ovs-vsctl add-port br-extun vnet0 tag=11");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 12})
  void aTapInAnotherVlanThanItsNetworkIsToldOf(int tag) {
    Set<Network> both =
        Set.of(network("a", 5001, "br-extun", 11), network("b", 5002, "br-extun", 12));
    Inputs inputs = inputs(both, Set.of(portOn("br-extun")), "10.99.0.2");
    stand(inputs);
    switches.plug("br-extun", "vnet0", tagged(tag == 0 ? null : tag));
    assertThat(plan(inputs).problems())
        .extracting(Problem::subject, Problem::message)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "VM 'vm1'",
                "its tap vnet0 is in VLAN "
                    + (tag == 0 ? "0, which sees all networks," : "12")
                    + " of bridge br-extun, and its network is VLAN 11; put that right with:"
                    + " ovs-vsctl set Port vnet0 tag=11"));
    switches.plug("br-extun", "vnet0", tagged(11));
    assertThat(plan(inputs).problems()).isEmpty();
  }

  private static ActualPort tagged(Integer tag) {
    return FakeSwitches.port(
        Optional.empty(),
        "",
        Map.of(),
        false,
        Optional.ofNullable(tag).map(VlanTag::new),
        false,
        "");
  }

  @Test
  void aSwitchWhoseFlowsCannotBeReadDoesNotDoWhatItShould() {
    Inputs inputs = inputs(Set.of(extun()), Set.of(), "10.99.0.2");
    stand(inputs);
    ActualSwitch there = switches.state().switches().get(new InterfaceName("br-extun"));
    switches.put("br-extun", there.with(ActualFlows.missing("its flows cannot be read")));
    Plan plan = plan(inputs);
    assertThat(plan.blocked()).containsExactly(new Vni(5001));
    assertThat(plan.problems())
        .containsExactly(new Problem("bridge br-extun", "its flows cannot be read"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "z"})
  void ofTwoNetworksOfBothKindsOnOneBridgeTheFirstByNameHasIt(String kernelsName) {
    Network kernels =
        new Network(
            new NetworkName(kernelsName),
            new Vni(5002),
            Optional.of(new InterfaceName("br-extun")),
            Template.BRIDGE,
            Network.Origin.LIBVIRT,
            OverlayOptions.DEFAULTS);
    Inputs inputs = inputs(Set.of(extun(), kernels), Set.of(), "10.99.0.2");
    boolean kernelsFirst = kernelsName.equals("a");
    assertThat(Desire.of(inputs).segments().keySet())
        .isEqualTo(kernelsFirst ? Set.of(new Vni(5002)) : Set.of());
    assertThat(SwitchDesire.of(inputs).switches().keySet())
        .isEqualTo(kernelsFirst ? Set.of() : Set.of(new InterfaceName("br-extun")));
    List<Problem> problems =
        kernelsFirst ? SwitchDesire.of(inputs).problems() : Desire.of(inputs).problems();
    assertThat(problems)
        .contains(
            new Problem(
                "network '" + (kernelsFirst ? "ovs-tun" : "z") + "'",
                "bridge br-extun already belongs to '"
                    + (kernelsFirst
                        ? "a', and is a bridge of the kernel"
                        : "ovs-tun', and is a bridge of Open vSwitch")
                    + "; it is left out"));
  }

  private static LocalPort portOn(String bridge) {
    return new LocalPort(
        new UUID(0, 1),
        "vm1",
        MacAddress.parse("52:54:00:00:00:01"),
        new Vni(5001),
        new InterfaceName(bridge),
        Optional.of(new InterfaceName("vnet0")),
        Optional.empty(),
        LocalPort.State.HERE);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void anyWayFromOneWorldToAnotherEndsAtIt(long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < 20; step++) {
      Inputs inputs = arbitrary(random);
      stand(inputs);
      FakeSwitches fresh = new FakeSwitches();
      fresh.apply(SwitchPlanner.plan(SwitchDesire.of(inputs), fresh.state(), true).changes());
      assertThat(shape(switches)).isEqualTo(shape(fresh));
    }
  }

  /** Names of tunnels depend on the way. */
  private static Map<InterfaceName, Set<Object>> shape(FakeSwitches switches) {
    Map<InterfaceName, Set<Object>> shape = new HashMap<>();
    switches
        .state()
        .switches()
        .forEach(
            (name, there) -> {
              Set<Object> all = new HashSet<>();
              there
                  .ports()
                  .values()
                  .forEach(port -> all.add(FakeSwitches.numbered(port, Optional.empty())));
              all.add(there.datapath());
              all.add(there.mtu());
              shape.put(name, all);
            });
    return shape;
  }

  private static Inputs arbitrary(Random random) {
    Map<NetworkName, Network> networks = new HashMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      Network network =
          network(
              "net" + random.nextInt(5),
              1 + random.nextInt(6),
              "br-" + random.nextInt(2),
              random.nextInt(3) == 0 ? null : 10 + random.nextInt(3));
      networks.put(network.name(), network);
    }
    String[] peers =
        random
            .ints(random.nextInt(4), 2, 9)
            .mapToObj(host -> "10.99.0." + host)
            .toArray(String[]::new);
    return inputs(Set.copyOf(networks.values()), Set.of(), peers);
  }
}

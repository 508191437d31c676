package io.vxland.plan.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.SwitchOptions;
import io.vxland.model.Template;
import io.vxland.model.TunnelType;
import io.vxland.model.Vni;
import io.vxland.plan.Desire;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks on Open vSwitch: from what is wanted to what an administrator would type. */
class SwitchPlannerTest extends SwitchScene {
  private Inputs inputs(Set<Network> networks, Set<LocalPort> cards, String... hosts) {
    ports = cards;
    peers = List.of(hosts);
    return inputs(networks);
  }

  /** In one pass: none of these needs the numbers of ports. */
  private Plan stand(Inputs inputs) {
    Plan plan = plan(inputs);
    switches.apply(plan.changes());
    assertThat(plan(inputs).changes()).as("after %s", commands(plan)).isEmpty();
    return plan;
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
  void onlyASwitchWithTapsHasFilters() {
    assertThat(SwitchDesire.of(inputs(Set.of(extun()), Set.of(), "10.99.0.2")).filtersTaps())
        .isFalse();
    assertThat(
            SwitchDesire.of(inputs(Set.of(extun()), Set.of(portOn("br-extun")), "10.99.0.2"))
                .filtersTaps())
        .isTrue();
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
        .startsWith("UDP port 4789 is also used by 'blue'");
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
        .startsWith("UDP port 4789 is also used by 'ovs-tun' (vxlan); set another 'port'");
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
                    + (kernelsFirst ? "a' as a Linux bridge" : "ovs-tun' as an Open vSwitch bridge")
                    + "; this network is left out"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void anyWayFromOneWorldToAnotherEndsAtIt(long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < 20; step++) {
      Inputs inputs = arbitrary(random);
      stand(inputs);
      SwitchScene fresh = new SwitchScene();
      fresh.switches.apply(fresh.plan(inputs).changes());
      assertThat(shape()).isEqualTo(fresh.shape());
    }
  }

  private Inputs arbitrary(Random random) {
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

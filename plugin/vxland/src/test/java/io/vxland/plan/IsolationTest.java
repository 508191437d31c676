package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Allowance;
import io.vxland.model.Barriers;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Ports that libvirt keeps from others: by isolation, or by rules of nwfilter. */
class IsolationTest {
  private static final Vni BLUE = new Vni(5001);
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
  private static final InterfaceName TAP = new InterfaceName("vnet0");

  private final FakeKernel kernel = new FakeKernel();

  private static Network network(String name, int vni, OverlayOptions options) {
    return Worlds.network(name, vni).with(options);
  }

  private static LocalPort port(Barriers barriers) {
    return new LocalPort(
        new UUID(0, 1),
        "web",
        MAC,
        BLUE,
        new InterfaceName("br5001"),
        Optional.of(TAP),
        Optional.empty(),
        LocalPort.State.HERE,
        List.of(),
        false,
        OptionalInt.empty(),
        Allowance.NONE,
        barriers,
        true);
  }

  private static Inputs inputs(Set<Network> networks, LocalPort port, Handover... handovers) {
    Inputs some =
        Worlds.inputs(
            networks, Set.of(port), Worlds.knowledge(networks, List.of(Worlds.SECOND), Map.of()));
    return new Inputs(
        some.vtep(),
        some.underlay(),
        some.networks(),
        some.ports(),
        some.knowledge(),
        new HashSet<>(Arrays.asList(handovers)));
  }

  private Plan plan(Network... networks) {
    return Planner.plan(
        Desire.of(inputs(Set.of(networks), port(Barriers.NONE))), kernel.read(), true);
  }

  @Test
  void theMarkNeedsANewDevice() {
    kernel.apply(plan(network("blue", 5001, OverlayOptions.DEFAULTS)));
    Network isolating = network("blue", 5001, OverlayOptions.DEFAULTS.isolating());
    Plan plan = plan(isolating);
    assertThat(plan.changes())
        .startsWith(new Change.DeleteLink(new InterfaceName("vxlan5001")))
        .anyMatch(
            change ->
                change instanceof Change.CreateVxlan create
                    && create.spec().marks()
                    && create.command().contains(" gbp "));
    kernel.apply(plan);
    assertThat(plan(isolating).changes()).isEmpty();
  }

  @Test
  void allNetworksOfAUdpPortHaveMarksOrNone() {
    Network blue = network("blue", 5001, OverlayOptions.DEFAULTS.isolating());
    Plan plan = plan(blue, network("red", 5002, OverlayOptions.DEFAULTS));
    assertThat(plan.blocked()).containsExactly(new Vni(5002));
    assertThat(plan.problems())
        .singleElement()
        .asString()
        .contains("network 'blue' on UDP port 4789", "set it for both, or another 'port'");
    OverlayOptions elsewhere = OverlayOptions.DEFAULTS.on(new UdpPort(8472));
    assertThat(plan(blue, network("red", 5002, elsewhere)).problems()).isEmpty();
  }

  @Test
  void whereNothingIsMarkedEachIsolatedPortIsNamed() {
    LocalPort isolated = port(new Barriers(true, false));
    Network plain = network("blue", 5001, OverlayOptions.DEFAULTS);
    assertThat(Desire.of(inputs(Set.of(plain), isolated)).problems())
        .singleElement()
        .asString()
        .contains("VM 'web'", MAC.toString(), "this host only", "[network blue]", "all hosts");
    Network isolating = network("blue", 5001, OverlayOptions.DEFAULTS.isolating());
    assertThat(Desire.of(inputs(Set.of(isolating), isolated)).problems()).isEmpty();
  }

  @Test
  void whatGoesPastFiltersIsNotDelivered() {
    Handover delivery = new Handover.Delivery(BLUE, MAC, TAP, false);
    Set<Network> blue = Set.of(network("blue", 5001, OverlayOptions.DEFAULTS));
    for (boolean filtered : new boolean[] {false, true}) {
      Segment segment =
          Desire.of(inputs(blue, port(new Barriers(false, filtered)), delivery))
              .segments()
              .get(BLUE);
      assertThat(segment.tunnel().orElseThrow().deliveries().containsKey(MAC)).isEqualTo(!filtered);
    }
  }
}

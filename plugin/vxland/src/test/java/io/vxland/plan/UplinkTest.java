package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.InterfaceName;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A bridge with a port to another network: two hosts with one are a loop. */
class UplinkTest {
  private static final Vni BLUE = new Vni(5001);
  private static final InterfaceName ETH1 = new InterfaceName("eth1");
  private static final InterfaceName VXLAN = new InterfaceName("vxlan5001");

  private final FakeKernel kernel = new FakeKernel();

  private static Inputs blue(Network.Origin origin, boolean uplink) {
    OverlayOptions some = OverlayOptions.DEFAULTS;
    OverlayOptions options =
        new OverlayOptions(
            some.port(),
            Optional.empty(),
            true,
            OptionalInt.empty(),
            false,
            false,
            some.flood(),
            OptionalInt.empty(),
            some.replication(),
            List.of(),
            List.of(),
            some.ovs(),
            some.mostLearned(),
            true,
            some.security(),
            uplink,
            some.checksums(),
            false);
    Network network =
        new Network(
            Worlds.network("blue", 5001).name(),
            BLUE,
            Optional.of(new InterfaceName("br5001")),
            Template.BRIDGE,
            origin,
            options);
    return Worlds.inputs(
        Set.of(network),
        Set.of(),
        Worlds.knowledge(Set.of(network), List.of(Worlds.SECOND), Map.of()));
  }

  private Plan plan(Inputs inputs) {
    return Planner.plan(Desire.of(inputs), kernel.read(), true);
  }

  @ParameterizedTest
  @EnumSource(Network.Origin.class)
  void takesTheTunnelDownUntilItIsTakenOut(Network.Origin origin) {
    Inputs blue = blue(origin, false);
    kernel.apply(plan(blue));
    kernel.foreign(ETH1.value(), new Kind.Uplink(), "br5001");
    Plan plan = plan(blue);
    assertThat(plan.changes()).containsExactly(new Change.SetDown(VXLAN));
    assertThat(plan.blocked()).containsExactly(BLUE);
    assertThat(plan.yielded()).isEmpty();
    assertThat(plan.problems())
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("ip link set eth1 nomaster", "'allow-uplink = yes' in section [network blue]");
    kernel.apply(plan);
    assertThat(plan(blue).changes()).isEmpty();
    kernel.links.remove(ETH1);
    assertThat(plan(blue).changes()).containsExactly(new Change.SetUp(VXLAN));
    assertThat(plan(blue).problems()).isEmpty();
  }

  @Test
  void isNoneOfOursToJudgeWhereItIsMeant() {
    Inputs blue = blue(Network.Origin.LIBVIRT, true);
    kernel.apply(plan(blue));
    kernel.foreign(ETH1.value(), new Kind.Uplink(), "br5001");
    assertThat(plan(blue).changes()).isEmpty();
    assertThat(plan(blue).problems()).isEmpty();
  }

  @Test
  void inAnotherBridgeIsNobodysBusiness() {
    Inputs blue = blue(Network.Origin.LIBVIRT, false);
    kernel.apply(plan(blue));
    kernel.foreign(ETH1.value(), new Kind.Uplink(), "lan0");
    kernel.foreign("vnet0", new Kind.Other(), "br5001");
    assertThat(plan(blue).changes()).isEmpty();
    assertThat(plan(blue).problems()).isEmpty();
  }
}

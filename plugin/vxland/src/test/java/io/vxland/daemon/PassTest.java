package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.control.fixed.FixedControlPlane;
import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.SwitchDriver;
import io.vxland.model.InterfaceName;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Change;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PassTest {
  private static final Vni VNI = new Vni(5001);

  /** A switch that has its bridge, and takes no ports. */
  private static final class FullSwitch implements SwitchDriver {
    @Override
    public ActualSwitches read() {
      return new ActualSwitches(
          Optional.empty(),
          Map.of(
              new InterfaceName("br-extun"),
              new ActualSwitch(true, "system", OptionalInt.of(1450), Map.of())));
    }

    @Override
    public List<Failure> apply(List<Change.OnSwitch> changes) {
      return changes.stream().map(change -> new Failure(change, "constraint violation")).toList();
    }

    @Override
    public void close() {}
  }

  private static Outcome passWith(Vtep... peers) {
    Network network =
        new Network(
            new NetworkName("ovs-tun"),
            VNI,
            Optional.of(new InterfaceName("br-extun")),
            Template.OVS_TUN,
            Network.Origin.LIBVIRT,
            OverlayOptions.DEFAULTS);
    World.View view =
        new World.View(
            1, Optional.empty(), Set.of(network), Map.of(), Set.of(), Set.of(), List.of(), true);
    return new Pass(
            () -> view,
            () -> new FixedControlPlane(List.of(peers)),
            new Tally(new Journal(Clock.systemUTC(), () -> null)),
            new FullSwitch(),
            redirections -> {})
        .run(new InMemoryDataplane());
  }

  @Test
  void aNetworkOnOpenVswitchStandsWithItsBridge() {
    assertThat(passWith().standing()).containsExactly(VNI);
  }

  @Test
  void aNetworkOfWhichATunnelIsRefusedDoesNotStand() {
    Outcome outcome = passWith(Vtep.parse("10.99.0.2"));
    assertThat(outcome.failures())
        .extracting(failure -> failure.change().device().value())
        .containsExactly("tun-vxlan0");
    assertThat(outcome.standing()).isEmpty();
    assertThat(outcome.inSync()).isFalse();
  }
}

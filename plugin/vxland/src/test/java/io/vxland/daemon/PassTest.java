package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.control.ControlPlane;
import io.vxland.control.fixed.FixedControlPlane;
import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.SwitchDriver;
import io.vxland.model.InterfaceName;
import io.vxland.model.Knowledge;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Change;
import io.vxland.plan.DeniedFrames;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import io.vxland.plan.ovs.Learned;
import java.nio.file.Path;
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
    public List<Learned> learned(InterfaceName bridge) {
      return List.of();
    }

    @Override
    public Map<InterfaceName, DeniedFrames> denied() {
      return Map.of();
    }

    @Override
    public List<Failure> apply(List<Change.OnSwitch> changes) {
      return changes.stream().map(change -> new Failure(change, "constraint violation")).toList();
    }

    @Override
    public void close() {}
  }

  private static Network network(String name, String bridge) {
    return new Network(
        new NetworkName(name),
        VNI,
        Optional.of(new InterfaceName(bridge)),
        Template.OVS_TUN,
        Network.Origin.LIBVIRT,
        OverlayOptions.DEFAULTS);
  }

  private static Outcome passWith(Vtep... peers) {
    return pass(Set.of(network("ovs-tun", "br-extun")), new FullSwitch(), peers);
  }

  private static Outcome pass(Set<Network> networks, SwitchDriver switches, Vtep... peers) {
    return pass(networks, switches, new FixedControlPlane(List.of(peers)));
  }

  private static Outcome pass(Set<Network> networks, SwitchDriver switches, ControlPlane control) {
    World.View view = new World.View(1, networks, Map.of(), Set.of(), Set.of(), List.of(), true);
    return new Pass(
            () -> Dataplane.Home.ANY,
            () -> view,
            () -> control,
            new Tally(new Journal(Clock.systemUTC(), () -> null)),
            switches,
            redirections -> {},
            (begun, uplink) -> {},
            PlugsTest.inattentive(),
            new FormerUplinks(Path.of("none")),
            () -> Findings.NONE)
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

  @Test
  void aHostIsNotInSyncBeforeItHasHeardOfTheOthers() {
    Set<Network> networks = Set.of(network("ovs-tun", "br-extun"));
    assertThat(pass(networks, new FullSwitch()).inSync()).isTrue();
    Outcome deaf = pass(networks, new FullSwitch(), new Unplaced("etcd", Knowledge.NOTHING_YET));
    assertThat(deaf.standing()).containsExactly(VNI);
    assertThat(deaf.inSync()).isFalse();
  }

  @Test
  void aHostIsNotInSyncWhileANetworkIsLeftOut() {
    Outcome outcome =
        pass(
            Set.of(network("ovs-tun", "br-extun"), network("second", "br-second")),
            new FullSwitch());
    assertThat(outcome.absent()).extracting(NetworkName::value).containsExactly("second");
    assertThat(outcome.standing()).containsExactly(VNI);
    assertThat(outcome.inSync()).isFalse();
    assertThat(outcome.needsRetry()).isFalse();
  }

  @Test
  void aHostIsNotInSyncWhileANetworkIsBlocked() {
    Outcome outcome = pass(Set.of(network("ovs-tun", "br-extun")), new NoSwitches());
    assertThat(outcome.absent()).extracting(NetworkName::value).containsExactly("ovs-tun");
    assertThat(outcome.remaining()).isEmpty();
    assertThat(outcome.inSync()).isFalse();
    assertThat(outcome.needsRetry()).isTrue();
  }
}

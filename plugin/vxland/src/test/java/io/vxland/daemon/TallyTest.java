package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.vxland.migration.Event;
import io.vxland.migration.Stage;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.openflow.Action;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Match;
import io.vxland.openflow.Port;
import io.vxland.plan.Desire;
import io.vxland.plan.Inputs;
import io.vxland.plan.ovs.ActualFlows;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import io.vxland.plan.ovs.SwitchOwnership;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Counting costs a process: it is done while somebody is on the way, and never costs a pass. */
class TallyTest {
  private static final Vni VNI = new Vni(5001);
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");

  private static final Journal.Surroundings ALONE =
      new Journal.Surroundings() {
        @Override
        public Optional<Vtep> vtep() {
          return Optional.empty();
        }

        @Override
        public String network(Vni vni) {
          return "blue";
        }

        @Override
        public List<Vtep> peers(Vni vni) {
          return List.of();
        }
      };

  private final InMemoryDataplane dataplane = new InMemoryDataplane();
  private final Journal journal = new Journal(Clock.systemUTC(), () -> ALONE);
  private final Tally tally = new Tally(journal);

  @BeforeEach
  void aTunnelStands() {
    Network blue =
        new Network(
            new NetworkName("blue"),
            VNI,
            Optional.of(new InterfaceName("br5001")),
            Template.BRIDGE,
            Network.Origin.LIBVIRT,
            OverlayOptions.DEFAULTS);
    Knowledge peers =
        new Knowledge(true, Map.of(VNI, new TreeSet<>(List.of(Vtep.parse("10.99.0.2")))), Map.of());
    tally.standing(
        Desire.of(
            new Inputs(
                Optional.of(Vtep.parse("10.99.0.1")),
                Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), 1500)),
                Set.of(blue),
                Set.of(),
                peers,
                Set.of(new Handover.Ready(VNI, MAC)))));
  }

  private void aVmIsCopiedAway() {
    LocalPort port =
        new LocalPort(
            new UUID(0, 1),
            "vm",
            MAC,
            VNI,
            new InterfaceName("br5001"),
            Optional.of(new InterfaceName("vnet0")),
            Optional.empty(),
            LocalPort.State.HERE);
    journal.note(
        new Cards.Transition(
            port, Stage.Here.SETTLED, Event.COPYING, Stage.Here.SETTLED.on(Event.COPYING, 0)),
        0);
  }

  private long frames() {
    return journal.migrations().migrations().get(0).allFrames();
  }

  @Test
  void nothingIsCountedWhileNobodyIsOnTheWay() {
    tally.read(dataplane);
    assertThat(dataplane.counted).isZero();
  }

  @Test
  void framesAreCountedWhileAVmIsOnTheWay() {
    aVmIsCopiedAway();
    tally.read(dataplane);
    assertThat(dataplane.counted).isOne();
  }

  @Test
  void framesOfACardOnASwitchAreThoseOfItsFlow() {
    aVmIsCopiedAway();
    int priorityOfRedirects = 300;
    Flow redirect =
        Flow.of(
            0,
            priorityOfRedirects,
            SwitchOwnership.COOKIE,
            Match.ANY.ethDst(MAC.bits()),
            new Action.Output(new Port(3)));
    ActualSwitch there =
        new ActualSwitch(true, "netdev", OptionalInt.empty(), Map.of())
            .with(new ActualFlows(Optional.empty(), Map.of(redirect, 7L)));
    tally.read(new ActualSwitches(Optional.empty(), Map.of(new InterfaceName("br-extun"), there)));
    assertThat(frames()).isEqualTo(7);
  }

  @Test
  void aCountThatCannotBeReadIsMissingAndNoMore() {
    aVmIsCopiedAway();
    dataplane.countsFail = true;
    assertThatCode(() -> tally.read(dataplane)).doesNotThrowAnyException();
    assertThat(dataplane.counted).isOne();
  }
}

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
import io.vxland.plan.Desire;
import io.vxland.plan.Inputs;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Counting costs a process: it is done while somebody is on the way, and never costs a pass. */
class TallyTest {
  private static final Vni VNI = new Vni(5001);
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");

  private final InMemoryDataplane dataplane = new InMemoryDataplane();
  private final Journal journal = new Journal(Clock.systemUTC(), () -> null);
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
  void aCountThatCannotBeReadIsMissingAndNoMore() {
    aVmIsCopiedAway();
    dataplane.countsFail = true;
    assertThatCode(() -> tally.read(dataplane)).doesNotThrowAnyException();
    assertThat(dataplane.counted).isOne();
  }
}

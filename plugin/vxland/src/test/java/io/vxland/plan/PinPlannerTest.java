package io.vxland.plan;

import static io.vxland.plan.TunnelWorlds.BLUE;
import static io.vxland.plan.TunnelWorlds.BRIDGE;
import static io.vxland.plan.TunnelWorlds.CARD;
import static io.vxland.plan.TunnelWorlds.INCOMING;
import static io.vxland.plan.TunnelWorlds.OUTLET;
import static io.vxland.plan.TunnelWorlds.READY;
import static io.vxland.plan.TunnelWorlds.REDIRECT;
import static io.vxland.plan.TunnelWorlds.TAP;
import static io.vxland.plan.TunnelWorlds.VXLAN;
import static io.vxland.plan.TunnelWorlds.blue;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Handover;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.plan.ActualState.Kind;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How the MAC address of a VM comes to be kept at its tap, and is let go, stage by stage. */
class PinPlannerTest {
  private static final Handover COPIED = new Handover.Copied(BLUE, CARD);
  private static final Change PIN = new Change.PinToPort(TAP, CARD);

  private final FakeKernel kernel = new FakeKernel();

  private static Inputs vm(LocalPort.State state, Handover... handovers) {
    return Worlds.inputs(
        blue().networks(),
        Set.of(Worlds.port(CARD.toString(), BLUE.value(), state)),
        blue().knowledge(),
        Set.of(handovers));
  }

  /** The control plane has not told all yet. */
  private static Inputs early(Inputs inputs) {
    Knowledge known = inputs.knowledge();
    return Worlds.inputs(
        inputs.networks(),
        inputs.ports(),
        new Knowledge(false, known.replication(), known.locations()),
        inputs.handovers());
  }

  private Plan plan(Inputs inputs) {
    return Planner.plan(Desire.of(inputs), kernel.read(), true);
  }

  private void stand(Inputs inputs) {
    kernel.apply(plan(inputs));
    assertThat(plan(inputs).changes()).isEmpty();
  }

  private void plug(LocalPort.State state, Handover... handovers) {
    stand(vm(state, handovers));
    kernel.foreign(TAP.value(), new Kind.Other(), BRIDGE.value());
    stand(vm(state, handovers));
  }

  private boolean isKept() {
    return kernel.pinned.getOrDefault(TAP, Set.of()).contains(CARD);
  }

  @Test
  void aVmThatCameAndIsSilentIsKeptAtItsTapOnceItHasSettled() {
    plug(LocalPort.State.INCOMING, INCOMING);
    assertThat(kernel.behindTunnel.get(VXLAN)).containsExactly(CARD);
    assertThat(isKept()).isFalse();
    stand(vm(LocalPort.State.HERE, READY));
    assertThat(isKept()).isTrue();
    assertThat(kernel.behindTunnel.get(VXLAN)).isEmpty();
  }

  @Test
  void oneThatIsRedirectedAndComesBackIsKeptAgain() {
    plug(LocalPort.State.HERE, READY);
    assertThat(isKept()).isTrue();
    stand(vm(LocalPort.State.LEAVING, REDIRECT));
    assertThat(kernel.behindTunnel.get(OUTLET)).containsExactly(CARD);
    assertThat(isKept()).isFalse();
    stand(vm(LocalPort.State.HERE, READY));
    assertThat(isKept()).isTrue();
    assertThat(kernel.behindTunnel.get(OUTLET)).isEmpty();
  }

  @Test
  void oneThatIsBeingCopiedIsLetGoAndStaysAtItsTap() {
    plug(LocalPort.State.HERE, READY);
    assertThat(plan(vm(LocalPort.State.HERE, READY, COPIED)).changes())
        .containsExactly(new Change.PlaceOnPort(TAP, CARD));
    stand(vm(LocalPort.State.HERE, READY, COPIED));
    assertThat(plan(vm(LocalPort.State.HERE, READY)).changes()).containsExactly(PIN);
  }

  /** A daemon that starts in the midst of a migration may wait for etcd longer than that takes. */
  @Test
  void beforeAllIsKnownNothingIsKeptThatWasNotAndWhatMovesIsLetGo() {
    plug(LocalPort.State.HERE, READY, COPIED);
    assertThat(plan(early(vm(LocalPort.State.HERE, READY))).changes()).isEmpty();
    stand(vm(LocalPort.State.HERE, READY));
    assertThat(isKept()).isTrue();
    assertThat(plan(early(blue(READY))).changes()).as("its port is not known yet").isEmpty();
    assertThat(plan(early(vm(LocalPort.State.HERE, READY, COPIED))).changes())
        .containsExactly(new Change.PlaceOnPort(TAP, CARD));
  }
}

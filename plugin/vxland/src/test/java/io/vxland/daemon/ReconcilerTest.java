package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vxland.control.fixed.FixedControlPlane;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InterfaceName;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReconcilerTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final InMemoryDataplane dataplane = new InMemoryDataplane();
  private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
  private volatile Set<Network> networks = Set.of();
  private volatile boolean bug;
  private final Reconciler reconciler =
      new Reconciler(
          dataplane,
          new Pass(
              this::view,
              () -> new FixedControlPlane(List.of()),
              new Tally(new Journal(Clock.systemUTC(), () -> null)),
              new NoSwitches(),
              redirections -> {},
              (view, uplink) -> {}),
          outcomes::add);

  private World.View view() {
    if (bug) {
      throw new IllegalStateException("a bug");
    }
    return new World.View(
        1, Optional.empty(), networks, Map.of(), Set.of(), Set.of(), List.of(), true);
  }

  private static Network blue() {
    return new Network(
        new NetworkName("blue"),
        new Vni(5001),
        Optional.of(new InterfaceName("br5001")),
        Template.BRIDGE,
        Network.Origin.LIBVIRT,
        OverlayOptions.DEFAULTS);
  }

  @AfterEach
  void close() {
    reconciler.close();
  }

  @Test
  void aPassThatIsAskedForHasSeenWhatWasChangedBefore() throws Exception {
    reconciler.start();
    for (int i = 0; i < 50; i++) {
      networks = i % 2 == 0 ? Set.of(blue()) : Set.of();
      Outcome outcome = reconciler.passNow(LIMIT);
      assertThat(outcome.standing()).hasSize(i % 2 == 0 ? 1 : 0);
      assertThat(dataplane.kernel.links).hasSize(i % 2 == 0 ? 2 : 0);
    }
  }

  @Test
  void driftIsMendedWhenTheKernelTellsOfIt() throws Exception {
    reconciler.start();
    networks = Set.of(blue());
    reconciler.passNow(LIMIT);
    reconciler.ask(plane -> dataplane.kernel.links.remove(new InterfaceName("vxlan5001")), LIMIT);
    reconciler.wakeSoon();
    await()
        .atMost(LIMIT)
        .until(() -> dataplane.kernel.links.containsKey(new InterfaceName("vxlan5001")));
  }

  @Test
  void aKernelThatRefusesIsTriedAgainWithoutAnybodyAsking() throws Exception {
    dataplane.refuseAll = "EBUSY";
    networks = Set.of(blue());
    reconciler.start();
    await().atMost(LIMIT).until(() -> !outcomes.isEmpty());
    assertThat(outcomes.get(0).inSync()).isFalse();
    dataplane.refuseAll = "";
    await().atMost(LIMIT).until(() -> outcomes.get(outcomes.size() - 1).inSync());
  }

  @Test
  void neitherABugNorAnUnreadableKernelEndsTheLoop() throws Exception {
    reconciler.start();
    bug = true;
    assertThat(reconciler.passNow(LIMIT).error()).contains("a bug");
    bug = false;
    dataplane.readFails = true;
    assertThat(reconciler.passNow(LIMIT).error()).contains("EINTR");
    dataplane.readFails = false;
    assertThat(reconciler.passNow(LIMIT).inSync()).isTrue();
  }

  @Test
  void aQuestionIsAnsweredOrFailsWithTheDataPlanesWords() throws Exception {
    reconciler.start();
    assertThat(reconciler.<Integer>ask(plane -> plane.read().links().size(), LIMIT)).isZero();
    dataplane.readFails = true;
    assertThatThrownBy(() -> reconciler.ask(plane -> plane.read(), LIMIT))
        .isInstanceOf(DataplaneException.class)
        .hasMessageContaining("EINTR");
  }

  @Test
  void aQuestionToALoopThatDoesNotRunIsGivenUp() {
    assertThatThrownBy(() -> reconciler.ask(plane -> 1, Duration.ofMillis(50)))
        .isInstanceOf(TimeoutException.class);
  }
}

package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vxland.control.fixed.FixedControlPlane;
import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InterfaceName;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReconcilerTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final InMemoryDataplane dataplane = new InMemoryDataplane();
  private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
  private volatile Set<Network> networks = Set.of();
  private volatile boolean bug;
  private volatile boolean alwaysDue;
  private volatile Consumer<Outcome> afterwards = outcome -> {};
  private final Reconciler reconciler =
      new Reconciler(
          dataplane,
          new Pass(
              () -> Dataplane.Home.ANY,
              this::view,
              () -> new FixedControlPlane(List.of()),
              new Tally(new Journal(Clock.systemUTC(), () -> null)),
              new NoSwitches(),
              redirections -> {},
              (view, uplink) -> {},
              PlugsTest.inattentive(),
              new FormerUplinks(Path.of("none")),
              () -> Findings.NONE),
          outcomes::add,
          outcome -> afterwards.accept(outcome));

  private World.View view() {
    if (alwaysDue) {
      reconciler.wake();
    }
    if (bug) {
      throw new IllegalStateException("a bug");
    }
    return new World.View(1, networks, Map.of(), Set.of(), Set.of(), List.of(), true);
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
  void aBugThatComesAgainAndAgainEndsTheThreadAndSoTheDaemon() throws Exception {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, fatal) -> end.complete(fatal));
    try {
      bug = true;
      reconciler.start();
      await()
          .dontCatchUncaughtExceptions()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                reconciler.wake();
                return end.isDone();
              });
      assertThat(end.get()).hasMessage("a bug");
      assertThat(outcomes).as("tried before").hasSizeGreaterThan(1);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void aDiskThatTakesItsTimeKeepsNobodyWaitingForThePass() throws Exception {
    CountDownLatch written = new CountDownLatch(1);
    afterwards = outcome -> assertThat(awaited(written)).isTrue();
    FutureTask<Outcome> hook = new FutureTask<>(() -> reconciler.passNow(LIMIT));
    Thread waiting = new Thread(hook);
    waiting.start();
    await().atMost(LIMIT).until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
    reconciler.start();
    assertThat(hook.get().inSync()).isTrue();
    written.countDown();
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
    assertThat(reconciler.<Integer>ask(plane -> plane.read(Set.of()).links().size(), LIMIT))
        .isZero();
    dataplane.readFails = true;
    assertThatThrownBy(() -> reconciler.ask(plane -> plane.read(Set.of()), LIMIT))
        .isInstanceOf(DataplaneException.class)
        .hasMessageContaining("EINTR");
  }

  @Test
  void aQuestionToALoopThatDoesNotRunIsGivenUp() {
    assertThatThrownBy(() -> reconciler.ask(plane -> 1, Duration.ofMillis(50)))
        .isInstanceOf(TimeoutException.class);
  }

  /** Holds the loop in a question until it is let go. */
  private CountDownLatch hold() {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Future<?> unused =
        asking(
            plane -> {
              held.countDown();
              return awaited(release);
            });
    assertThat(awaited(held)).isTrue();
    return release;
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException ending) {
      throw new IllegalStateException(ending);
    }
  }

  /** Asks on a thread of its own, and returns when the question waits for the loop. */
  private <T> Future<T> asking(Reconciler.Question<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Thread asker =
        new Thread(
            () -> {
              try {
                answer.complete(reconciler.ask(question, LIMIT));
              } catch (InterruptedException | TimeoutException | DataplaneException failed) {
                answer.completeExceptionally(failed);
              }
            });
    asker.setDaemon(true);
    asker.start();
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> answer.isDone() || asker.getState() == Thread.State.TIMED_WAITING);
    return answer;
  }

  @Test
  void afterAQuestionAPassThatIsDueGoesFirst() throws Exception {
    reconciler.start();
    reconciler.passNow(LIMIT);
    CountDownLatch release = hold();
    int before = outcomes.size();
    Future<Integer> second = asking(plane -> outcomes.size());
    reconciler.wake();
    release.countDown();
    assertThat(second.get()).as("passes before the second question").isGreaterThan(before);
  }

  @Test
  void readersWhoAskBackToBackDoNotStarveThePasses() throws Exception {
    reconciler.start();
    AtomicBoolean over = new AtomicBoolean();
    relay(over);
    for (int i = 0; i < 5; i++) {
      assertThat(reconciler.passNow(LIMIT).inSync()).as("a pass beside the readers").isTrue();
    }
    over.set(true);
  }

  /** While one reader is answered, the next one is in the queue already. */
  private void relay(AtomicBoolean over) {
    Future<?> unused =
        asking(
            plane -> {
              if (!over.get()) {
                relay(over);
              }
              return 1;
            });
  }

  @Test
  void aPassThatIsAlwaysDueDoesNotStarveTheQuestions() throws Exception {
    reconciler.start();
    alwaysDue = true;
    reconciler.wake();
    for (int i = 0; i < 5; i++) {
      assertThat(reconciler.<Integer>ask(plane -> 1, LIMIT)).isEqualTo(1);
    }
  }

  @Test
  void aQuestionWhoseAskerHasGivenUpIsDropped() throws Exception {
    reconciler.start();
    CountDownLatch release = hold();
    AtomicInteger answered = new AtomicInteger();
    assertThatThrownBy(
            () -> reconciler.ask(plane -> answered.incrementAndGet(), Duration.ofMillis(20)))
        .isInstanceOf(TimeoutException.class);
    Future<Integer> last = asking(plane -> 7);
    release.countDown();
    assertThat(last.get()).isEqualTo(7);
    assertThat(answered).hasValue(0);
  }

  @Test
  void oneReadServesAllWhoWaitForIt() throws Exception {
    reconciler.start();
    CountDownLatch release = hold();
    AtomicInteger reads = new AtomicInteger();
    Reconciler.Question<Integer> question = plane -> reads.incrementAndGet();
    List<Future<Integer>> waiting = List.of(asking(question), asking(question), asking(question));
    release.countDown();
    for (Future<Integer> each : waiting) {
      assertThat(each.get()).isEqualTo(1);
    }
    assertThat(reconciler.ask(question, LIMIT)).as("who asks later gets news").isEqualTo(2);
  }
}

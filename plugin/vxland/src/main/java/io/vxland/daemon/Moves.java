package io.vxland.daemon;

import io.vxland.control.ControlPlane;
import io.vxland.daemon.Cards.Transition;
import io.vxland.dataplane.Cutover;
import io.vxland.dataplane.DataplaneException;
import io.vxland.migration.Event;
import io.vxland.migration.Stage;
import io.vxland.migration.Step.Effect;
import io.vxland.model.InterfaceName;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the cards what happened to them, and does at once what cannot wait for the reconciler: the
 * redirect of a VM that was paused this moment. All else that follows from an event is in the
 * desired state, which the reconciler makes true afterwards, the redirect included.
 *
 * <p>Thread-safe. Events of libvirt, hooks and kernel come on threads of their own, on which only
 * the state is changed and the redirect made: the next event may be the pause of a VM. The rest is
 * done on one thread, in the order of the events.
 */
final class Moves implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Moves.class);

  /** A few hundred calls are what the JVM takes to compile them. */
  private static final int WARM_UPS = 300;

  /** Within so many milliseconds of each other, all hosts have the control plane's news. */
  private static final long HEARING_MS = 200;

  /** Of a VM that there is not, in the one network that never has a tunnel. */
  private static final LocalPort NOBODYS_CARD =
      new LocalPort(
          new UUID(0, 0),
          "nobody",
          new MacAddress(0x0200_0000_0001L),
          new Vni(0xFF_FFFF),
          new InterfaceName("br-nobody"),
          Optional.empty(),
          Optional.empty(),
          LocalPort.State.HERE);

  private final World world;
  private final Cutover cutover;
  private final Announcement announcement;
  private final Journal journal;
  private final Runnable tell;
  private final Runnable wake;
  private final Questions questions;
  private final Lookout lookout;
  private final ScheduledThreadPoolExecutor follower =
      new ScheduledThreadPoolExecutor(1, Moves::daemonThread, new DiscardPolicy());

  /** The follower's. */
  private Future<?> tick = CompletableFuture.completedFuture(null);

  /** Questions to libvirt. The answers come as events. */
  interface Questions {
    /** What is true of all VMs? */
    void inventory();

    /** Is this one still being copied away? */
    void copyState(UUID domain);
  }

  /** Tells the other hosts of its network that a card is here. */
  interface Announcement {
    void send(LocalPort card) throws IOException;
  }

  /**
   * Creates it.
   *
   * @param cutover closed with it
   * @param journal gets to know every step
   * @param tell has other hosts told which cards are here now
   * @param wake has the reconciler run a pass
   * @param questions asks libvirt
   */
  Moves(
      World world,
      Cutover cutover,
      Announcement announcement,
      Journal journal,
      Runnable tell,
      Runnable wake,
      Questions questions) {
    this.world = world;
    this.cutover = cutover;
    this.announcement = announcement;
    this.journal = journal;
    this.tell = tell;
    this.wake = wake;
    this.questions = questions;
    follower.setRemoveOnCancelPolicy(true);
    this.lookout = new Lookout(world, cutover, this::after, this::found);
  }

  private static Thread daemonThread(Runnable task) {
    Thread thread = new Thread(task, "migrations");
    thread.setDaemon(true);
    return thread;
  }

  /** Goes on with what was remembered from before a restart. */
  void resume() {
    later(this::scheduleTick);
  }

  /** Takes the time that the first redirect would take more than others. */
  void warmUp() {
    cutover.warmUp();
    World imagined = new World(world.configuration());
    for (int i = 0; i < WARM_UPS; i++) {
      imagined.plugged(NOBODYS_CARD);
      imagined.domain(NOBODYS_CARD.domain(), Event.COPYING);
      redirect(imagined.domain(NOBODYS_CARD.domain(), Event.PAUSED));
    }
  }

  /** A migration to this host has announced itself in its hook. */
  void expected(List<LocalPort> ports) {
    List<Transition> transitions = new ArrayList<>();
    ports.forEach(port -> transitions.add(world.expected(port)));
    take(transitions, System.nanoTime());
  }

  /** A VM's cards are in their bridges. */
  void plugged(List<LocalPort> ports) {
    List<Transition> transitions = new ArrayList<>();
    ports.forEach(port -> transitions.add(world.plugged(port)));
    take(transitions, System.nanoTime());
    tell.run();
    wake.run();
  }

  /** libvirt is about to plug a NIC. */
  void announced(LocalPort port) {
    take(world.announced(port).stream().toList(), System.nanoTime());
  }

  /** libvirt has deleted the network port of a NIC. */
  void unplugged(LocalPort.Key key, UUID id) {
    take(world.unplugged(key, id), System.nanoTime());
  }

  /** libvirt was asked what a VM is. */
  void looked(World.Sight sight) {
    take(sight.transitions(), System.nanoTime());
    if (sight.changed() && sight.transitions().stream().noneMatch(Transition::isChange)) {
      // A tap or a bridge is no step of a port, and other hosts and the kernel get to know it, too.
      later(tell);
      later(wake);
    }
  }

  /**
   * Something happened to a VM.
   *
   * @param since {@link System#nanoTime} when it came in
   */
  void domain(UUID domain, Event event, long since) {
    take(world.domain(domain, event), since);
  }

  /** libvirt says that a VM has ended here because it runs elsewhere. */
  void moved(UUID domain) {
    later(() -> journal.moved(domain));
  }

  /** libvirt says that a VM has ended here because its memory was saved, which is a copy, too. */
  void saved(UUID domain) {
    later(() -> journal.saved(domain));
  }

  /** A bridge learned a card on one of its ports, or a VXLAN device behind another host. */
  void heard(InterfaceName port, MacAddress mac) {
    take(world.heard(port, mac), System.nanoTime());
  }

  /**
   * The control plane has news, maybe of cards that were sent elsewhere. Other hosts have the same
   * news, but not at the same time: what they still send here comes by the VXLAN device, and the
   * bridge would drop it as soon as it knows the card there. So the redirect goes on for a moment.
   */
  void placed(ControlPlane control) {
    long now = System.nanoTime();
    if (!world.unheard().isEmpty()) {
      after(HEARING_MS, () -> heed(control, now));
    }
  }

  private void heed(ControlPlane control, long heardAt) {
    List<LocalPort> unheard = world.unheard();
    if (unheard.isEmpty()) {
      return;
    }
    Knowledge known = control.knowledge(world.view().networks());
    for (LocalPort card : unheard) {
      known.locations().getOrDefault(card.vni(), List.of()).stream()
          .filter(location -> location.mac().equals(card.mac()))
          .findFirst()
          .ifPresent(
              location -> {
                take(world.elsewhere(card.key()), heardAt);
                later(() -> journal.elsewhere(card.domain(), location.vtep()));
              });
    }
  }

  /** What an inventory has changed. */
  void inventory(List<Transition> transitions) {
    take(transitions, System.nanoTime());
  }

  private void take(List<Transition> transitions, long since) {
    if (!transitions.isEmpty()) {
      Map<LocalPort.Key, Long> redirected = redirect(transitions);
      later(() -> followUp(transitions, redirected, since));
    }
  }

  private void later(Runnable task) {
    follower.execute(
        () -> {
          try {
            task.run();
          } catch (RuntimeException | Error bug) {
            // The executor would keep it to itself.
            Thread here = Thread.currentThread();
            here.getUncaughtExceptionHandler().uncaughtException(here, bug);
          }
        });
  }

  private void after(long milliseconds, Runnable task) {
    Future<?> unused = follower.schedule(() -> later(task), milliseconds, TimeUnit.MILLISECONDS);
  }

  /** Waits until all that was told is followed up. */
  void awaitFollowUps() throws InterruptedException {
    CountDownLatch reached = new CountDownLatch(1);
    later(reached::countDown);
    reached.await();
  }

  private void followUp(
      List<Transition> transitions, Map<LocalPort.Key, Long> redirected, long since) {
    boolean changed = transitions.stream().anyMatch(Transition::isChange);
    transitions.stream()
        .filter(transition -> transition.step().effects().contains(Effect.RECEIVE))
        .forEach(transition -> receive(transition.port()));
    if (changed) {
      tell.run();
    }
    for (Transition transition : transitions) {
      journal.note(transition, since);
      followUp(transition);
    }
    redirected.forEach((card, at) -> journal.redirected(card, since, at));
    if (changed) {
      wake.run();
      scheduleTick();
    }
  }

  /** First of all; returns when the kernel has acknowledged the redirect of each card. */
  private Map<LocalPort.Key, Long> redirect(List<Transition> transitions) {
    Map<LocalPort.Key, Long> done = new TreeMap<>();
    for (Transition transition : transitions) {
      LocalPort port = transition.port();
      if (transition.step().effects().contains(Effect.REDIRECT) && redirect(port)) {
        done.put(port.key(), System.nanoTime());
      }
    }
    return done;
  }

  private boolean redirect(LocalPort port) {
    try {
      return cutover.redirect(port);
    } catch (DataplaneException refused) {
      log.warn(
          "VM '{}': {} is not redirected at once: {}; the next pass tries again",
          port.domainName(),
          port.mac(),
          refused.getMessage());
      return false;
    }
  }

  private void followUp(Transition transition) {
    LocalPort port = transition.port();
    for (Effect effect : transition.step().effects()) {
      switch (effect) {
        case TAKE_BACK -> takeBack(port);
        case ANNOUNCE -> announce(port);
        case ASK_COPY -> questions.copyState(port.domain());
        case ASK_LIBVIRT -> questions.inventory();
        case REDIRECT, RECEIVE -> {}
      }
    }
    if (transition.isChange() && transition.step().stage() instanceof Stage.Copying) {
      prepare(port);
    }
    if (transition.step().stage().isUnheard()) {
      lookout.seek(port);
    }
    boolean comes = transition.isChange() && transition.step().stage() instanceof Stage.Incoming;
    if (comes || transition.event() == Event.HEARD_ELSEWHERE) {
      findOtherEnd(port);
    }
  }

  private void found(LocalPort port, Cutover.Sighting sighting) {
    journal.elsewhere(port.domain(), sighting.host());
    take(world.elsewhere(port.key()), sighting.at());
  }

  private void prepare(LocalPort port) {
    try {
      cutover.prepare(port);
    } catch (DataplaneException unknown) {
      log.debug("{}: {}", port.mac(), unknown.getMessage());
    }
  }

  /** The kernel has learned where the card is, if it learns in this network. */
  private void findOtherEnd(LocalPort port) {
    try {
      cutover.placeOf(port).ifPresent(vtep -> journal.elsewhere(port.domain(), vtep));
    } catch (DataplaneException unknown) {
      log.debug("{}: {}", port.mac(), unknown.getMessage());
    }
  }

  private void takeBack(LocalPort port) {
    try {
      cutover.takeBack(port);
    } catch (DataplaneException refused) {
      log.debug("{}: {}", port.mac(), refused.getMessage());
    }
  }

  /**
   * Before others are told: their frames come by the tunnel, behind which the bridge may know it.
   */
  private void receive(LocalPort port) {
    try {
      cutover.receive(port);
    } catch (DataplaneException refused) {
      log.debug("{}: {}", port.mac(), refused.getMessage());
    }
  }

  private void announce(LocalPort port) {
    try {
      announcement.send(port);
    } catch (IOException refused) {
      log.warn(
          "VM '{}': cannot tell other hosts that {} is here again: {}; they learn it from its next"
              + " frame",
          port.domainName(),
          port.mac(),
          refused.getMessage());
    }
  }

  private void scheduleTick() {
    tick.cancel(false);
    OptionalLong due = world.deadline();
    if (due.isPresent()) {
      long left = Math.max(0, due.getAsLong() - System.nanoTime());
      tick = follower.schedule(this::tick, left, TimeUnit.NANOSECONDS);
    }
  }

  private void tick() {
    later(() -> take(world.tick(), System.nanoTime()));
  }

  @Override
  public void close() {
    follower.shutdownNow();
    cutover.close();
  }
}

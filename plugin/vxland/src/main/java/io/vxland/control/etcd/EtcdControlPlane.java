package io.vxland.control.etcd;

import io.etcd.jetcd.common.exception.EtcdException;
import io.vxland.control.ControlPlane;
import io.vxland.control.NetworkRegistry;
import io.vxland.control.RegistryException;
import io.vxland.control.etcd.EtcdRegistry.Errand;
import io.vxland.directory.Entry;
import io.vxland.directory.Write;
import io.vxland.model.Knowledge;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.Presence;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Hosts that tell each other by etcd. One thread talks to it: it reads everything once, follows the
 * changes, and writes what is true of this host. While etcd cannot be reached, what was known
 * stays.
 */
public final class EtcdControlPlane implements ControlPlane {
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LAST_RETRY = Duration.ofSeconds(5);

  /** Within this time after the last retry all others are connected again, too. */
  private static final Duration CATCH_UP = LAST_RETRY.multipliedBy(2);

  private static final Duration TICK = Duration.ofSeconds(1);

  /** Where so much news waits, what does all of it at once is the quicker way. */
  private static final int CROWD = 4;

  /** Writes that are on their way at once. */
  private static final int BATCH = 64;

  private final EtcdSettings settings;
  private final Identity self;
  private final Listener listener;
  private final Thread thread = new Thread(this::run, "etcd");
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

  private final EtcdCopy copy;
  private final EtcdRegistry registry;

  /** Errands that came too late and are decided anew at the next change. */
  private final List<Event.Sent> late = new ArrayList<>();

  private volatile boolean closed;

  /** The thread's. */
  private long nextTick = System.nanoTime();

  /** Of which the thread takes one after the other. */
  private sealed interface Event {
    record Changed(EtcdStore from, long revision, List<EtcdStore.Item> items) implements Event {}

    record Ended(EtcdStore from, EtcdStoreException reason) implements Event {}

    record Publish() implements Event {}

    record Sent(Errand errand, CompletableFuture<Void> done) implements Event {}

    record Close() implements Event {}
  }

  /** Who this host is to others. */
  public record Identity(Vtep vtep, String name) {}

  private EtcdControlPlane(
      EtcdSettings settings, Identity self, Duration grace, Listener listener) {
    this.settings = settings;
    this.self = self;
    this.listener = listener;
    this.copy = new EtcdCopy(settings.prefix(), self.vtep(), grace, CATCH_UP);
    this.registry = new EtcdRegistry(settings.vnis(), copy::registry, this::send, copy::trouble);
    thread.setDaemon(true);
  }

  /**
   * Begins to connect.
   *
   * @param grace how long one believes that a host comes back which etcd takes for gone
   * @param listener gets to know of news
   */
  public static EtcdControlPlane start(
      EtcdSettings settings, Identity self, Duration grace, Listener listener) {
    EtcdControlPlane plane = new EtcdControlPlane(settings, self, grace, listener);
    plane.thread.start();
    return plane;
  }

  @Override
  public String mode() {
    return "etcd";
  }

  @Override
  public Knowledge knowledge(Collection<Network> networks) {
    return copy.knowledge(all(networks), replicated(networks));
  }

  @Override
  public List<Said> said(Collection<Network> networks) {
    return copy.said(all(networks), replicated(networks), mode());
  }

  private static Set<Vni> all(Collection<Network> networks) {
    return networks.stream().map(Network::vni).collect(Collectors.toSet());
  }

  private static Set<Vni> replicated(Collection<Network> networks) {
    return networks.stream()
        .filter(network -> network.options().replication() instanceof Replication.ControlPlane)
        .map(Network::vni)
        .collect(Collectors.toSet());
  }

  @Override
  public void publish(Presence now) {
    if (copy.publish(now)) {
      events.add(new Event.Publish());
    }
  }

  @Override
  public Optional<NetworkRegistry> registry() {
    return Optional.of(registry);
  }

  private CompletableFuture<Void> send(Errand errand) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    events.add(new Event.Sent(errand, done));
    return done;
  }

  @Override
  public boolean isCurrent() {
    return copy.isCurrent();
  }

  @Override
  public Optional<Duration> silence() {
    return copy.silence();
  }

  @Override
  public List<Host> hosts() {
    return copy.hosts(mode());
  }

  @Override
  public List<Trouble> troubles() {
    return copy.troubles();
  }

  private void run() {
    Duration pause = FIRST_RETRY;
    while (!closed) {
      long begun = System.nanoTime();
      try (EtcdStore store = EtcdStore.open(settings)) {
        follow(store);
        return;
      } catch (EtcdStoreException | EtcdException failed) {
        // Of the client's exceptions some are unchecked, and none of them is a bug of ours.
        if (copy.lost(failed.getMessage())) {
          listener.changed();
        }
      }
      // One that ends at once again and again, as of a host that may not write, is no good one.
      boolean stood = System.nanoTime() - begun > CATCH_UP.toNanos();
      pause = stood ? FIRST_RETRY : pause;
      try {
        awaitClose(pause);
      } catch (InterruptedException stopping) {
        return;
      }
      pause = pause.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? pause.multipliedBy(2) : LAST_RETRY;
    }
  }

  private void awaitClose(Duration pause) throws InterruptedException {
    long end = System.nanoTime() + pause.toNanos();
    for (long left = pause.toNanos(); left > 0 && !closed; left = end - System.nanoTime()) {
      // News of the connection that has ended, and what is published now, are read anew.
      events.poll(left, TimeUnit.NANOSECONDS);
    }
  }

  /** Returns when this is closed. */
  private void follow(EtcdStore store) throws EtcdStoreException {
    store.keepLease(copy::heard, reason -> events.add(new Event.Ended(store, reason)));
    store.watch(
        read(store).revision() + 1,
        new EtcdStore.Listener() {
          @Override
          public void changed(long at, List<EtcdStore.Item> items) {
            events.add(new Event.Changed(store, at, items));
          }

          @Override
          public void ended(EtcdStoreException reason) {
            events.add(new Event.Ended(store, reason));
          }
        });
    // With the lease of this connection; that of the last one ends soon.
    write(
        store,
        List.of(
            new Write(List.of(), List.of(new Entry.Host(self.vtep(), self.name())), List.of())));
    copy.connected();
    listener.changed();
    publish(store);
    for (Event event = next(); ; event = next()) {
      if (event instanceof Event.Close) {
        return;
      } else if (event instanceof Event.Ended ended && ended.from() == store) {
        throw ended.reason();
      } else if (event instanceof Event.Changed changed && changed.from() == store) {
        EtcdCopy.News news = copy.take(changed.revision(), changed.items());
        tell(news);
        if (news.said()) {
          publish(store);
        }
        retry(store);
      } else if (event instanceof Event.Publish) {
        publish(store);
        retry(store);
      } else if (event instanceof Event.Sent sent) {
        run(store, sent);
      }
    }
  }

  private void tell(EtcdCopy.News news) {
    boolean moved = !news.moves().isEmpty();
    if (moved && events.size() < CROWD) {
      listener.moved(news.moves());
      moved = false;
    }
    if (moved || news.known()) {
      listener.changed();
    }
  }

  private EtcdStore.Moment read(EtcdStore store) throws EtcdStoreException {
    EtcdCopy.Reading reading = copy.reading();
    EtcdStore.Moment moment = store.read(reading::take);
    reading.end(moment);
    return moment;
  }

  /** Waits no longer than until something is to be done because time has passed. */
  private Event next() {
    try {
      long left = nextTick - System.nanoTime();
      Event event = left > 0 ? events.poll(left, TimeUnit.NANOSECONDS) : null;
      if (event == null) {
        nextTick = System.nanoTime() + TICK.toNanos();
        if (copy.tick(TICK)) {
          listener.changed();
        }
        return new Event.Publish();
      }
      return event;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return new Event.Close();
    }
  }

  private void publish(EtcdStore store) throws EtcdStoreException {
    write(store, copy.writes());
  }

  private void retry(EtcdStore store) throws EtcdStoreException {
    List<Event.Sent> again = List.copyOf(late);
    late.clear();
    for (Event.Sent each : again) {
      run(store, each);
    }
  }

  private void run(EtcdStore store, Event.Sent sent) throws EtcdStoreException {
    if (sent.done().isDone()) {
      return;
    }
    Optional<Write> write;
    try {
      write = copy.next(sent.errand());
    } catch (RegistryException refused) {
      sent.done().completeExceptionally(refused);
      return;
    }
    if (write.isEmpty() || store.await("write a network", store.begin(write.get()))) {
      sent.done().complete(null);
    } else {
      late.add(sent);
    }
  }

  /** One whose conditions do not hold is decided anew when the change is heard that it missed. */
  private static void write(EtcdStore store, List<Write> writes) throws EtcdStoreException {
    for (int from = 0; from < writes.size(); from += BATCH) {
      List<Write> some = writes.subList(from, Math.min(from + BATCH, writes.size()));
      List<CompletableFuture<Boolean>> begun = some.stream().map(store::begin).toList();
      for (CompletableFuture<Boolean> each : begun) {
        store.await("write what this host has", each);
      }
    }
  }

  /** Ends the connection. What this host has said stays; that it lives, until its lease ends. */
  @Override
  public void close() {
    closed = true;
    events.add(new Event.Close());
    try {
      thread.join(settings.limit().toMillis());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}

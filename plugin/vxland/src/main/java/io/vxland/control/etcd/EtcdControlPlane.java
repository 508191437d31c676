package io.vxland.control.etcd;

import io.vxland.control.ControlPlane;
import io.vxland.control.NetworkRegistry;
import io.vxland.control.RegistryException;
import io.vxland.control.etcd.EtcdRegistry.Errand;
import io.vxland.directory.Belief;
import io.vxland.directory.Directory;
import io.vxland.directory.Entry;
import io.vxland.directory.EntryText;
import io.vxland.directory.Key;
import io.vxland.directory.Publisher;
import io.vxland.directory.Stored;
import io.vxland.directory.Write;
import io.vxland.model.InvalidValueException;
import io.vxland.model.Knowledge;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.Presence;
import io.vxland.model.Presence.Card;
import io.vxland.model.Registry;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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

  /** Most keys that are named as not understood. */
  private static final int MAX_REFUSED = 100;

  /** Writes that are on their way at once. */
  private static final int BATCH = 64;

  private final EtcdSettings settings;
  private final Identity self;
  private final Duration grace;
  private final Runnable wake;
  private final Thread thread = new Thread(this::run, "etcd");
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

  private final Object lock = new Object();
  private final Directory directory = new Directory();
  private final Publisher publisher = new Publisher();
  private final EtcdRegistry registry;

  /** Errands that came too late and are decided anew at the next change. */
  private final List<Event.Sent> late = new ArrayList<>();

  private final Map<String, String> refused = new TreeMap<>();
  private Optional<Presence> truth = Optional.empty();
  private boolean complete;
  private String trouble = "";
  private boolean connected;
  private long connectedAt;
  private long heardAt;
  private long revision;
  private long cluster;
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

  private EtcdControlPlane(EtcdSettings settings, Identity self, Duration grace, Runnable wake) {
    this.settings = settings;
    this.self = self;
    this.grace = grace;
    this.wake = wake;
    this.registry = new EtcdRegistry(settings.vnis(), this::known, this::send, this::trouble);
    thread.setDaemon(true);
  }

  /**
   * Begins to connect.
   *
   * @param grace how long one believes that a host comes back which etcd takes for gone
   * @param wake called when there is news
   */
  public static EtcdControlPlane start(
      EtcdSettings settings, Identity self, Duration grace, Runnable wake) {
    EtcdControlPlane plane = new EtcdControlPlane(settings, self, grace, wake);
    plane.thread.start();
    return plane;
  }

  @Override
  public String mode() {
    return "etcd";
  }

  @Override
  public Knowledge knowledge(Collection<Network> networks) {
    Set<Vni> replicated =
        networks.stream()
            .filter(network -> network.options().replication() instanceof Replication.ControlPlane)
            .map(Network::vni)
            .collect(Collectors.toSet());
    Set<Vni> all = networks.stream().map(Network::vni).collect(Collectors.toSet());
    synchronized (lock) {
      return complete ? belief().knowledge(all, replicated) : Knowledge.NOTHING_YET;
    }
  }

  @Override
  public void publish(Presence now) {
    synchronized (lock) {
      if (truth.equals(Optional.of(now))) {
        return;
      }
      truth = Optional.of(now);
    }
    events.add(new Event.Publish());
  }

  @Override
  public Optional<NetworkRegistry> registry() {
    return Optional.of(registry);
  }

  private Optional<Registry> known() {
    synchronized (lock) {
      return complete ? Optional.of(directory.registry()) : Optional.empty();
    }
  }

  private Optional<String> trouble() {
    synchronized (lock) {
      return trouble.isEmpty() ? Optional.empty() : Optional.of(trouble);
    }
  }

  private CompletableFuture<Void> send(Errand errand) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    events.add(new Event.Sent(errand, done));
    return done;
  }

  @Override
  public boolean isCurrent() {
    synchronized (lock) {
      return connected && System.nanoTime() - connectedAt >= CATCH_UP.toNanos();
    }
  }

  @Override
  public Optional<Duration> silence() {
    synchronized (lock) {
      return complete
          ? Optional.of(Duration.ofNanos(System.nanoTime() - heardAt))
          : Optional.empty();
    }
  }

  @Override
  public List<Host> hosts() {
    synchronized (lock) {
      return belief().hosts().stream()
          .map(
              host ->
                  new Host(
                      host.vtep(),
                      host.name(),
                      mode(),
                      Optional.of(host.alive()),
                      Duration.ofNanos(host.gone())))
          .toList();
    }
  }

  private void heard() {
    synchronized (lock) {
      heardAt = System.nanoTime();
    }
  }

  @Override
  public List<Trouble> troubles() {
    synchronized (lock) {
      List<Trouble> troubles = new ArrayList<>();
      if (!trouble.isEmpty()) {
        troubles.add(
            new Trouble(
                "etcd",
                trouble,
                (complete ? "what is known stays in force" : "nothing is taken away until then")
                    + "; vxland tries again"));
      }
      refused.entrySet().stream()
          .findFirst()
          .ifPresent(
              first ->
                  troubles.add(
                      new Trouble(
                          "etcd",
                          refused.size()
                              + (refused.size() < MAX_REFUSED ? "" : " or more")
                              + " keys are not understood, such as "
                              + settings.prefix()
                              + Key.SCHEMA
                              + "/"
                              + first.getKey()
                              + ": "
                              + first.getValue(),
                          "whoever wrote them must correct them; delete what nobody needs with"
                              + " etcdctl del")));
      truth.ifPresent(
          here ->
              Publisher.disputes(belief(), here)
                  .forEach((card, rival) -> troubles.add(dispute(card, here, rival))));
      return troubles;
    }
  }

  private static Trouble dispute(Card card, Presence here, Entry.Port rival) {
    return new Trouble(
        "VM '" + here.cards().get(card).vm() + "'",
        card.mac()
            + " of VNI "
            + card.vni()
            + " is here, and VM '"
            + rival.vm()
            + "' at "
            + rival.vtep()
            + " has it since",
        "the others send to "
            + rival.vtep()
            + "; give one of the two another MAC address, or stop it");
  }

  private Belief belief() {
    return new Belief(directory, self.vtep(), System.nanoTime(), grace.toNanos());
  }

  private void run() {
    Duration pause = FIRST_RETRY;
    while (!closed) {
      try (EtcdStore store = EtcdStore.open(settings)) {
        follow(store);
        return;
      } catch (EtcdStoreException failed) {
        boolean stood = lose(failed.getMessage());
        pause = stood ? FIRST_RETRY : pause;
      }
      try {
        awaitClose(pause);
      } catch (InterruptedException stopping) {
        return;
      }
      pause = pause.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? pause.multipliedBy(2) : LAST_RETRY;
    }
  }

  /** Returns whether there was a connection. */
  private boolean lose(String reason) {
    boolean stood;
    boolean news;
    synchronized (lock) {
      stood = connected;
      news = !trouble.equals(reason);
      connected = false;
      trouble = reason;
    }
    if (news) {
      wake.run();
    }
    return stood;
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
    store.keepLease(this::heard, reason -> events.add(new Event.Ended(store, reason)));
    EtcdStore.Snapshot snapshot = store.read();
    take(snapshot);
    store.watch(
        snapshot.revision() + 1,
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
    synchronized (lock) {
      trouble = "";
      connected = true;
      connectedAt = System.nanoTime();
      heardAt = connectedAt;
      complete = true;
    }
    wake.run();
    publish(store);
    for (Event event = next(); ; event = next()) {
      if (event instanceof Event.Close) {
        return;
      } else if (event instanceof Event.Ended ended && ended.from() == store) {
        throw ended.reason();
      } else if (event instanceof Event.Changed changed && changed.from() == store) {
        take(changed);
        wake.run();
        publish(store);
        retry(store);
      } else if (event instanceof Event.Publish) {
        publish(store);
        retry(store);
      } else if (event instanceof Event.Sent sent) {
        run(store, sent);
      }
    }
  }

  /** Waits no longer than until something is to be done because time has passed. */
  private Event next() {
    try {
      long left = nextTick - System.nanoTime();
      Event event = left > 0 ? events.poll(left, TimeUnit.NANOSECONDS) : null;
      if (event == null) {
        nextTick = System.nanoTime() + TICK.toNanos();
        tick();
        return new Event.Publish();
      }
      return event;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return new Event.Close();
    }
  }

  /** A host that was believed may be so no more. */
  private void tick() {
    boolean waiting;
    synchronized (lock) {
      long now = System.nanoTime();
      directory.forget(now - grace.toNanos(), now);
      long over = now - grace.toNanos();
      long since = now - connectedAt - CATCH_UP.toNanos();
      waiting =
          (since >= 0 && since < 2 * TICK.toNanos())
              || directory.goneSince().values().stream()
                  .anyMatch(gone -> gone - over <= 0 && over - gone < 2 * TICK.toNanos());
    }
    if (waiting) {
      wake.run();
    }
  }

  private void take(EtcdStore.Snapshot snapshot) {
    List<Stored> all = new ArrayList<>();
    synchronized (lock) {
      refused.clear();
      snapshot.items().forEach(item -> read(item).ifPresent(all::add));
      boolean other = cluster != 0 && cluster != snapshot.cluster();
      boolean forgetful = other || snapshot.revision() < revision;
      directory.replace(all, self.vtep(), forgetful, System.nanoTime());
      revision = snapshot.revision();
      cluster = snapshot.cluster();
    }
  }

  private void take(Event.Changed changed) {
    synchronized (lock) {
      for (EtcdStore.Item item : changed.items()) {
        refused.remove(item.key());
        if (item.gone()) {
          key(item).ifPresent(key -> directory.remove(key, System.nanoTime()));
        } else {
          read(item).ifPresent(directory::put);
        }
      }
      revision = Math.max(revision, changed.revision());
      heardAt = System.nanoTime();
    }
  }

  private Optional<Key> key(EtcdStore.Item item) {
    try {
      return Optional.of(Key.parse(item.key()));
    } catch (InvalidValueException notOurs) {
      return Optional.empty();
    }
  }

  private Optional<Stored> read(EtcdStore.Item item) {
    try {
      Entry entry = EntryText.read(Key.parse(item.key()), item.value().getBytes());
      return Optional.of(new Stored(entry, item.revision()));
    } catch (InvalidValueException notOurs) {
      if (refused.size() < MAX_REFUSED) {
        refused.put(item.key(), notOurs.getMessage());
      }
      return Optional.empty();
    }
  }

  private void publish(EtcdStore store) throws EtcdStoreException {
    List<Write> writes;
    synchronized (lock) {
      writes = truth.map(now -> publisher.writes(belief(), now)).orElse(List.of());
    }
    write(store, writes);
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
      synchronized (lock) {
        write = sent.errand().next(directory);
      }
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

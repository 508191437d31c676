package io.vxland.libvirt;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * What the thread of requests is to do, and what events have changed meanwhile. All that the
 * threads of a {@link LibvirtConnection} share is here, under one lock, which nobody holds while
 * libvirt is asked.
 */
final class Agenda implements Signals.Sink {
  /** Rounds of reading again; on a host that never rests the rest comes with the next inventory. */
  private static final int MAX_ROUNDS = 10;

  /** UUIDs of what has changed. */
  record Changes(Set<UUID> domains, Set<UUID> networks) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deliveries deliveries;

  private final ArrayDeque<Request> waiting = new ArrayDeque<>();

  /** VMs to be looked at, each once. */
  private final LinkedHashSet<UUID> looks = new LinkedHashSet<>();

  private Changes changes = new Changes(new HashSet<>(), new HashSet<>());
  private boolean closed;
  private boolean hurried;
  private boolean inventoryWanted;
  private long inventoryBegan;

  /** Whether the listener was told that there is a connection. */
  private boolean announced;

  private long session;
  private Optional<String> lost = Optional.of("not connected yet");

  Agenda(LibvirtListener listener) {
    this.deliveries = new Deliveries(listener, this::requestInventory);
  }

  Deliveries deliveries() {
    return deliveries;
  }

  void requestInventory() {
    run(() -> inventoryWanted = true);
  }

  /**
   * Has a VM looked at. Without a connection nobody needs to: it begins with an inventory, and one
   * that is being read takes it in.
   */
  void requestLook(UUID domain) {
    run(
        () -> {
          changes.domains().add(domain);
          if (!closed && announced && lost.isEmpty()) {
            looks.add(domain);
          }
        });
  }

  void close() {
    run(() -> closed = true);
  }

  boolean isClosed() {
    return get(() -> closed);
  }

  /** Puts a request in the queue; it is refused at once if there is no connection. */
  void add(Request request) {
    run(
        () -> {
          if (closed || !announced || lost.isPresent()) {
            request.refuse("no connection to libvirt" + lost.map(w -> " (" + w + ")").orElse(""));
          } else {
            waiting.add(request);
          }
        });
  }

  /** Begins a session; events of earlier ones are ignored from here on. */
  long beginSession() {
    return get(
        () -> {
          lost = Optional.empty();
          return ++session;
        });
  }

  /** Ends the session, and says whether the listener believes that there is a connection. */
  boolean endSession(String why) {
    return get(
        () -> {
          boolean wasAnnounced = announced;
          announced = false;
          session++;
          lost = Optional.of(why);
          waiting.forEach(request -> request.refuse("the connection to libvirt ended"));
          waiting.clear();
          looks.clear();
          return wasAnnounced;
        });
  }

  /** A VM that is to be looked at, and is no more after this; empty if there is none. */
  Optional<UUID> nextLook() {
    return get(
        () -> {
          Optional<UUID> first = looks.stream().findFirst();
          first.ifPresent(looks::remove);
          return first;
        });
  }

  /** Waits for something to do; empty if that is a look, an inventory, or the end. */
  Optional<Request> next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed
          && lost.isEmpty()
          && !inventoryWanted
          && waiting.isEmpty()
          && looks.isEmpty()) {
        changed.await();
      }
      return closed || lost.isPresent() ? Optional.empty() : Optional.ofNullable(waiting.poll());
    } finally {
      lock.unlock();
    }
  }

  /** Why the session has to end; empty if it does not. */
  Optional<String> endReason() {
    return get(() -> closed ? Optional.of("closed") : lost);
  }

  /** libvirt may have come: {@link #pause} ends, this one or the next. */
  void hurry() {
    run(() -> hurried |= !announced);
  }

  /** Waits, unless or until it is closed or hurried; returns whether it was hurried. */
  boolean pause(Duration time) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = time.toNanos();
      while (!closed && !hurried && left > 0) {
        left = changed.awaitNanos(left);
      }
      boolean early = hurried;
      hurried = false;
      return early;
    } finally {
      lock.unlock();
    }
  }

  /** Notes that an inventory is being read from here on. */
  void beginInventory() {
    run(
        () -> {
          inventoryWanted = false;
          looks.clear();
          inventoryBegan = System.nanoTime();
          changes = new Changes(new HashSet<>(), new HashSet<>());
        });
  }

  /** Hands out what has changed since the last call. */
  Changes takeChanges() {
    return get(
        () -> {
          Changes taken = changes;
          changes = new Changes(new HashSet<>(), new HashSet<>());
          return taken;
        });
  }

  /**
   * Delivers an inventory, unless something has changed while it was read.
   *
   * @param round how often it was tried
   * @return whether it was delivered
   */
  boolean deliver(
      Map<UUID, KnownNetwork> networks,
      Map<UUID, RunningDomain> domains,
      int round,
      BiConsumer<LibvirtListener, Inventory> message) {
    return get(
        () -> {
          boolean settled = changes.domains().isEmpty() && changes.networks().isEmpty();
          if (!settled && round <= MAX_ROUNDS) {
            return false;
          }
          inventoryWanted |= !settled;
          Inventory inventory =
              new Inventory(
                  networks.values().stream()
                      .sorted(Comparator.comparing(KnownNetwork::name))
                      .toList(),
                  domains.values().stream()
                      .sorted(Comparator.comparing(RunningDomain::name))
                      .toList(),
                  inventoryBegan);
          deliveries.always(listener -> message.accept(listener, inventory));
          announced = true;
          hurried = false;
          return true;
        });
  }

  @Override
  public void closed(long number, String reason) {
    run(
        () -> {
          if (number == session && lost.isEmpty()) {
            lost = Optional.of(reason);
          }
        });
  }

  @Override
  public void domain(long number, DomainEvent event) {
    run(
        () -> {
          if (number == session) {
            changes.domains().add(event.domain());
            if (announced) {
              deliveries.event(listener -> listener.domainChanged(event));
            }
          }
        });
  }

  @Override
  public void metadata(long number, UUID domain) {
    run(
        () -> {
          if (number == session) {
            changes.domains().add(domain);
            if (announced) {
              deliveries.event(listener -> listener.metadataChanged(domain));
            }
          }
        });
  }

  @Override
  public void devices(long number, UUID domain) {
    run(
        () -> {
          if (number == session) {
            changes.domains().add(domain);
            if (announced) {
              deliveries.event(listener -> listener.devicesChanged(domain));
            }
          }
        });
  }

  @Override
  public void copying(long number, CopyPass pass) {
    run(
        () -> {
          if (number == session && announced) {
            deliveries.event(listener -> listener.copying(pass));
          }
        });
  }

  @Override
  public void halted(long number, Halt halt) {
    run(
        () -> {
          if (number == session && announced) {
            deliveries.event(listener -> listener.halted(halt));
          }
        });
  }

  @Override
  public void network(long number, NetworkEvent event) {
    run(
        () -> {
          if (number == session) {
            changes.networks().add(event.network());
            if (announced) {
              deliveries.event(listener -> listener.networkChanged(event));
            }
          }
        });
  }

  private void run(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private <T> T get(Supplier<T> supplier) {
    lock.lock();
    try {
      return supplier.get();
    } finally {
      lock.unlock();
    }
  }
}

package io.vxland.libvirt;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Hands what happened to the listener, one thing at a time and in order: an event on the thread
 * that brings it if nothing is before it, as waking another thread can take milliseconds where the
 * CPUs are busy; all else on a thread of its own. Events that a listener does not take in time are
 * dropped beyond a limit; then a new inventory makes up for them.
 */
final class Deliveries {
  /** Events that may wait; a host that starts 1,000 VMs at once makes 3,000. */
  private static final int MAX_WAITING = 16_384;

  /** Empty: the end. */
  private final LinkedBlockingQueue<Optional<Consumer<LibvirtListener>>> queue =
      new LinkedBlockingQueue<>();

  /** Held while the listener is called. */
  private final ReentrantLock turn = new ReentrantLock();

  /** What is in the queue, or was taken out of it and is not delivered yet. */
  private final AtomicInteger undelivered = new AtomicInteger();

  private final AtomicBoolean dropped = new AtomicBoolean();
  private final LibvirtListener listener;
  private final Runnable onDropped;
  private final Thread thread;

  /**
   * Starts the thread.
   *
   * @param onDropped called when the listener has caught up after events were dropped
   */
  Deliveries(LibvirtListener listener, Runnable onDropped) {
    this.listener = listener;
    this.onDropped = onDropped;
    this.thread = new Thread(this::run, "libvirt-delivery");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  void event(Consumer<LibvirtListener> event) {
    if (deliveredHere(event)) {
      return;
    }
    if (queue.size() < MAX_WAITING) {
      always(event);
    } else {
      dropped.set(true);
    }
  }

  private boolean deliveredHere(Consumer<LibvirtListener> event) {
    if (!turn.tryLock()) {
      return false;
    }
    try {
      if (undelivered.get() > 0) {
        return false;
      }
      deliver(event);
      return true;
    } finally {
      turn.unlock();
    }
  }

  void always(Consumer<LibvirtListener> message) {
    undelivered.incrementAndGet();
    queue.add(Optional.of(message));
  }

  private void run() {
    try {
      for (var next = queue.take(); next.isPresent(); next = queue.take()) {
        deliverQueued(next.get());
        if (queue.isEmpty() && dropped.getAndSet(false)) {
          onDropped.run();
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliverQueued(Consumer<LibvirtListener> message) {
    turn.lock();
    try {
      deliver(message);
      undelivered.decrementAndGet();
    } finally {
      turn.unlock();
    }
  }

  /** A bug in the listener must not end the deliveries; the thread's handler gets to know it. */
  private void deliver(Consumer<LibvirtListener> message) {
    try {
      message.accept(listener);
    } catch (RuntimeException bug) {
      Thread caller = Thread.currentThread();
      caller.getUncaughtExceptionHandler().uncaughtException(caller, bug);
    }
  }

  /** Delivers what is waiting, for a bounded time, and ends the thread. */
  void close(Duration limit) {
    queue.add(Optional.empty());
    Threads.end(thread, limit);
  }
}

package io.vxland.libvirt;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Hands what happened to the listener, on a thread of its own. Events that a listener does not take
 * in time are dropped beyond a limit; then a new inventory makes up for them.
 */
final class Deliveries {
  /** Events that may wait; a host that starts 1,000 VMs at once makes 3,000. */
  private static final int MAX_WAITING = 16_384;

  /** Empty: the end. */
  private final LinkedBlockingQueue<Optional<Consumer<LibvirtListener>>> queue =
      new LinkedBlockingQueue<>();

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
    if (queue.size() < MAX_WAITING) {
      queue.add(Optional.of(event));
    } else {
      dropped.set(true);
    }
  }

  void always(Consumer<LibvirtListener> message) {
    queue.add(Optional.of(message));
  }

  private void run() {
    try {
      for (var next = queue.take(); next.isPresent(); next = queue.take()) {
        deliver(next.get());
        if (queue.isEmpty() && dropped.getAndSet(false)) {
          onDropped.run();
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** A bug in the listener must not end the deliveries; the thread's handler gets to know it. */
  private void deliver(Consumer<LibvirtListener> message) {
    try {
      message.accept(listener);
    } catch (RuntimeException bug) {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, bug);
    }
  }

  /** Delivers what is waiting, for a bounded time, and ends the thread. */
  void close(Duration limit) {
    queue.add(Optional.empty());
    Threads.end(thread, limit);
  }
}

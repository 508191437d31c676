package io.vxland.libvirt;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The thread "libvirt-watch": it sees libvirt's sockets come while nobody is connected, and calls
 * that hang. It never waits for libvirt.
 */
final class Vigil implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Optional<Path> sockets;
  private final Calls calls;
  private final Duration patience;
  private final Listener listener;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "libvirt-watch");
  private Optional<SocketWatch> watch = Optional.empty();

  /** What hears of it, on that thread. */
  interface Listener {
    /** A socket of libvirt's may have come. */
    void came();

    /** A call has not been answered within the patience. */
    void hangs(Calls.Call call);
  }

  /**
   * Creates it.
   *
   * @param sockets the directory of libvirt's sockets; empty if it is not on this host
   * @param patience how long a call may take
   */
  Vigil(Optional<Path> sockets, Calls calls, Duration patience, Listener listener) {
    this.sockets = sockets;
    this.calls = calls;
    this.patience = patience;
    this.listener = listener;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Whether the sockets are watched, so that nobody need look for them again and again. */
  synchronized boolean watches() {
    return watch.isPresent();
  }

  private void run() {
    try {
      while (closing.getCount() > 0) {
        open();
        await(calls.calm(patience));
        calls.overdue(patience).ifPresent(listener::hangs);
      }
    } catch (InterruptedException | ClosedWatchServiceException ending) {
      // So it ends.
    }
  }

  /** What the kernel refuses now it may grant the next time. */
  private synchronized void open() {
    if (watch.isEmpty() && sockets.isPresent() && closing.getCount() > 0) {
      try {
        watch = Optional.of(SocketWatch.over(sockets.get()));
        // It may have come before.
        listener.came();
      } catch (IOException noRoom) {
        watch = Optional.empty();
      }
    }
  }

  private void await(Duration limit) throws InterruptedException {
    if (watch.isEmpty()) {
      boolean unused = closing.await(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS);
      return;
    }
    try {
      if (watch.get().await(limit)) {
        listener.came();
      }
    } catch (IOException lost) {
      drop();
    }
  }

  private synchronized void drop() {
    watch.ifPresent(SocketWatch::close);
    watch = Optional.empty();
  }

  @Override
  public void close() {
    closing.countDown();
    synchronized (this) {
      watch.ifPresent(SocketWatch::close);
    }
    Threads.end(thread, CLOSE_LIMIT);
  }
}

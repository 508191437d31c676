package io.vxland.openflow;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells when ovs-vswitchd ends, and when it is back. It takes its flows along, of which the
 * database says nothing. One bridge stands for all, which are one process's.
 */
public final class SwitchWatch implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final long RETRY_MS = 200;

  private final Runnable news;
  private final Thread thread = new Thread(this::run, "ovs-vswitchd");
  private final CountDownLatch closing = new CountDownLatch(1);
  private Path bridge;
  private OpenFlowConnection connection;
  private boolean closed;

  /**
   * Begins to watch.
   *
   * @param news called when the switch has gone, and when it has come back
   */
  public SwitchWatch(Runnable news) {
    this.news = news;
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Its bridges are these from now on; with none there is nothing to watch.
   *
   * @param bridges their management sockets
   */
  public synchronized void over(Set<Path> bridges) {
    if (bridge == null || !bridges.contains(bridge)) {
      bridge = bridges.isEmpty() ? null : new TreeSet<>(bridges).first();
      if (connection != null) {
        connection.close();
      }
      notifyAll();
    }
  }

  private void run() {
    boolean lost = false;
    try {
      for (Path watched = next(); watched != null; watched = next()) {
        boolean there = connect(watched);
        if (there == lost) {
          lost = !there;
          news.run();
        }
        if (there && ended(watched)) {
          lost = true;
          news.run();
        } else if (!there && closing.await(RETRY_MS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException stopping) {
      // So it ends.
    }
  }

  /** Waits for a bridge; null if this is closed. */
  private synchronized Path next() throws InterruptedException {
    while (bridge == null && !closed) {
      wait();
    }
    return closed ? null : bridge;
  }

  private boolean connect(Path watched) {
    try {
      keep(OpenFlowConnection.open(watched, LIMIT));
      return true;
    } catch (OpenFlowException notThere) {
      return false;
    }
  }

  private synchronized void keep(OpenFlowConnection opened) {
    connection = opened;
    if (closed) {
      opened.close();
    }
  }

  /** Whether the switch ended it, and not {@link #over} or {@link #close}. */
  private boolean ended(Path watched) {
    OpenFlowConnection standing;
    synchronized (this) {
      standing = connection;
    }
    standing.awaitEnd();
    synchronized (this) {
      return !closed && Objects.equals(bridge, watched);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    closing.countDown();
    if (connection != null) {
      connection.close();
    }
    notifyAll();
  }
}

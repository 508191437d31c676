package io.vxland.dataplane.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.openflow.OpenFlowConnection;
import io.vxland.openflow.OpenFlowException;
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
final class SwitchWatch implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final long RETRY_MS = 200;

  private final Path directory;
  private final Runnable wake;
  private final Thread thread = new Thread(this::run, "ovs-vswitchd");
  private final CountDownLatch closing = new CountDownLatch(1);
  private InterfaceName bridge;
  private OpenFlowConnection connection;
  private boolean closed;

  /**
   * Begins to watch.
   *
   * @param directory where the bridges' sockets are
   * @param wake called when the switch has gone, or has come back
   */
  SwitchWatch(Path directory, Runnable wake) {
    this.directory = directory;
    this.wake = wake;
    thread.setDaemon(true);
    thread.start();
  }

  /** These bridges are the switch's; with none there is nothing to watch. */
  synchronized void over(Set<InterfaceName> bridges) {
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
      for (InterfaceName watched = next(); watched != null; watched = next()) {
        if (connect(watched)) {
          if (lost) {
            wake.run();
          }
          lost = ended(watched);
          if (lost) {
            wake.run();
          }
        } else if (closing.await(RETRY_MS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException stopping) {
      // So it ends.
    }
  }

  /** Waits for a bridge; null if this is closed. */
  private synchronized InterfaceName next() throws InterruptedException {
    while (bridge == null && !closed) {
      wait();
    }
    return closed ? null : bridge;
  }

  private boolean connect(InterfaceName watched) {
    try {
      OpenFlowConnection opened =
          OpenFlowConnection.open(directory.resolve(watched + ".mgmt"), LIMIT);
      keep(opened);
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
  private boolean ended(InterfaceName watched) {
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

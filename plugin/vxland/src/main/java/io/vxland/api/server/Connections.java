package io.vxland.api.server;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Bounds the life of every connection, and the number of those of users who may only read, so that
 * they cannot keep libvirt's hooks waiting.
 */
final class Connections implements Connection.Listener {
  /** Most connections of all users who may only read. */
  static final int MAX_READERS = 16;

  private final Scheduler scheduler;
  private final Callers callers;
  private final long lifetimeMillis;
  private final AtomicInteger readers = new AtomicInteger();
  private final Map<Connection, Life> open = new ConcurrentHashMap<>();

  /**
   * A connection that is open.
   *
   * @param end what closes it when its time is over
   * @param reader whether it counts among those who may only read
   */
  private record Life(Scheduler.Task end, boolean reader) {}

  Connections(Scheduler scheduler, Callers callers, long lifetimeMillis) {
    this.scheduler = scheduler;
    this.callers = callers;
    this.lifetimeMillis = lifetimeMillis;
  }

  @Override
  public void onOpened(Connection connection) {
    boolean reader;
    try {
      reader = !callers.mayChange(Callers.user(connection.getEndPoint()));
    } catch (IOException gone) {
      connection.getEndPoint().close(gone);
      return;
    }
    Scheduler.Task end =
        scheduler.schedule(
            () ->
                connection
                    .getEndPoint()
                    .close(new TimeoutException("open for " + lifetimeMillis + " ms")),
            lifetimeMillis,
            TimeUnit.MILLISECONDS);
    open.put(connection, new Life(end, reader));
    if (reader && readers.incrementAndGet() > MAX_READERS) {
      connection.getEndPoint().close(new IOException("too many readers"));
    }
  }

  @Override
  public void onClosed(Connection connection) {
    Life life = open.remove(connection);
    if (life != null) {
      life.end().cancel();
      if (life.reader()) {
        readers.decrementAndGet();
      }
    }
  }
}

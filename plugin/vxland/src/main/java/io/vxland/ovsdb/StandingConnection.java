package io.vxland.ovsdb;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps a connection: it opens another when one ends, or while there is no server. */
public final class StandingConnection implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(15);

  /**
   * When to try again.
   *
   * @param first time before the second attempt; it doubles with each
   * @param last the most that it grows to
   */
  public record Retry(Duration first, Duration last) {
    public Retry {
      if (first.toMillis() < 1 || last.compareTo(first) < 0) {
        throw new IllegalArgumentException(
            "at least 1 ms, and a last retry that is not before the first: " + first + ", " + last);
      }
    }

    Duration after(Duration retry) {
      Duration doubled = retry.multipliedBy(2);
      return doubled.compareTo(last) < 0 ? doubled : last;
    }
  }

  /** Hears of connections; on the thread "ovsdb-standing". */
  public interface Listener {
    /**
     * A connection stands; its monitors are to be made here. If this throws, the connection is
     * closed and another one tried.
     */
    void connected(OvsdbConnection connection) throws OvsdbException, InterruptedException;

    /**
     * There is no connection, and the next attempt is on its way. Called once when a connection
     * ends, after its last update, once when the first attempt fails, and again only when the
     * reason changes.
     */
    void disconnected(OvsdbException reason);
  }

  private final OvsdbConnection.Settings settings;
  private final Retry retry;
  private final Listener listener;
  private final Thread thread = new Thread(this::run, "ovsdb-standing");

  /** What ends a connection or a pause: its end with the reason, or none to close. */
  private final BlockingQueue<Optional<OvsdbException>> ends = new LinkedBlockingQueue<>();

  private volatile boolean closed;

  private StandingConnection(OvsdbConnection.Settings settings, Retry retry, Listener listener) {
    this.settings = Objects.requireNonNull(settings);
    this.retry = Objects.requireNonNull(retry);
    this.listener = Objects.requireNonNull(listener);
    thread.setDaemon(true);
  }

  /** Begins to connect; it does not wait for that. */
  public static StandingConnection start(
      OvsdbConnection.Settings settings, Retry retry, Listener listener) {
    StandingConnection standing = new StandingConnection(settings, retry, listener);
    standing.thread.start();
    return standing;
  }

  /** Ends the connection and the attempts, and waits for that, at most 15 seconds. */
  @Override
  public void close() {
    closed = true;
    ends.add(Optional.empty());
    if (thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join(CLOSE_LIMIT.toMillis());
      if (thread.isAlive()) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Duration pause = retry.first();
    String told = null;
    try {
      while (!closed) {
        boolean connected = false;
        OvsdbException reason = null;
        try (OvsdbConnection connection =
            OvsdbConnection.open(settings, end -> ends.add(Optional.of(end)))) {
          listener.connected(connection);
          connected = true;
          reason = ends.take().orElse(null);
        } catch (OvsdbException e) {
          reason = e;
        }
        if (closed || reason == null) {
          return;
        }
        if (connected || !reason.getMessage().equals(told)) {
          listener.disconnected(reason);
          told = reason.getMessage();
        }
        pause = connected ? retry.first() : pause;
        // An end that was told while the connection was being closed is not that of the next one.
        ends.removeIf(Optional::isPresent);
        ends.poll(pause.toMillis(), TimeUnit.MILLISECONDS);
        pause = retry.after(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

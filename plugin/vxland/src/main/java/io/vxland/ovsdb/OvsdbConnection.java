package io.vxland.ovsdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One connection to an ovsdb-server (RFC 7047), from its opening to its end; it does not come back
 * by itself. For any number of threads.
 */
public final class OvsdbConnection implements AutoCloseable {
  /*
   * Two threads. "ovsdb-io" reads and writes the socket, reads what the messages mean and completes
   * the calls; nothing there waits for anybody. "ovsdb-delivery" calls the listeners, so that one of
   * them can make transactions, or take its time.
   */

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /**
   * How to connect.
   *
   * @param socket the server's Unix socket
   * @param database the name of the database
   * @param openLimit most time until the server has given its first answer
   * @param probe after this time without a message the server is asked for a sign of life; after as
   *     much again the connection ends
   */
  public record Settings(Path socket, String database, Duration openLimit, Duration probe) {
    public Settings {
      Names.require(database);
      if (openLimit.toMillis() < 1 || probe.toMillis() < 1) {
        throw new IllegalArgumentException("times of at least 1 ms are wanted");
      }
    }

    /** Open vSwitch's own database, with 5 seconds for both times. */
    public static Settings openVswitch(Path socket) {
      return new Settings(socket, "Open_vSwitch", Duration.ofSeconds(5), Duration.ofSeconds(5));
    }
  }

  private final Settings settings;
  private final Consumer<OvsdbException> listener;
  private final AtomicLong numbers = new AtomicLong();
  private final Exchange exchange = new Exchange();
  private final Map<String, Feed> feeds = new ConcurrentHashMap<>();
  private final Delivery delivery = new Delivery(this::listenerFailed);
  private final Wire wire;

  private final CompletableFuture<OvsdbException> ending = new CompletableFuture<>();

  private boolean opened;
  private boolean closing;

  private OvsdbConnection(Settings settings, Consumer<OvsdbException> listener) throws IOException {
    this.settings = settings;
    this.listener = listener;
    this.wire =
        Wire.open(
            settings.socket(),
            exchange,
            settings.probe(),
            new Incoming(exchange, feeds, this::probe, this::ended));
  }

  /**
   * Connects, and waits until the server has answered.
   *
   * @param ended called once if the connection ends other than by {@link #close}, after the last
   *     update that came; on the thread of the listeners
   * @throws OvsdbException if there is no server, or no answer in time
   */
  public static OvsdbConnection open(Settings settings, Consumer<OvsdbException> ended)
      throws OvsdbException, InterruptedException {
    String tried = "connect to ovsdb-server at " + settings.socket();
    OvsdbConnection connection;
    try {
      connection = new OvsdbConnection(settings, ended);
    } catch (IOException | UnsupportedOperationException e) {
      throw new OvsdbException(tried, e.getMessage() + "; " + advice(settings.socket()), e);
    }
    connection.delivery.start();
    try {
      connection.echo(settings.openLimit());
      connection.announceOpened(tried);
      return connection;
    } catch (OvsdbException e) {
      connection.close();
      throw new OvsdbException(tried, e.words(), e);
    } catch (InterruptedException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static String advice(Path socket) {
    return Files.exists(socket) && !Files.isWritable(socket)
        ? "be root, or in the group of that socket"
        : "is Open vSwitch running?";
  }

  private synchronized void announceOpened(String tried) throws OvsdbException {
    OvsdbException end = ending.getNow(null);
    if (end != null) {
      throw new OvsdbException(tried, end.words(), end);
    }
    opened = true;
  }

  /** The socket, the database and the times. */
  public Settings settings() {
    return settings;
  }

  /**
   * Makes a transaction: all operations, in their order, or none.
   *
   * @param limit most time to wait for the answer; when it is over the transaction may be done all
   *     the same, unless the message says that it was not sent
   * @throws OvsdbException what the server refused, of an operation or of the commit, with its
   *     words
   */
  public Results transact(List<Operation> operations, Duration limit)
      throws OvsdbException, InterruptedException {
    List<Operation> all = List.copyOf(operations);
    long number = numbers.incrementAndGet();
    ResultsReader reader = new ResultsReader(all);
    return perform(
        new Call<>(
            number,
            ResultsReader.describe(all),
            true,
            MessageWriter.transact(number, settings.database(), all),
            reader::read),
        limit);
  }

  /**
   * Begins to watch tables.
   *
   * @param watches each table at most once
   */
  public Monitor monitor(List<Watch> watches, Duration limit)
      throws OvsdbException, InterruptedException {
    Map<String, Watch> byTable = new LinkedHashMap<>();
    for (Watch watch : watches) {
      if (byTable.put(watch.table(), watch) != null) {
        throw new IllegalArgumentException(watch.table() + " is watched twice");
      }
    }
    long number = numbers.incrementAndGet();
    String id = "monitor" + number;
    Feed feed = new Feed(new UpdateReader(byTable), delivery);
    feeds.put(id, feed);
    Call<Snapshot> call =
        new Call<>(
            number,
            "monitor " + String.join(", ", byTable.keySet()),
            false,
            MessageWriter.monitor(number, settings.database(), id, byTable.values()),
            feed.reader()::snapshot);
    try {
      return new Monitor(this, id, feed, perform(call, limit));
    } catch (OvsdbException | InterruptedException e) {
      feed.stop();
      forget(id, call);
      throw e;
    }
  }

  /** A monitor that the server may have begun, and that nobody wants any more. */
  private void forget(String monitor, Call<Snapshot> call) {
    if (call.hasFailed()) {
      feeds.remove(monitor);
      return;
    }
    try {
      exchange.add(cancelCall(monitor));
      wire.wake();
    } catch (OvsdbException ended) {
      // The monitor ends with the connection.
    }
  }

  void cancel(String monitor, Duration limit) throws OvsdbException, InterruptedException {
    perform(cancelCall(monitor), limit);
  }

  private Call<Boolean> cancelCall(String monitor) {
    long number = numbers.incrementAndGet();
    return new Call<>(
        number,
        "cancel a monitor",
        false,
        MessageWriter.monitorCancel(number, monitor),
        result -> feeds.remove(monitor) != null);
  }

  /** Asks the server for a sign of life. */
  public void echo(Duration limit) throws OvsdbException, InterruptedException {
    perform(echoCall(), limit);
  }

  private Call<Boolean> echoCall() {
    long number = numbers.incrementAndGet();
    return new Call<>(
        number,
        "ask for a sign of life",
        false,
        MessageWriter.echo(number),
        result -> Boolean.TRUE);
  }

  private <T> T perform(Call<T> call, Duration limit) throws OvsdbException, InterruptedException {
    exchange.add(call);
    wire.wake();
    try {
      return call.await(limit);
    } catch (TimeoutException e) {
      boolean unsent = exchange.withdraw(call);
      OvsdbException late =
          new OvsdbException(
              call.tried(),
              "no answer from ovsdb-server within " + limit.toMillis() + " ms" + call.fate(!unsent),
              e);
      if (unsent) {
        call.failed(late);
      }
      throw late;
    } catch (InterruptedException e) {
      exchange.withdraw(call);
      throw e;
    }
  }

  /** Why the connection ended; empty while it stands. */
  public Optional<OvsdbException> end() {
    return Optional.ofNullable(ending.getNow(null));
  }

  /**
   * Completed when the connection ends, on its own thread; what waits for updates wakes up by it.
   */
  CompletionStage<OvsdbException> ending() {
    return ending;
  }

  /** Ends the connection and its threads, and waits for that, at most 10 seconds. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
    }
    delivery.stop();
    wire.end("closed by this side", null);
    await(wire.thread());
    await(delivery.thread());
  }

  private static void await(Thread thread) {
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

  private void listenerFailed(Throwable thrown) {
    wire.end("a listener failed: " + thrown, thrown);
  }

  /** Asks the server for a sign of life; on the thread "ovsdb-io". */
  private void probe() {
    try {
      exchange.add(echoCall());
    } catch (OvsdbException full) {
      // Then there is enough that waits for an answer already, and its absence will end it.
    }
  }

  /** The last thing that the thread "ovsdb-io" does. */
  private void ended(String reason, Throwable cause) {
    OvsdbException why =
        new OvsdbException("connection to ovsdb-server at " + settings.socket(), reason, cause);
    boolean tell;
    synchronized (this) {
      ending.complete(why);
      tell = opened && !closing;
    }
    exchange.end(why);
    delivery.last(
        () -> {
          if (tell) {
            listener.accept(why);
          }
        });
  }
}

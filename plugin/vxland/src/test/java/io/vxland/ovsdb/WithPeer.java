package io.vxland.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A connection to a server that behaves and misbehaves as the test wants. */
@Timeout(60)
abstract class WithPeer {
  static final Duration LIMIT = Duration.ofSeconds(20);
  static final List<Operation> COMMENT = List.of(new Operation.Comment("hello"));

  @TempDir Path directory;
  Peer peer;
  OvsdbConnection connection;
  final BlockingQueue<OvsdbException> ends = new LinkedBlockingQueue<>();

  @BeforeEach
  void open() throws Exception {
    peer = new Peer(directory);
    connection = connect(Duration.ofSeconds(20));
  }

  OvsdbConnection connect(Duration probe) throws Exception {
    CompletableFuture<OvsdbConnection> opening =
        later(
            () ->
                OvsdbConnection.open(
                    new OvsdbConnection.Settings(peer.socket(), "db", LIMIT, probe), ends::add));
    peer.welcome();
    return opening.get(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    peer.end();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("ovsdb-"));
  }

  /** What a test waits for while it plays the server. */
  interface Work<T> {
    T run() throws Exception;
  }

  static <T> CompletableFuture<T> later(Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(work.run());
              } catch (Exception | Error e) {
                result.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  static String failure(CompletableFuture<?> future) throws Exception {
    try {
      future.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(OvsdbException.class);
      return e.getCause().getMessage();
    }
    throw new AssertionError("it did not fail");
  }

  String end() throws InterruptedException {
    OvsdbException end = ends.poll(20, TimeUnit.SECONDS);
    assertThat(end).as("the notice of the end").isNotNull();
    assertThat(connection.end()).contains(end);
    return end.words();
  }
}

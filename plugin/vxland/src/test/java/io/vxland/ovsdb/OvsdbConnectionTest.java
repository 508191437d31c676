package io.vxland.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A connection to a server that behaves and misbehaves as the test wants. */
@Timeout(60)
class OvsdbConnectionTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final List<Operation> COMMENT = List.of(new Operation.Comment("hello"));

  @TempDir private Path directory;
  private Peer peer;
  private OvsdbConnection connection;
  private final BlockingQueue<OvsdbException> ends = new LinkedBlockingQueue<>();

  @BeforeEach
  void open() throws Exception {
    peer = new Peer(directory);
    connection = connect(Duration.ofSeconds(20));
  }

  private OvsdbConnection connect(Duration probe) throws Exception {
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
  private interface Work<T> {
    T run() throws Exception;
  }

  private static <T> CompletableFuture<T> later(Work<T> work) {
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

  private static String failure(CompletableFuture<?> future) throws Exception {
    try {
      future.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(OvsdbException.class);
      return e.getCause().getMessage();
    }
    throw new AssertionError("it did not fail");
  }

  private String end() throws InterruptedException {
    OvsdbException end = ends.poll(20, TimeUnit.SECONDS);
    assertThat(end).as("the notice of the end").isNotNull();
    assertThat(connection.end()).contains(end);
    return end.words();
  }

  @Test
  void answersFindTheirCallsInWhateverOrderTheyCome() throws Exception {
    CompletableFuture<Results> first = later(() -> connection.transact(COMMENT, LIMIT));
    JsonNode one = peer.request("transact");
    CompletableFuture<Results> second =
        later(() -> connection.transact(List.of(new Operation.Delete("Port", List.of())), LIMIT));
    JsonNode two = peer.request("transact");
    peer.answer(two, "[{'count':2}]");
    assertThat(second.get(20, TimeUnit.SECONDS).count(0)).isEqualTo(2);
    peer.answer(one, "[{}]");
    assertThat(first.get(20, TimeUnit.SECONDS).all()).containsExactly(new Result.Done());
  }

  @Test
  void theServersEchoIsAnswered() throws Exception {
    peer.send("{'method':'echo','params':['a'],'id':'echo'}");
    assertThat(peer.reply()).isEqualTo(JsonText.of("{'id':'echo','result':['a'],'error':null}"));
  }

  @Test
  void aRefusalOfTheWholeRequestHasTheServersWords() throws Exception {
    CompletableFuture<Results> call = later(() -> connection.transact(COMMENT, LIMIT));
    JsonNode request = peer.request("transact");
    peer.send(
        "{'id':"
            + request.get("id")
            + ",'result':null,'error':{'error':'unknown database','details':'no db'}}");
    assertThat(failure(call)).isEqualTo("comment: unknown database: no db");
  }

  @Test
  void anAnswerThatComesTooLateIsLetGoAndTheConnectionStands() throws Exception {
    assertThatThrownBy(() -> connection.transact(COMMENT, Duration.ofMillis(300)))
        .isInstanceOf(OvsdbException.class)
        .hasMessage(
            "comment: no answer from ovsdb-server within 300 ms; it may be done all the same");
    peer.answer(peer.request("transact"), "[{}]");
    CompletableFuture<Results> call = later(() -> connection.transact(COMMENT, LIMIT));
    peer.answer(peer.request("transact"), "[{}]");
    assertThat(call.get(20, TimeUnit.SECONDS).all()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hello | sent what is not OVSDB: JSON: Unexpected character ('h'",
        "[] | sent what is not OVSDB: a message is a JSON object",
        "{} | sent what is not OVSDB: a reply has the number of its request",
        "{'id':77,'result':[],'error':null} | a reply to request 77, which is not open",
        "{'id':1,'result':[],'error':null} | a reply to request 1, which is not open",
        "{'method':'steal','params':[],'id':1} | sent what is not OVSDB: the request 'steal'",
        "{'method':'update','params':['x',{}],'id':null} | an update of an unknown monitor: 'x'",
        "{'method':'update','params':[],'id':null} | the notification 'update' of 0 parameters",
        "{'method':'update2','params':['x',{}]} | the notification 'update2' of 2 parameters",
        "{'id':2,'result':[],'error':null} | 0 results of a transaction of 1 operations"
      })
  void rubbishEndsTheConnectionWithWordsForAllWhoWait(String json, String words) throws Exception {
    CompletableFuture<Results> call = later(() -> connection.transact(COMMENT, LIMIT));
    assertThat(peer.request("transact").get("id").asInt()).isEqualTo(2);
    peer.send(json + " ");
    assertThat(end()).startsWith("ovsdb-server sent what is not OVSDB").contains(words);
    assertThat(failure(call))
        .startsWith("comment: the connection to ovsdb-server ended: ovsdb-server sent what")
        .endsWith("; it may be done all the same");
    assertThatThrownBy(() -> connection.transact(COMMENT, LIMIT))
        .isInstanceOf(OvsdbException.class)
        .hasMessageContaining(words)
        .hasMessageEndingWith("; it was not sent");
  }

  private Monitor monitor() throws Exception {
    CompletableFuture<Monitor> opening =
        later(() -> connection.monitor(List.of(Watch.of("Port", "name")), LIMIT));
    JsonNode request = peer.request("monitor");
    assertThat(request.path("params").path(1).asText()).isEqualTo("monitor2");
    peer.answer(request, "{}");
    return opening.get(20, TimeUnit.SECONDS);
  }

  private void sendPort(String name) throws Exception {
    peer.send(
        "{'method':'update','id':null,'params':['monitor2',{'Port':"
            + "{'36bef046-7da7-43a5-905a-c17899216fcb':{'new':{'name':'"
            + name
            + "'}}}}]}");
  }

  private static String name(Update update) throws OvsdbException {
    return ((RowUpdate.Inserted) update.rows().get(0)).now().text("name");
  }

  @Test
  void updatesBeforeTheListenerAndBeforeTheEndAreDelivered() throws Exception {
    Monitor monitor = monitor();
    sendPort("early");
    connectionIsThrough();
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    monitor.deliverTo(
        update -> heard.add(name(update) + " on " + Thread.currentThread().getName()));
    sendPort("late");
    peer.send("rubbish ");
    assertThat(end()).contains("Unexpected character ('r'");
    assertThat(heard).containsExactly("early on ovsdb-delivery", "late on ovsdb-delivery");
    assertThat(ends).isEmpty();
  }

  /** All that was sent before has been taken. */
  private void connectionIsThrough() throws Exception {
    peer.send("{'method':'echo','params':[],'id':'through'}");
    assertThat(peer.reply().get("id").asText()).isEqualTo("through");
  }

  @Test
  void aListenerMayMakeTransactions() throws Exception {
    Monitor monitor = monitor();
    CompletableFuture<Results> made = new CompletableFuture<>();
    monitor.deliverTo(update -> made.complete(connection.transact(COMMENT, LIMIT)));
    sendPort("p");
    peer.answer(peer.request("transact"), "[{}]");
    assertThat(made.get(20, TimeUnit.SECONDS).all()).hasSize(1);
  }

  @Test
  void aListenerThatFailsEndsTheConnection() throws Exception {
    Monitor monitor = monitor();
    monitor.deliverTo(
        update -> {
          throw new IllegalStateException("cannot do " + name(update));
        });
    sendPort("p");
    assertThat(end()).isEqualTo("a listener failed: java.lang.IllegalStateException: cannot do p");
  }

  @Test
  void aCancelledMonitorIsSilentAndThenUnknown() throws Exception {
    Monitor monitor = monitor();
    List<Update> heard = Collections.synchronizedList(new ArrayList<>());
    monitor.deliverTo(heard::add);
    CompletableFuture<Boolean> cancelling =
        later(
            () -> {
              monitor.cancel(LIMIT);
              return true;
            });
    JsonNode request = peer.request("monitor_cancel");
    sendPort("p");
    peer.answer(request, "{}");
    assertThat(cancelling.get(20, TimeUnit.SECONDS)).isTrue();
    sendPort("q");
    assertThat(end()).contains("an update of an unknown monitor: 'monitor2'");
    assertThat(heard).isEmpty();
  }

  @Test
  void aMonitorWhoseCallerWaitsNoLongerIsCancelled() throws Exception {
    assertThatThrownBy(
            () -> connection.monitor(List.of(Watch.of("Port", "name")), Duration.ofMillis(300)))
        .isInstanceOf(OvsdbException.class)
        .hasMessageContaining("monitor Port: no answer");
    JsonNode monitor = peer.request("monitor");
    JsonNode cancel = peer.request("monitor_cancel");
    assertThat(cancel.path("params").path(0)).isEqualTo(monitor.path("params").path(1));
    peer.answer(monitor, "{}");
    sendPort("p");
    peer.answer(cancel, "{}");
    connectionIsThrough();
    assertThat(connection.end()).isEmpty();
  }

  @Test
  void aServerThatHangsUpIsToldOnceAlsoInTheMiddleOfAMessage() throws Exception {
    peer.send("{'method':");
    peer.hangUp();
    assertThat(end()).isEqualTo("ovsdb-server closed the connection in the middle of a message");
    connection.close();
    assertThat(ends).isEmpty();
  }

  @Test
  void aServerThatIsSilentIsAskedAndThenGivenUp() throws Exception {
    connection.close();
    assertThat(ends).as("notices of an end that was wanted").isEmpty();
    connection = connect(Duration.ofMillis(500));
    for (int i = 0; i < 3; i++) {
      peer.answer(peer.request("echo"), "[]");
    }
    peer.request("echo");
    assertThat(end()).isEqualTo("ovsdb-server gave no sign of life for 1000 ms");
  }

  @Test
  void aServerThatTakesNoConnectionsOrDoesNotAnswerIsGivenUpInTime() throws Exception {
    connection.close();
    Path deaf = directory.resolve("deaf.sock");
    try (DeafPeer listening = new DeafPeer(deaf)) {
      assertThatThrownBy(
              () ->
                  OvsdbConnection.open(
                      new OvsdbConnection.Settings(deaf, "db", Duration.ofMillis(100), LIMIT),
                      ends::add))
          .isInstanceOf(OvsdbException.class)
          .hasMessage(
              "connect to ovsdb-server at " + deaf + ": no answer from ovsdb-server within 100 ms");
      listening.fill();
      assertThatThrownBy(
              () ->
                  OvsdbConnection.open(
                      new OvsdbConnection.Settings(deaf, "db", Duration.ofMillis(100), LIMIT),
                      ends::add))
          .isInstanceOf(OvsdbException.class)
          .hasMessageStartingWith("connect to ovsdb-server at " + deaf + ": ")
          .hasMessageContaining("Resource temporarily unavailable");
    }
    assertThat(ends).isEmpty();
  }

  @Test
  void theConnectionMayBeClosedByThoseWhoAreToldOfIt() throws Exception {
    connection.close();
    CompletableFuture<String> closed = new CompletableFuture<>();
    CompletableFuture<OvsdbConnection> opening =
        later(
            () ->
                OvsdbConnection.open(
                    new OvsdbConnection.Settings(peer.socket(), "db", LIMIT, LIMIT),
                    end -> {
                      connection.close();
                      closed.complete(end.words());
                    }));
    peer.welcome();
    connection = opening.get(20, TimeUnit.SECONDS);
    peer.hangUp();
    assertThat(closed.get(20, TimeUnit.SECONDS)).isEqualTo("ovsdb-server closed the connection");
  }

  @Test
  void whoeverWaitsIsToldWhenThisSideCloses() throws Exception {
    CompletableFuture<Results> call = later(() -> connection.transact(COMMENT, LIMIT));
    peer.request("transact");
    connection.close();
    assertThat(failure(call))
        .isEqualTo(
            "comment: the connection to ovsdb-server ended: closed by this side; it may be done all"
                + " the same");
    assertThat(ends).isEmpty();
  }

  @Test
  void theTimeBetweenAttemptsDoublesUpToAMost() {
    StandingConnection.Retry retry =
        new StandingConnection.Retry(Duration.ofMillis(100), Duration.ofMillis(350));
    assertThat(retry.after(retry.first())).isEqualTo(Duration.ofMillis(200));
    assertThat(retry.after(retry.after(retry.first()))).isEqualTo(Duration.ofMillis(350));
    assertThatThrownBy(
            () -> new StandingConnection.Retry(Duration.ofMillis(2), Duration.ofMillis(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whereThereIsNoServerItIsSaidWithTheSocket() {
    Path nothing = directory.resolve("nothing.sock");
    assertThatThrownBy(
            () -> OvsdbConnection.open(OvsdbConnection.Settings.openVswitch(nothing), ends::add))
        .isInstanceOf(OvsdbException.class)
        .hasMessage(
            "connect to ovsdb-server at "
                + nothing
                + ": No such file or directory; is Open vSwitch running?");
  }

  @Test
  void aMessageThatIsTooLongIsNotSent() throws Exception {
    String long16 = "x".repeat(16 << 20);
    List<Operation> operations = Collections.nCopies(5, (Operation) new Operation.Comment(long16));
    assertThatThrownBy(() -> connection.transact(operations, LIMIT))
        .isInstanceOf(OvsdbException.class)
        .hasMessageContaining("bytes are too many: at most 67108864");
    CompletableFuture<Results> call = later(() -> connection.transact(COMMENT, LIMIT));
    peer.answer(peer.request("transact"), "[{}]");
    assertThat(call.get(20, TimeUnit.SECONDS).all()).hasSize(1);
  }

  @Test
  void updatesThatNobodyTakesEndTheConnectionAtALimit() throws Exception {
    Monitor monitor = monitor();
    assertThat(monitor.initial().table("Port")).isEmpty();
    String big = "x".repeat(8 << 20);
    for (int i = 0; i < 8; i++) {
      sendPort(big);
    }
    assertThat(end())
        .isEqualTo(
            "its updates came faster than they were taken: more than 67108864 bytes of them wait");
  }
}

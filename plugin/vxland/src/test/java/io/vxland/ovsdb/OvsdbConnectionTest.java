package io.vxland.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OvsdbConnectionTest extends WithPeer {
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
    // Twice as long an answer may take, also of this thread on a busy machine.
    connection = connect(Duration.ofMillis(1_500));
    for (int i = 0; i < 3; i++) {
      peer.answer(peer.request("echo"), "[]");
    }
    peer.request("echo");
    assertThat(end()).isEqualTo("ovsdb-server gave no sign of life for 3000 ms");
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
}

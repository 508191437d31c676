package io.vxland.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands to a daemon of Open vSwitch, and what it may answer. */
@Timeout(60)
class ControlSocketTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path directory;
  private Peer peer;
  private ControlSocket socket;

  @BeforeEach
  void connect() throws Exception {
    peer = new Peer(directory);
    socket = ControlSocket.connect(peer.socket());
    peer.accept();
  }

  @AfterEach
  void close() throws Exception {
    socket.close();
    peer.end();
  }

  private CompletableFuture<String> called(Duration limit) {
    return WithPeer.later(() -> socket.call(limit, "fdb/show", "br-extun"));
  }

  @Test
  void aCommandGoesWithItsWordsAndTheTextComesBack() throws Exception {
    CompletableFuture<String> answer = called(LIMIT);
    ObjectNode request = peer.request("fdb/show");
    assertThat(request.toString())
        .isEqualTo("{\"id\":0,\"method\":\"fdb/show\",\"params\":[\"br-extun\"]}");
    peer.answer(request, "' port  VLAN  MAC                Age\\n'");
    assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(" port  VLAN  MAC                Age\n");
  }

  @Test
  void anAnswerMayComeInPieces() throws Exception {
    CompletableFuture<String> answer = called(LIMIT);
    peer.request("fdb/show");
    peer.send("{'id':0,'result':'one");
    peer.send(" two','error':null}");
    assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("one two");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'id':0,'result':null,'error':'no such bridge'} | no such bridge
          {'id':0,'result':7,'error':null}                | a result is a text
          {'id':0,'method':'x','params':[]}               | one answer is expected
          []                                              | a message is a JSON object
          {'id':0,'result':'a','error':null}{'id':0,'result':'b','error':null} | one answer
          """)
  void whatIsNoAnswerIsAnError(String sent, String words) throws Exception {
    CompletableFuture<String> answer = called(LIMIT);
    peer.request("fdb/show");
    peer.send(sent);
    assertThat(WithPeer.failure(answer)).startsWith("ask ").contains("'fdb/show br-extun'", words);
  }

  @Test
  void whoSaysNothingIsNotWaitedForLongerThanTheLimit() throws Exception {
    assertThat(WithPeer.failure(called(Duration.ofMillis(50)))).endsWith("no answer in time");
  }

  @Test
  void aDaemonThatEndsEndsTheCall() throws Exception {
    CompletableFuture<String> answer = called(LIMIT);
    peer.request("fdb/show");
    peer.hangUp();
    assertThat(WithPeer.failure(answer)).endsWith("it closed the connection");
  }

  @Test
  void aCloseEndsTheCall() throws Exception {
    CompletableFuture<String> answer = called(LIMIT);
    peer.request("fdb/show");
    socket.close();
    assertThat(WithPeer.failure(answer)).startsWith("ask ");
  }

  @Test
  void whereNobodyListensIsAnError() {
    assertThatThrownBy(() -> ControlSocket.connect(directory.resolve("nobody.ctl")))
        .isInstanceOf(OvsdbException.class)
        .hasMessageStartingWith("connect to " + directory.resolve("nobody.ctl") + ": ");
  }
}

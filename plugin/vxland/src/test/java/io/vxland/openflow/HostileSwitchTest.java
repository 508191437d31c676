package io.vxland.openflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Something that is no switch, or a broken one: the connection ends, in time, and says why. */
@Timeout(30)
class HostileSwitchTest {
  private static final String HELLO = "0600000800000054";
  private static final Duration LIMIT = Duration.ofMillis(500);

  /** The number of the first request behind HELLO. */
  private static final String XID = "00000002";

  @TempDir private Path directory;
  private Path socket;
  private ServerSocketChannel server;

  @BeforeEach
  void listen() throws IOException {
    socket = directory.resolve("br0.mgmt");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private interface Script {
    void play(SocketChannel client) throws IOException;
  }

  /** Plays a part for one client. */
  private void play(Script script) {
    Thread thread =
        new Thread(
            () -> {
              try (SocketChannel client = server.accept()) {
                script.play(client);
              } catch (IOException clientIsGone) {
                assertThat(clientIsGone.getMessage()).isNotBlank();
              }
            },
            "switch");
    thread.setDaemon(true);
    thread.start();
  }

  /** Says something, then takes what comes until the client is gone. */
  private void says(String hex) {
    play(
        client -> {
          send(client, hex);
          drain(client);
        });
  }

  private static void send(SocketChannel client, String hex) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    while (bytes.hasRemaining()) {
      client.write(bytes);
    }
  }

  private static void drain(SocketChannel client) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(0x10000);
    while (client.read(buffer) >= 0) {
      buffer.clear();
    }
  }

  private OpenFlowConnection open() throws OpenFlowException {
    return OpenFlowConnection.open(socket, LIMIT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "048001| no answer in time",
        "0600000700000054| message of length 7",
        "0600000000000054| message of length 0",
        "474554202f20485454502f312e310d0a| no answer in time",
        "0502000800000001| message of type 2 instead of HELLO",
        "0400000800000001| does not speak OpenFlow14",
        "06000010000000010001000800000052| does not speak OpenFlow14",
        "0600000c0000000100010000| HELLO element of length 0",
        "0601001400000001000000004e6f2076657221ff| OFPHFC_INCOMPATIBLE No ver!?",
      })
  void whoeverDoesNotAgreeIsNotConnectedTo(String bytes, String why) {
    says(bytes);
    assertThatThrownBy(this::open)
        .isInstanceOf(OpenFlowException.class)
        .hasMessageContaining("br0.mgmt: agreeing on OpenFlow 1.4")
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // of version 6, of another type, of another number, not asked for
        "06150008" + XID + "| message of version 6",
        "05030008" + XID + "| message of type 3 that was not asked for",
        "0515000800000063| message of type 21 that was not asked for",
        "05150004" + XID + "| message of length 4",
        "0501000c0000006300020009| error for a request that was not made",
        "0501000a" + XID + "0002| 2 bytes are said to follow",
        "05150008| no answer in time",
      })
  void nonsenseEndsTheConnection(String bytes, String why) throws OpenFlowException {
    says(HELLO + bytes);
    try (OpenFlowConnection connection = open()) {
      assertThatThrownBy(() -> connection.apply(List.of(new FlowMod.DeleteAll(1, -1))))
          .isInstanceOf(OpenFlowException.class)
          .hasMessageContaining("changing 1 flows")
          .hasMessageContaining(why)
          .satisfies(e -> assertThat(((OpenFlowException) e).error()).isEmpty());
      assertThat(connection.isOpen()).isFalse();
    }
  }

  @Test
  void aConnectionThatEndsIsToldAsSuch() throws OpenFlowException {
    play(
        client -> {
          send(client, HELLO);
          client.read(ByteBuffer.allocate(16));
          send(client, "0515");
        });
    try (OpenFlowConnection connection = open()) {
      assertThatThrownBy(connection::echo)
          .isInstanceOf(OpenFlowException.class)
          .satisfies(e -> assertThat(((OpenFlowException) e).error()).isEmpty());
      assertThat(connection.isOpen()).isFalse();
    }
  }

  @Test
  void whatWasNotAskedForIsPassedOverAndEchoesAreAnswered() throws OpenFlowException {
    // PACKET_IN, FLOW_REMOVED, PORT_STATUS, an echo request, and the reply to ours.
    says(
        HELLO
            + "050a000800000000050b000800000000050c000800000000"
            + "0502000c0000000012345678"
            + "05030008"
            + XID);
    try (OpenFlowConnection connection = open()) {
      connection.echo();
      assertThat(connection.isOpen()).isTrue();
    }
  }

  @Test
  void whoeverTalksWithoutEndDoesNotKeepACallWithoutEnd() throws OpenFlowException {
    play(
        client -> {
          send(client, HELLO);
          for (; ; ) {
            send(client, "050a000800000000".repeat(1000));
          }
        });
    try (OpenFlowConnection connection = open()) {
      long start = System.nanoTime();
      assertThatThrownBy(connection::echo).hasMessageContaining("no answer in time");
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(20);
    }
  }

  @Test
  void echoesThatAreNotTakenAreNotKeptWithoutEnd() throws OpenFlowException {
    String request = "0502ffff00000000" + "00".repeat(0xffff - 8);
    play(
        client -> {
          send(client, HELLO);
          for (; ; ) {
            send(client, request);
          }
        });
    try (OpenFlowConnection connection = OpenFlowConnection.open(socket, Duration.ofSeconds(20))) {
      assertThatThrownBy(connection::echo).hasMessageContaining("asks for echoes");
    }
  }

  @Test
  void anAnswerWithoutEndIsRefused() throws OpenFlowException {
    String flow =
        "0038000000000000000000000000000000000000000000000000000000000000"
            + "000000000000000000000000000000000001000400000000";
    String filled = flow.repeat((0xffff - 16) / 56);
    String message =
        "0513"
            + HexFormat.of().toHexDigits((short) (16 + filled.length() / 2))
            + XID
            + "0001000100000000"
            + filled;
    play(
        client -> {
          send(client, HELLO);
          for (; ; ) {
            send(client, message);
          }
        });
    try (OpenFlowConnection connection = OpenFlowConnection.open(socket, Duration.ofMinutes(1))) {
      assertThatThrownBy(() -> connection.flows(0, 0))
          .hasMessageContaining("answer of more than " + OpenFlowConnection.MAX_ANSWER + " bytes");
    }
  }

  @Test
  void aBundleOfAnotherNumberIsNotOurs() throws OpenFlowException {
    says(HELLO + "05210010" + XID + "0000000700010003");
    try (OpenFlowConnection connection = open()) {
      assertThatThrownBy(() -> connection.bundle(List.of(new FlowMod.DeleteAll(1, -1))))
          .hasMessageContaining("reply of type 1 to bundle 1");
    }
  }

  @Test
  void aLimitIsWithinAnHour() {
    for (Duration limit : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(1))) {
      assertThatThrownBy(() -> OpenFlowConnection.open(socket, limit))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}

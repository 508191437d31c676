package io.vxland.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnixHttpTest {
  @TempDir Path directory;
  private Path socket;
  private ServerSocketChannel listener;

  @BeforeEach
  void listen() throws Exception {
    socket = directory.resolve("s");
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
  }

  @AfterEach
  void stop() throws Exception {
    listener.close();
  }

  /** Answers the next caller so and hangs up. */
  private void answer(String bytes) {
    CompletableFuture<Void> unused =
        CompletableFuture.runAsync(
            () -> {
              try (SocketChannel caller = listener.accept()) {
                caller.read(ByteBuffer.allocate(8192));
                caller.write(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1)));
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
  }

  private HttpAnswer ask(Duration patience) throws UnreachableException {
    return new UnixHttp(socket, patience).request("GET", "/", new byte[0]);
  }

  @Test
  void aWholeAnswerIsReadWithAndWithoutItsLength() throws Exception {
    answer("HTTP/1.1 200 OK\r\nX: y\r\ncontent-LENGTH: 2\r\n\r\nhi");
    assertThat(ask(Duration.ofSeconds(20)).body()).asString().isEqualTo("hi");
    answer("HTTP/1.1 404\r\n\r\n");
    assertThat(ask(Duration.ofSeconds(20)).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 2e2 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      })
  void whatIsNoWholeAnswerIsNamed(String bytes) {
    answer(bytes);
    assertThatThrownBy(() -> ask(Duration.ofSeconds(20)))
        .isInstanceOf(UnreachableException.class)
        .hasMessageStartingWith("vxland does not answer on " + socket + ": ");
  }

  @Test
  void aDaemonThatHangsIsGivenUp() {
    assertThatThrownBy(() -> ask(Duration.ofMillis(100)))
        .isInstanceOf(UnreachableException.class)
        .hasMessage("vxland does not answer on " + socket + ": it took too long");
  }
}

package io.vxland.cli;

import io.vxland.model.InvalidValueException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One HTTP/1.1 request on a Unix socket, within a time. The JDK's HTTP client knows no Unix sockets
 * (JDK-8275838).
 */
final class UnixHttp {
  /** Most bytes of an answer. */
  private static final int MAX_ANSWER = 256 << 20;

  private final Path socket;
  private final Duration patience;

  /**
   * Creates a client.
   *
   * @param socket where the daemon answers
   * @param patience how long a request may take in all
   */
  UnixHttp(Path socket, Duration patience) {
    this.socket = socket;
    this.patience = patience;
  }

  /**
   * Sends a request and waits for the whole answer.
   *
   * @throws UnreachableException if nobody answers, or not in time, or not in HTTP
   */
  HttpAnswer request(String method, String target, byte[] body) throws UnreachableException {
    byte[] head =
        (method
                + " "
                + target
                + " HTTP/1.1\r\nHost: vxland\r\nConnection: close\r\nContent-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    try (SocketChannel channel = connect()) {
      return exchange(
          channel, ByteBuffer.allocate(head.length + body.length).put(head).put(body).flip());
    } catch (IOException | InvalidValueException e) {
      throw new UnreachableException(
          "vxland does not answer on " + socket + ": " + e.getMessage(), e);
    }
  }

  private SocketChannel connect() throws UnreachableException {
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UnreachableException(why(e), e);
    }
  }

  private String why(IOException e) {
    if (Files.notExists(parent()) || (!Files.exists(socket) && Files.isExecutable(parent()))) {
      return "vxland is not running: there is no socket " + socket + " (systemctl start vxland)";
    }
    if (!Files.isWritable(socket)) {
      return "no permission for " + socket + ": run as root, or join the group of its directory";
    }
    return "vxland is not running: nothing answers on "
        + socket
        + " (systemctl start vxland): "
        + e.getMessage();
  }

  private Path parent() {
    return socket.toAbsolutePath().getParent();
  }

  private HttpAnswer exchange(SocketChannel channel, ByteBuffer request) throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
      // The daemon may answer and hang up before it has read all: its answer counts.
      boolean refused = false;
      while (!refused && request.hasRemaining()) {
        await(selector, end);
        try {
          channel.write(request);
        } catch (IOException e) {
          refused = true;
        }
      }
      key.interestOps(SelectionKey.OP_READ);
      return HttpAnswer.parse(readAll(channel, selector, end));
    }
  }

  private static byte[] readAll(SocketChannel channel, Selector selector, long end)
      throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    while (true) {
      await(selector, end);
      int size = channel.read(buffer);
      if (size < 0) {
        return answer.toByteArray();
      }
      answer.write(buffer.array(), 0, buffer.position());
      buffer.clear();
      if (answer.size() > MAX_ANSWER) {
        throw new IOException("the answer has more than " + MAX_ANSWER + " bytes");
      }
    }
  }

  private static void await(Selector selector, long end) throws IOException {
    long millis = (end - System.nanoTime()) / 1_000_000;
    if (millis <= 0 || selector.select(millis) == 0) {
      throw new IOException("it took too long");
    }
    selector.selectedKeys().clear();
  }
}

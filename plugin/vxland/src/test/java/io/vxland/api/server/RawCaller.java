package io.vxland.api.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A caller that sends what it likes, as it likes. */
final class RawCaller implements AutoCloseable {
  private final SocketChannel channel;

  RawCaller(Path socket) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
  }

  RawCaller send(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    return this;
  }

  RawCaller endSending() throws IOException {
    channel.shutdownOutput();
    return this;
  }

  /** Whether the server has hung up without a word. */
  boolean isCutOff() {
    try {
      channel.configureBlocking(false);
      int size = channel.read(ByteBuffer.allocate(1));
      channel.configureBlocking(true);
      return size < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  /** Reads until the server hangs up. */
  String readAll() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    try {
      while (channel.read(buffer) >= 0) {
        all.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
    } catch (IOException reset) {
      // A server that hangs up with bytes unread resets the connection; it has hung up.
      return all.toString(ISO_8859_1);
    }
    return all.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

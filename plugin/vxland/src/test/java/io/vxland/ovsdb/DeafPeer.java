package io.vxland.ovsdb;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server that hangs: the kernel takes connections for it, until its queue is full. */
final class DeafPeer implements AutoCloseable {
  private static final int QUEUE = 4;

  private final Path socket;
  private final ServerSocketChannel server;
  private final List<SocketChannel> waiting = new ArrayList<>();

  DeafPeer(Path socket) throws IOException {
    this.socket = socket;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket), QUEUE);
  }

  /** Fills the queue of connections. */
  void fill() throws IOException {
    boolean room = true;
    while (room) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.configureBlocking(false);
      waiting.add(channel);
      try {
        room = channel.connect(UnixDomainSocketAddress.of(socket));
      } catch (SocketException full) {
        room = false;
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel channel : waiting) {
      channel.close();
    }
  }
}

package io.vxland.tests.hooks;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** The daemon's socket as a hook sees it: a real Unix socket that speaks just enough HTTP/1.1. */
final class FakeDaemon implements AutoCloseable {
  /** One request as it came over the wire; of the body, each byte is a character. */
  record Request(String line, String headers, String body) {}

  /** What happens to a connection; it is closed when this returns. */
  interface Behaviour {
    void serve(SocketChannel connection) throws IOException;
  }

  private final ServerSocketChannel server;
  private final List<SocketChannel> held = new CopyOnWriteArrayList<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  private FakeDaemon(ServerSocketChannel server) {
    this.server = server;
  }

  /** Answers each request, once it is read to its end. */
  static FakeDaemon answering(Path socket, int status, String body) throws IOException {
    FakeDaemon daemon = bound(socket, 64);
    daemon.accept(
        connection -> {
          daemon.requests.add(read(connection));
          write(connection, status, body);
        });
    return daemon;
  }

  /** Answers at the end of the headers, and then throws away what still comes. */
  static FakeDaemon answeringEarly(Path socket, int status, String body) throws IOException {
    FakeDaemon daemon = bound(socket, 64);
    daemon.accept(
        connection -> {
          InputStream in = new BufferedInputStream(Channels.newInputStream(connection));
          headers(in);
          write(connection, status, body);
          in.transferTo(OutputStream.nullOutputStream());
        });
    return daemon;
  }

  /** Closes at the end of the headers, without an answer. */
  static FakeDaemon hangingUp(Path socket) throws IOException {
    FakeDaemon daemon = bound(socket, 64);
    daemon.accept(
        connection -> headers(new BufferedInputStream(Channels.newInputStream(connection))));
    return daemon;
  }

  /** Has room for connections, but neither accepts, reads nor answers. */
  static FakeDaemon hung(Path socket) throws IOException {
    return bound(socket, 64);
  }

  /** Never accepts, and has no room left for a further connection. */
  static FakeDaemon withFullBacklog(Path socket) throws IOException {
    FakeDaemon daemon = bound(socket, 1);
    for (boolean room = true; room; ) {
      SocketChannel filler = SocketChannel.open(StandardProtocolFamily.UNIX);
      daemon.held.add(filler);
      filler.configureBlocking(false);
      try {
        room = filler.connect(UnixDomainSocketAddress.of(socket));
      } catch (IOException full) {
        room = false;
      }
    }
    return daemon;
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  private static FakeDaemon bound(Path socket, int backlog) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket), backlog);
    return new FakeDaemon(server);
  }

  private void accept(Behaviour behaviour) {
    Thread thread = new Thread(() -> acceptUntilClosed(behaviour), "fake-daemon");
    thread.setDaemon(true);
    thread.start();
  }

  private void acceptUntilClosed(Behaviour behaviour) {
    while (server.isOpen()) {
      try (SocketChannel connection = server.accept()) {
        behaviour.serve(connection);
      } catch (IOException clientOrServerGone) {
        Thread.onSpinWait();
      }
    }
  }

  private static Request read(SocketChannel connection) throws IOException {
    InputStream in = new BufferedInputStream(Channels.newInputStream(connection), 1 << 16);
    String head = headers(in);
    int endOfLine = head.indexOf("\r\n");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
      for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
        body.write(in.readNBytes(size));
        in.readNBytes(2);
      }
      in.readNBytes(2);
    }
    return new Request(
        head.substring(0, endOfLine),
        head.substring(endOfLine),
        body.toString(StandardCharsets.ISO_8859_1));
  }

  private static int chunkSize(InputStream in) throws IOException {
    int size = 0;
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the request ends within a chunk");
      }
      if (c != '\r') {
        size = size * 16 + Character.digit(c, 16);
      }
    }
    return size;
  }

  private static String headers(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("the request ends within its headers");
      }
      head.append((char) c);
    }
    return head.toString();
  }

  private static void write(SocketChannel connection, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + status
            + " Answer\r\nContent-Length: "
            + bytes.length
            + "\r\nConnection: close\r\n\r\n";
    for (byte[] part : List.of(head.getBytes(StandardCharsets.US_ASCII), bytes)) {
      ByteBuffer buffer = ByteBuffer.wrap(part);
      while (buffer.hasRemaining()) {
        connection.write(buffer);
      }
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (SocketChannel connection : held) {
        connection.close();
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}

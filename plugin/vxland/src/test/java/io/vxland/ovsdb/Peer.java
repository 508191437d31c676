package io.vxland.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The other end of a socket, which says what a test lets it say: a server that misbehaves. It
 * answers the first request, the echo with which a connection opens, if it is told to.
 */
final class Peer {
  private static final long LIMIT_SECONDS = 20;

  private final Path socket;
  private final ServerSocketChannel server;
  private final Thread thread;
  private final BlockingQueue<ObjectNode> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<SocketChannel> accepted = new LinkedBlockingQueue<>();
  private SocketChannel channel;

  Peer(Path directory) throws IOException {
    socket = directory.resolve("peer.sock");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    thread = new Thread(this::serve, "peer");
    thread.start();
  }

  Path socket() {
    return socket;
  }

  private void serve() {
    try {
      while (true) {
        SocketChannel next = server.accept();
        accepted.add(next);
        read(next);
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void read(SocketChannel from) {
    JsonStream stream = new JsonStream();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    try {
      for (int size = from.read(buffer); size >= 0; size = from.read(buffer.clear())) {
        stream.feed(buffer.array(), size, (message, bytes) -> requests.add(message));
      }
    } catch (IOException hungUp) {
      // As well as an end of the stream.
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  /** Takes the next connection, which does not begin with an echo. */
  void accept() throws InterruptedException {
    channel = accepted.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Answers the echo of a connection that opens. */
  void welcome() throws Exception {
    accept();
    answer(request("echo"), "[]");
  }

  /** The next request, which must be of this method. */
  ObjectNode request(String method) throws InterruptedException {
    ObjectNode request = requests.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (request == null || !request.path("method").asText().equals(method)) {
      throw new AssertionError("no request " + method + ", but " + request);
    }
    return request;
  }

  /** The next message that is no request. */
  JsonNode reply() throws InterruptedException {
    ObjectNode reply = requests.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (reply == null || reply.has("method")) {
      throw new AssertionError("no reply, but " + reply);
    }
    return reply;
  }

  /** Answers a request with a result, written with single quotes. */
  void answer(JsonNode request, String result) throws IOException {
    send("{'id':" + request.get("id") + ",'result':" + result + ",'error':null}");
  }

  /** Sends text as it is, but double quotes for single ones. */
  void send(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  void hangUp() throws IOException {
    channel.close();
  }

  /** Ends it, with its connections. */
  void end() throws Exception {
    server.close();
    for (SocketChannel open : accepted) {
      open.close();
    }
    if (channel != null) {
      channel.close();
    }
    thread.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
  }
}

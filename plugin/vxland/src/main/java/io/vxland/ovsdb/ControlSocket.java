package io.vxland.ovsdb;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The control socket of a daemon of Open vSwitch, as ovs-appctl(8) uses it: JSON-RPC 1.0, a command
 * with words as its parameters, a text as its result. One thread at a time; {@link #close} may be
 * called by any, and ends a wait.
 */
public final class ControlSocket implements AutoCloseable {
  private static final int CHUNK = 64 << 10;

  /** The largest table of learned places, of 2^20 entries, takes 40 MiB. */
  private static final int MAX_ANSWER = 48 << 20;

  private static final int MAX_REFUSAL = 300;

  private final Path path;
  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK);

  private ControlSocket(Path path, SocketChannel channel, Selector selector) throws IOException {
    this.path = path;
    this.channel = channel;
    this.selector = selector;
    this.key = channel.register(selector, SelectionKey.OP_READ);
  }

  /**
   * Connects.
   *
   * @throws OvsdbException if nobody listens there
   */
  public static ControlSocket connect(Path path) throws OvsdbException {
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.configureBlocking(false);
        // A Unix socket connects at once, unless the server's queue of connections is full.
        if (!channel.connect(UnixDomainSocketAddress.of(path))) {
          throw new IOException("it takes no connections: its queue is full");
        }
        return new ControlSocket(path, channel, Selector.open());
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new OvsdbException("connect to " + path, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Gives a command and waits for what the daemon says. After an error the connection is to be
   * closed.
   *
   * @param words the command, and what it is about
   * @throws OvsdbException if the daemon refuses it, says nothing in time, or too much
   */
  public String call(Duration limit, String... words) throws OvsdbException {
    String tried = "ask " + path + " for '" + String.join(" ", words) + "'";
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      send(request(words), deadline);
      Message.Reply reply = reply(deadline);
      if (!reply.error().isNull()) {
        throw new OvsdbException(tried, Quote.line(reply.error().asText(), MAX_REFUSAL));
      }
      if (!reply.result().isTextual()) {
        throw new MalformedException("a result is a text");
      }
      return reply.result().textValue();
    } catch (IOException | MalformedException e) {
      throw new OvsdbException(tried, String.valueOf(e.getMessage()), e);
    } catch (ClosedSelectorException | CancelledKeyException e) {
      throw new OvsdbException(tried, "the connection was closed meanwhile", e);
    }
  }

  private static ByteBuffer request(String... words) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("id", 0).put("method", words[0]);
    List<String> rest = new ArrayList<>(List.of(words)).subList(1, words.length);
    rest.forEach(request.putArray("params")::add);
    return ByteBuffer.wrap(request.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void send(ByteBuffer request, long deadline) throws IOException {
    while (request.hasRemaining()) {
      channel.write(request);
      if (request.hasRemaining()) {
        await(SelectionKey.OP_WRITE, deadline);
      }
    }
  }

  private Message.Reply reply(long deadline) throws IOException, MalformedException {
    JsonStream stream = new JsonStream(MAX_ANSWER);
    List<ObjectNode> messages = new ArrayList<>();
    while (messages.isEmpty()) {
      await(SelectionKey.OP_READ, deadline);
      int size = channel.read(buffer.clear());
      if (size < 0) {
        throw new EOFException("it closed the connection");
      }
      stream.feed(buffer.array(), size, (message, bytes) -> messages.add(message));
    }
    if (messages.size() == 1 && Message.of(messages.get(0)) instanceof Message.Reply reply) {
      return reply;
    }
    throw new MalformedException("one answer is expected");
  }

  private void await(int operation, long deadline) throws IOException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      throw new IOException("no answer in time");
    }
    key.interestOps(operation);
    // Zero would be "for ever".
    selector.select(TimeUnit.NANOSECONDS.toMillis(left) + 1);
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("interrupted");
    }
  }

  @Override
  public void close() {
    try (channel) {
      selector.close();
    } catch (IOException already) {
      // There is nothing that it would have to do.
    }
  }
}

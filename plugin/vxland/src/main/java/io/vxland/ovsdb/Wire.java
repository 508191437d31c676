package io.vxland.ovsdb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/** The socket, and the thread "ovsdb-io" that alone reads from it and writes to it. */
final class Wire {
  private static final int CHUNK = 64 << 10;

  /** What the thread hands on. Nothing of it may wait. */
  interface Handler {
    void message(ObjectNode message, long bytes) throws MalformedException, IOException;

    /** Nothing was heard for a while: ask for a sign of life. */
    void probe();

    /** The last call. The cause is null unless it is an error of ours. */
    void ended(String reason, Throwable cause);
  }

  private final SocketChannel channel;
  private final Selector selector;
  private final Exchange exchange;
  private final Duration probe;
  private final Handler handler;
  private final Thread thread;
  private final JsonStream stream = new JsonStream();
  private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
  private IOException broken;

  private volatile String endWish;
  private volatile Throwable endCause;

  private Wire(
      SocketChannel channel,
      Selector selector,
      Exchange exchange,
      Duration probe,
      Handler handler) {
    this.channel = channel;
    this.selector = selector;
    this.exchange = exchange;
    this.probe = probe;
    this.handler = handler;
    this.thread = new Thread(this::run, "ovsdb-io");
    thread.setDaemon(true);
  }

  /** Connects and starts the thread. */
  static Wire open(Path socket, Exchange exchange, Duration probe, Handler handler)
      throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.configureBlocking(false);
      // A Unix socket connects at once, unless the server's queue of connections is full.
      if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
        throw new IOException("it takes no connections: its queue is full");
      }
      Wire wire = new Wire(channel, Selector.open(), exchange, probe, handler);
      wire.thread.start();
      return wire;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Says that there is something to send. */
  void wake() {
    selector.wakeup();
  }

  /** Ends it soon, for this reason unless there is one already. */
  synchronized void end(String reason, Throwable cause) {
    if (endWish == null) {
      endCause = cause;
      endWish = reason;
      selector.wakeup();
    }
  }

  Thread thread() {
    return thread;
  }

  // From here on: the thread "ovsdb-io".

  private void run() {
    String reason = "an error of this program";
    Throwable cause = null;
    try (channel;
        selector) {
      reason = serve();
      cause = endCause;
    } catch (MalformedException e) {
      reason = "ovsdb-server sent what is not OVSDB: " + e.getMessage();
      cause = e;
    } catch (IOException e) {
      reason = String.valueOf(e.getMessage());
      cause = e;
    } catch (RuntimeException | Error e) {
      reason = "an error of this program: " + e;
      cause = e;
    } finally {
      handler.ended(reason, cause);
    }
  }

  /** Serves the socket to its end, and says why it ended. */
  private String serve() throws IOException, MalformedException {
    SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
    long since = System.nanoTime();
    boolean asked = false;
    while (endWish == null) {
      boolean writing = broken == null && exchange.hasUnsent();
      key.interestOps(SelectionKey.OP_READ | (writing ? SelectionKey.OP_WRITE : 0));
      long rest = probe.toNanos() - (System.nanoTime() - since);
      selector.select(Math.max(1, rest / 1_000_000));
      selector.selectedKeys().clear();
      int size = channel.read(buffer.clear());
      if (size < 0) {
        return stream.midway()
            ? "ovsdb-server closed the connection in the middle of a message"
            : "ovsdb-server closed the connection";
      } else if (size > 0) {
        since = System.nanoTime();
        asked = false;
        stream.feed(buffer.array(), size, handler::message);
      } else if (broken != null) {
        throw broken;
      } else if (System.nanoTime() - since >= probe.toNanos()) {
        // Only when there is nothing to read: it may be this side that was held up.
        if (asked) {
          return "ovsdb-server gave no sign of life for " + 2 * probe.toMillis() + " ms";
        }
        asked = true;
        since = System.nanoTime();
        handler.probe();
      }
      send();
    }
    return endWish;
  }

  /** A server that went away may have left messages that are still to be read. */
  private void send() {
    if (broken == null) {
      try {
        exchange.send(channel);
      } catch (IOException e) {
        broken = e;
      }
    }
  }
}

package io.vxland.openflow;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Whole messages to and from a switch. Only one thread may send and receive; {@link #close} may be
 * called by any, and ends a wait.
 *
 * <p>What is to be sent waits in a queue while answers are read: Open vSwitch stops to listen as
 * long as 100 of its answers are not taken, so that a client that only sends would wait for ever.
 */
final class MessageChannel implements AutoCloseable {
  /** The most that is handed to the kernel at once; a message of full length fits. */
  private static final int CHUNK = 0x10000;

  /** The most that may wait to be sent while answers to echo requests are added. */
  private static final int MAX_ECHOES = 1 << 20;

  private final SocketChannel socket;
  private final Selector selector;
  private final SelectionKey key;
  private final Deque<ByteBuffer> out = new ArrayDeque<>();
  private final ByteBuffer in = ByteBuffer.allocateDirect(2 * CHUNK);
  private int taken;

  private MessageChannel(SocketChannel socket, Selector selector) throws IOException {
    this.socket = socket;
    this.selector = selector;
    this.key = socket.register(selector, SelectionKey.OP_READ);
  }

  static MessageChannel connect(Path path) throws IOException {
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    Selector selector = null;
    try {
      socket.configureBlocking(false);
      // A Unix socket connects at once or not at all: its queue of those who wait is full.
      if (!socket.connect(UnixDomainSocketAddress.of(path))) {
        throw new IOException("it accepts no more connections now");
      }
      selector = Selector.open();
      return new MessageChannel(socket, selector);
    } catch (IOException | RuntimeException e) {
      socket.close();
      if (selector != null) {
        selector.close();
      }
      throw e;
    }
  }

  boolean isOpen() {
    return selector.isOpen();
  }

  /** Will be sent by {@link #next}. */
  void queue(WireWriter messages) {
    out.add(messages.toBuffer());
  }

  /** As {@link #queue}, for what the other side can make as much of as it likes. */
  void queueEcho(WireWriter reply) throws IOException {
    if (out.stream().mapToLong(ByteBuffer::remaining).sum() > MAX_ECHOES) {
      throw new IOException("the switch asks for echoes and does not take them");
    }
    queue(reply);
  }

  /**
   * Sends what is queued, until a message came.
   *
   * @param deadline in the sense of {@link System#nanoTime}
   * @throws IOException if none comes by then, or the connection ends
   * @throws MalformedException if what comes is no message
   */
  Message next(long deadline) throws IOException, MalformedException {
    try {
      for (; ; ) {
        flush();
        Message message = take();
        if (message != null) {
          return message;
        }
        int count = socket.read(in);
        if (count < 0) {
          throw new EOFException("the switch closed the connection");
        }
        // Who sends without end does not keep a call without end.
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new IOException("no answer in time");
        }
        if (count == 0) {
          await(left);
        }
      }
    } catch (ClosedSelectorException | ClosedChannelException e) {
      throw new IOException("the connection was closed meanwhile", e);
    }
  }

  private void await(long nanos) throws IOException {
    key.interestOps(
        out.isEmpty() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    // Zero would be "for ever".
    selector.select(TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("interrupted");
    }
  }

  private void flush() throws IOException {
    while (!out.isEmpty()) {
      ByteBuffer first = out.element();
      // The JDK copies what is in the heap: a chunk, not all.
      int size = Math.min(CHUNK, first.remaining());
      int count = socket.write(first.slice(first.position(), size));
      first.position(first.position() + count);
      if (!first.hasRemaining()) {
        out.remove();
      } else if (count < size) {
        return;
      }
    }
  }

  private Message take() throws MalformedException {
    int there = in.position() - taken;
    if (there < Message.HEADER_BYTES) {
      makeRoom(Message.HEADER_BYTES);
      return null;
    }
    int length = Short.toUnsignedInt(in.getShort(taken + 2));
    if (length < Message.HEADER_BYTES) {
      throw new MalformedException("message of length " + length);
    }
    if (there < length) {
      makeRoom(length);
      return null;
    }
    byte[] body = new byte[length - Message.HEADER_BYTES];
    in.get(taken + Message.HEADER_BYTES, body);
    Message message =
        new Message(
            Byte.toUnsignedInt(in.get(taken)),
            Byte.toUnsignedInt(in.get(taken + 1)),
            in.getInt(taken + 4),
            new WireReader(body));
    taken += length;
    return message;
  }

  /** So that a message that began can end within the buffer. */
  private void makeRoom(int length) {
    if (taken == in.position()) {
      in.clear();
      taken = 0;
    } else if (in.capacity() - taken < length) {
      in.limit(in.position()).position(taken);
      in.compact();
      taken = 0;
    }
  }

  @Override
  public void close() {
    // The selector first: it wakes who waits.
    closeQuietly(selector);
    closeQuietly(socket);
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception nothingToBeDone) {
      // The descriptor is gone either way.
    }
  }
}

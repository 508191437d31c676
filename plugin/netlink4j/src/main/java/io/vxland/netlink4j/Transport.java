package io.vxland.netlink4j;

import io.vxland.netlink4j.codec.Acknowledgement;
import io.vxland.netlink4j.codec.MessageReader;
import io.vxland.netlink4j.codec.MessageWriter;
import io.vxland.netlink4j.codec.Rtm;
import io.vxland.netlink4j.jna.KernelSocket;
import io.vxland.netlink4j.model.Errno;
import io.vxland.netlink4j.model.NetlinkException;
import java.time.Duration;

/** Requests and their answers on one socket. Not thread-safe: the connection's lock guards it. */
final class Transport implements AutoCloseable {
  /** Longest send; the kernel's own bound is SO_SNDBUF, 208 KiB by default. */
  static final int SEND_BYTES = 128 * 1024;

  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;
  private static final int NETLINK_GET_STRICT_CHK = 12;

  /** Room for the refusals of 256 messages, about 1.3 KiB of kernel memory each. */
  private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;

  private final KernelSocket socket;
  private final MessageWriter writer = new MessageWriter(SEND_BYTES / 2);
  private final MessageReader reader = new MessageReader();
  private final byte[] incoming = new byte[KernelSocket.RECEIVE_BYTES];
  private final int timeoutMillis;
  private final boolean strict;
  private int sequence;

  Transport(KernelSocket socket, Duration timeout) {
    this.socket = socket;
    timeoutMillis = (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeout.toMillis()));
    // Each is newer than some kernel in use: without the first two, errors say less; without the
    // third, dumps are not filtered by the kernel.
    socket.setNetlinkOption(NETLINK_CAP_ACK, 1);
    socket.setNetlinkOption(NETLINK_EXT_ACK, 1);
    strict = socket.setNetlinkOption(NETLINK_GET_STRICT_CHK, 1) == 0;
    socket.setReceiveBuffer(RECEIVE_BUFFER);
  }

  /** Whether the kernel filters dumps by what the request says (Linux 4.20 or newer). */
  boolean filtersDumps() {
    return strict;
  }

  /** Where requests are written; clear it first. */
  MessageWriter writer() {
    return writer;
  }

  /** The index of a device, or a negative errno. */
  int interfaceIndex(byte[] name) {
    return socket.interfaceIndex(name);
  }

  int nextSequence() {
    return ++sequence;
  }

  /** Takes the messages that answer a request. */
  interface Handler {
    /**
     * One message with the port id and a sequence of this exchange.
     *
     * @return true if it was the last
     */
    boolean message(MessageReader message) throws NetlinkException;
  }

  /**
   * Sends what was written; the kernel acts on it before this returns.
   *
   * @param operation what an error says was tried, by its toString
   */
  void send(Object operation) throws NetlinkException {
    int sent = socket.send(writer.array(), writer.length());
    if (sent < 0) {
      throw new NetlinkException(operation.toString(), -sent);
    }
  }

  /**
   * Hands on the answers whose sequence is within a range, until the handler has its last. Answers
   * to earlier requests that were given up are passed over.
   */
  void receive(Object operation, int first, int last, Handler handler) throws NetlinkException {
    long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
    boolean done = false;
    while (!done) {
      int got = receiveSome(operation, deadline);
      reader.reset(incoming, got);
      while (reader.next()) {
        boolean ours =
            reader.sequence() - first >= 0
                && reader.sequence() - last <= 0
                && reader.portId() == socket.portId();
        if (ours && !done) {
          done = handler.message(reader);
        }
      }
    }
  }

  private int receiveSome(Object operation, long deadline) throws NetlinkException {
    while (true) {
      int got = socket.receive(incoming);
      if (got >= 0) {
        return got;
      }
      if (got != -Errno.EAGAIN) {
        throw new NetlinkException(operation.toString(), -got, lossText(-got), -1);
      }
      long left = (deadline - System.nanoTime()) / 1_000_000L;
      if (left <= 0) {
        throw new NetlinkException(
            operation.toString(), Errno.ETIMEDOUT, "no answer for " + timeoutMillis + " ms", -1);
      }
      int ready = socket.await((int) left);
      if (ready < 0 && ready != -Errno.EINTR) {
        throw new NetlinkException(operation.toString(), -ready);
      }
    }
  }

  private static String lossText(int errno) {
    return switch (errno) {
      case Errno.ENOBUFS -> "answers were lost: what was done is not known, read it again";
      case Errno.EMSGSIZE -> "a message was longer than " + KernelSocket.RECEIVE_BYTES + " bytes";
      default -> "";
    };
  }

  /** Sends the one message that was written and waits for its acknowledgement. */
  void transact(Object operation, int requestSequence) throws NetlinkException {
    send(operation);
    receive(
        operation,
        requestSequence,
        requestSequence,
        message -> {
          if (message.type() != Rtm.NLMSG_ERROR) {
            return false;
          }
          Acknowledgement answer = Acknowledgement.read(message);
          if (!answer.isSuccess()) {
            throw answer.toException(operation.toString());
          }
          return true;
        });
  }

  @Override
  public void close() {
    socket.close();
  }
}

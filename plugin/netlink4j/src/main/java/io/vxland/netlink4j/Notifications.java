package io.vxland.netlink4j;

import io.vxland.netlink4j.codec.MessageReader;
import io.vxland.netlink4j.jna.NetlinkSocket;
import io.vxland.netlink4j.model.Errno;
import io.vxland.netlink4j.model.NetlinkException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The messages that one netlink family sends to its groups, whatever is in them. One thread polls;
 * any other may close, which ends a poll that waits.
 */
final class Notifications implements AutoCloseable {
  private static final int NETLINK_ADD_MEMBERSHIP = 1;
  private static final int RECEIVE_BUFFER = 8 * 1024 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final NetlinkSocket socket;
  private final MessageReader reader = new MessageReader();
  private final byte[] incoming = new byte[NetlinkSocket.RECEIVE_BYTES];
  private final AtomicBoolean closing = new AtomicBoolean();

  private Notifications(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Takes one message. */
  interface Reading {
    void message(MessageReader message) throws NetlinkException;
  }

  /**
   * Opens a socket that is in no group yet.
   *
   * @param protocol {@code NETLINK_*}
   * @param namespaceFd descriptor of the network namespace; -1 for the one of this thread
   */
  static Notifications open(int protocol, int namespaceFd) throws NetlinkException {
    NetlinkSocket socket = NetlinkSocket.open(protocol, namespaceFd, Long.BYTES);
    socket.setReceiveBuffer(RECEIVE_BUFFER);
    return new Notifications(socket);
  }

  /**
   * Joins a group; a refusal closes this.
   *
   * @param name what an error calls it, by its toString
   */
  void join(int group, Object name) throws NetlinkException {
    int result = socket.setNetlinkOption(NETLINK_ADD_MEMBERSHIP, group);
    if (result < 0) {
      close();
      throw new NetlinkException("subscribe to " + name, -result);
    }
  }

  /**
   * Waits for messages and hands on all that came in one go, in order.
   *
   * @param timeout how long to wait for the first; zero takes only what is there
   * @param lost is run where messages were lost (ENOBUFS)
   * @return false if this is closed, true otherwise, also if nothing came
   */
  boolean poll(Duration timeout, Reading reading, Runnable lost) throws NetlinkException {
    lock.lock();
    try {
      if (closing.get()) {
        return false;
      }
      int ready = socket.await((int) Math.min(Integer.MAX_VALUE, timeout.toMillis()));
      if (ready < 0 && ready != -Errno.EINTR) {
        throw new NetlinkException("wait for notifications", -ready);
      }
      if (closing.get()) {
        return false;
      }
      if (ready > 0) {
        drain(reading, lost);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void drain(Reading reading, Runnable lost) throws NetlinkException {
    int got = socket.receive(incoming);
    if (got == -Errno.ENOBUFS || got == -Errno.EMSGSIZE) {
      lost.run();
    } else if (got >= 0) {
      reader.reset(incoming, got);
      while (reader.next()) {
        reading.message(reader);
      }
    } else if (got != -Errno.EAGAIN) {
      throw new NetlinkException("receive notifications", -got);
    }
  }

  @Override
  public void close() {
    if (lock.isHeldByCurrentThread()) {
      throw new IllegalStateException("a consumer must not close its subscription");
    }
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    // The waiting thread holds the lock: it must be woken before the lock can be had.
    socket.wake();
    lock.lock();
    try {
      socket.close();
    } finally {
      lock.unlock();
    }
  }
}

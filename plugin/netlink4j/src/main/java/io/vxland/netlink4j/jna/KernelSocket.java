package io.vxland.netlink4j.jna;

/**
 * What requests need of a socket; a test's kernel is another one of it. Failures are negative
 * errnos.
 */
public interface KernelSocket extends AutoCloseable {
  /** Bytes of one receive: the kernel fills up to 32 KiB of a dump, one message may be longer. */
  int RECEIVE_BYTES = 128 * 1024;

  /** The kernel's name for this socket, {@code nl_pid}. */
  int portId();

  /**
   * Sets an option of {@code SOL_NETLINK}.
   *
   * @return 0 or a negative errno
   */
  int setNetlinkOption(int option, int value);

  /** Asks for a receive buffer, beyond the system's limit where this process may. */
  void setReceiveBuffer(int bytes);

  /**
   * Sends bytes to the kernel, which acts on them before this returns.
   *
   * @return the number sent, or a negative errno
   */
  int send(byte[] bytes, int length);

  /**
   * Receives what is there, without waiting; datagrams that are not the kernel's are dropped.
   *
   * @param into at least {@link #RECEIVE_BYTES}
   * @return number of bytes, or a negative errno: EAGAIN for none there, EMSGSIZE for one that was
   *     too long and is lost
   */
  int receive(byte[] into);

  /**
   * Waits until something can be received.
   *
   * @param timeoutMillis at most this long; negative for no limit
   * @return 0 if nothing came, positive if something did, or a negative errno
   */
  int await(int timeoutMillis);

  @Override
  void close();
}

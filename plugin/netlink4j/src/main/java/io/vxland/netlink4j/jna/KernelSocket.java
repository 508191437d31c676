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
   * The index of a device in the socket's namespace (SIOCGIFINDEX, netdevice(7)). It waits for no
   * lock of the kernel, and for no answer.
   *
   * @param name up to 15 bytes
   * @return the index, or a negative errno: ENODEV for none of that name
   */
  int interfaceIndex(byte[] name);

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

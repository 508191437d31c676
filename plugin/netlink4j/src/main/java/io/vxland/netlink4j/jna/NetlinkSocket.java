package io.vxland.netlink4j.jna;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.vxland.netlink4j.model.Errno;
import io.vxland.netlink4j.model.NetlinkException;

/**
 * A netlink socket with its buffers. Not thread-safe but for {@link #wake}; the owner sees to it
 * that nobody closes what another one uses.
 */
public final class NetlinkSocket implements KernelSocket {
  /** Links, addresses, routes, neighbours. */
  public static final int NETLINK_ROUTE = 0;

  /** Netfilter, nftables among it. */
  public static final int NETLINK_NETFILTER = 12;

  private static final long SIOCGIFINDEX = 0x8933;
  private static final int IFNAMSIZ = 16;
  private static final int IFREQ_BYTES = 40;
  private static final int ADDRESS_BYTES = 12;
  private static final int POLLFD_BYTES = 8;

  private final Descriptor socket;
  private final Descriptor wakeup;

  /** One block: the message, the sender's address, the address's length, two pollfd, an ifreq. */
  private final Memory memory;

  private final Pointer sender;
  private final Pointer senderLength;
  private final Pointer polled;
  private final Pointer request;
  private final Memory outgoing;
  private final Memory wakeValue;
  private final int portId;

  private NetlinkSocket(int fd, int sendBytes) throws NetlinkException {
    socket = new Descriptor(fd);
    memory = new Memory(RECEIVE_BYTES + 128L);
    sender = memory.share(RECEIVE_BYTES, ADDRESS_BYTES);
    senderLength = memory.share(RECEIVE_BYTES + 16L, Integer.BYTES);
    polled = memory.share(RECEIVE_BYTES + 24L, 2L * POLLFD_BYTES);
    request = memory.share(RECEIVE_BYTES + 64L, IFREQ_BYTES);
    outgoing = new Memory(sendBytes);
    wakeValue = new Memory(Long.BYTES);
    wakeValue.setLong(0, 1);
    int event = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
    if (event < 0) {
      int errno = Libc.errno();
      socket.close();
      freeMemory();
      throw new NetlinkException("open an event descriptor", errno);
    }
    wakeup = new Descriptor(event);
    try {
      portId = bind();
    } catch (NetlinkException e) {
      close();
      throw e;
    }
  }

  /**
   * Opens and binds a socket.
   *
   * @param protocol {@code NETLINK_*}
   * @param namespaceFd descriptor of the network namespace; -1 for the one of this thread
   * @param sendBytes longest send
   */
  public static NetlinkSocket open(int protocol, int namespaceFd, int sendBytes)
      throws NetlinkException {
    int fd =
        namespaceFd < 0
            ? openHere(protocol)
            : NetworkNamespaces.openIn(namespaceFd, () -> openHere(protocol));
    return new NetlinkSocket(fd, sendBytes);
  }

  private static int openHere(int protocol) throws NetlinkException {
    int fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol);
    if (fd < 0) {
      throw new NetlinkException("open a netlink socket", Libc.errno());
    }
    return fd;
  }

  private int bind() throws NetlinkException {
    sender.clear(ADDRESS_BYTES);
    sender.setShort(0, (short) Libc.AF_NETLINK);
    if (Libc.bind(socket.fd(), sender, ADDRESS_BYTES) < 0) {
      throw new NetlinkException("bind a netlink socket", Libc.errno());
    }
    senderLength.setInt(0, ADDRESS_BYTES);
    if (Libc.getsockname(socket.fd(), sender, senderLength) < 0) {
      throw new NetlinkException("read a netlink socket's port id", Libc.errno());
    }
    return sender.getInt(4);
  }

  @Override
  public int portId() {
    return portId;
  }

  @Override
  public int interfaceIndex(byte[] name) {
    request.clear(IFREQ_BYTES);
    request.write(0, name, 0, name.length);
    return Libc.ioctl(socket.fd(), SIOCGIFINDEX, request) < 0
        ? -Libc.errno()
        : request.getInt(IFNAMSIZ);
  }

  @Override
  public int setNetlinkOption(int option, int value) {
    return setOption(Libc.SOL_NETLINK, option, value);
  }

  @Override
  public void setReceiveBuffer(int bytes) {
    if (setOption(Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, bytes) < 0) {
      setOption(Libc.SOL_SOCKET, Libc.SO_RCVBUF, bytes);
    }
  }

  private int setOption(int level, int option, int value) {
    outgoing.setInt(0, value);
    int result = Libc.setsockopt(socket.fd(), level, option, outgoing, Integer.BYTES);
    return result < 0 ? -Libc.errno() : 0;
  }

  @Override
  public int send(byte[] bytes, int length) {
    if (length > outgoing.size()) {
      return -Errno.EMSGSIZE;
    }
    outgoing.write(0, bytes, 0, length);
    long sent;
    do {
      sent = Libc.send(socket.fd(), outgoing, length, 0);
    } while (sent < 0 && Libc.errno() == Errno.EINTR);
    return sent < 0 ? -Libc.errno() : (int) sent;
  }

  @Override
  public int receive(byte[] into) {
    while (true) {
      senderLength.setInt(0, ADDRESS_BYTES);
      long got =
          Libc.recvfrom(
              socket.fd(),
              memory,
              RECEIVE_BYTES,
              Libc.MSG_DONTWAIT | Libc.MSG_TRUNC,
              sender,
              senderLength);
      if (got < 0) {
        int errno = Libc.errno();
        if (errno != Errno.EINTR) {
          return -errno;
        }
      } else if (got > RECEIVE_BYTES) {
        return -Errno.EMSGSIZE;
      } else if (sender.getInt(4) == 0) {
        memory.read(0, into, 0, (int) got);
        return (int) got;
      }
    }
  }

  /**
   * Waits until something can be received, or {@link #wake} was called.
   *
   * @return 0 if nothing came, 1 if something can be received, 2 if woken, or a negative errno
   */
  @Override
  public int await(int timeoutMillis) {
    polled.setInt(0, socket.fd());
    polled.setInt(4, Libc.POLLIN);
    polled.setInt(POLLFD_BYTES, wakeup.fd());
    polled.setInt(POLLFD_BYTES + 4L, Libc.POLLIN);
    int ready = Libc.poll(polled, 2, timeoutMillis);
    if (ready <= 0) {
      return ready < 0 ? -Libc.errno() : 0;
    }
    return polled.getShort(POLLFD_BYTES + 6L) != 0 ? 2 : 1;
  }

  /**
   * Ends every {@link #await}, now and later. Any thread may call it until the socket is closed.
   */
  public void wake() {
    Libc.write(wakeup.fd(), wakeValue, Long.BYTES);
  }

  @Override
  public void close() {
    socket.close();
    wakeup.close();
    freeMemory();
  }

  private void freeMemory() {
    memory.close();
    outgoing.close();
    wakeValue.close();
  }
}

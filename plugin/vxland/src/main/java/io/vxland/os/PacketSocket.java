package io.vxland.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import io.vxland.model.InterfaceName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What sockets of whole frames have in common (packet(7)). */
final class PacketSocket {
  /** Linux, include/linux/socket.h: MSG_DONTWAIT. */
  static final int WITHOUT_WAITING = 0x40;

  /** Linux, include/linux/socket.h. */
  private static final int AF_PACKET = 17;

  /** Linux, include/linux/net.h: SOCK_RAW | SOCK_CLOEXEC. */
  private static final int RAW_CLOSED_ON_EXEC = 3 | 0x80000;

  /** Linux, include/uapi/linux/if_packet.h: struct sockaddr_ll. */
  private static final int ADDRESS_LENGTH = 20;

  private static final class Libc {
    static {
      Native.register(Libc.class, "c");
    }

    private Libc() {}

    static native int if_nametoindex(String name) throws LastErrorException;

    static native int socket(int domain, int type, int protocol) throws LastErrorException;

    static native int close(int descriptor) throws LastErrorException;
  }

  private PacketSocket() {}

  /** Opens one, of protocol 0: it receives nothing before it is bound. */
  static int open() throws LastErrorException {
    return Libc.socket(AF_PACKET, RAW_CLOSED_ON_EXEC, 0);
  }

  static void close(int descriptor) {
    Libc.close(descriptor);
  }

  /**
   * The address of a device of this thread's network namespace. With SOCK_RAW the kernel needs the
   * index alone to send.
   *
   * @param protocol an EtherType, or ETH_P_ALL
   * @throws LastErrorException if there is no such device
   */
  static byte[] address(InterfaceName device, short protocol) throws LastErrorException {
    ByteBuffer address = ByteBuffer.allocate(ADDRESS_LENGTH).order(ByteOrder.nativeOrder());
    address.putShort((short) AF_PACKET);
    address.order(ByteOrder.BIG_ENDIAN).putShort(protocol);
    address.order(ByteOrder.nativeOrder()).putInt(Libc.if_nametoindex(device.value()));
    return address.array();
  }
}

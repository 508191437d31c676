package io.vxland.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Announces VMs as QEMU does, for one that stays here after it was announced elsewhere: bridges and
 * VXLAN devices that hear it learn that it is here. The frame leaves by a packet socket
 * (packet(7)), which the JDK has not; that needs CAP_NET_RAW.
 */
public final class Announcer {
  /** Linux, include/linux/socket.h. */
  private static final int AF_PACKET = 17;

  /** Linux, include/linux/net.h: SOCK_RAW | SOCK_CLOEXEC. */
  private static final int RAW_CLOSED_ON_EXEC = 3 | 0x80000;

  /** Linux, include/linux/socket.h: MSG_DONTWAIT. */
  private static final int WITHOUT_WAITING = 0x40;

  /** Linux, include/uapi/linux/if_packet.h: struct sockaddr_ll. */
  private static final int ADDRESS_LENGTH = 20;

  private static final class Libc {
    static {
      Native.register(Libc.class, "c");
    }

    private Libc() {}

    static native int if_nametoindex(String name) throws LastErrorException;

    static native int socket(int domain, int type, int protocol) throws LastErrorException;

    static native long sendto(
        int descriptor, byte[] data, long length, int flags, byte[] address, int addressLength)
        throws LastErrorException;

    static native int close(int descriptor) throws LastErrorException;

    static native String strerror(int errno);
  }

  private Announcer() {}

  /**
   * Sends one announcement; never waits.
   *
   * @param device out of which it goes: a VXLAN device to tell other hosts. It is looked up in the
   *     network namespace of this thread, and must be up
   * @param mac whose place it tells
   * @throws AnnounceException if there is no such device, it is down, its queue is full, or packet
   *     sockets are not allowed
   */
  public static void announce(InterfaceName device, MacAddress mac) throws AnnounceException {
    try {
      int index = Libc.if_nametoindex(device.value());
      // Protocol 0: the socket receives nothing.
      int descriptor = Libc.socket(AF_PACKET, RAW_CLOSED_ON_EXEC, 0);
      try {
        byte[] frame = Announcement.of(mac);
        byte[] address = address(index);
        Libc.sendto(descriptor, frame, frame.length, WITHOUT_WAITING, address, address.length);
      } finally {
        Libc.close(descriptor);
      }
    } catch (LastErrorException refused) {
      int errno = refused.getErrorCode();
      throw new AnnounceException(
          "announce " + mac + " out of " + device + ": " + Libc.strerror(errno), errno, refused);
    }
  }

  /** The frame of an announcement, for those who send it another way. */
  public static byte[] frame(MacAddress mac) {
    return Announcement.of(mac);
  }

  /** With SOCK_RAW the kernel needs the index alone; the type is in the frame. */
  private static byte[] address(int index) {
    ByteBuffer address = ByteBuffer.allocate(ADDRESS_LENGTH).order(ByteOrder.nativeOrder());
    address.putShort((short) AF_PACKET);
    address.order(ByteOrder.BIG_ENDIAN).putShort(Announcement.ETHERTYPE);
    address.order(ByteOrder.nativeOrder()).putInt(index);
    return address.array();
  }
}

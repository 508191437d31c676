package io.vxland.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;

/**
 * Announces VMs as QEMU does, for one that stays here after it was announced elsewhere: bridges and
 * VXLAN devices that hear it learn that it is here. The frame leaves by a packet socket
 * (packet(7)), which the JDK has not; that needs CAP_NET_RAW.
 */
public final class Announcer {
  private static final class Libc {
    static {
      Native.register(Libc.class, "c");
    }

    private Libc() {}

    static native long sendto(
        int descriptor, byte[] data, long length, int flags, byte[] address, int addressLength)
        throws LastErrorException;

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
      byte[] address = PacketSocket.address(device, Announcement.ETHERTYPE);
      int descriptor = PacketSocket.open();
      try {
        byte[] frame = Announcement.of(mac);
        Libc.sendto(
            descriptor, frame, frame.length, PacketSocket.WITHOUT_WAITING, address, address.length);
      } finally {
        PacketSocket.close(descriptor);
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
}

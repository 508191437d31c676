package io.vxland.os;

import io.vxland.model.MacAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The frame by which QEMU announces a VM after a migration (QEMU, net/announce.c; RFC 903). */
final class Announcement {
  /** Linux, include/uapi/linux/if_ether.h: ETH_P_RARP. */
  static final short ETHERTYPE = (short) 0x8035;

  /** The least that Ethernet carries, without its check sum. */
  private static final int LENGTH = 60;

  private static final short ETHERNET = 1;
  private static final short IPV4 = 0x0800;
  private static final short REQUEST_REVERSE = 3;

  private Announcement() {}

  /** Who has the IPv4 address of this MAC? Nobody answers; bridges learn where it is. */
  static byte[] of(MacAddress mac) {
    byte[] address = bytes(mac);
    ByteBuffer frame = ByteBuffer.allocate(LENGTH);
    frame.put(new byte[] {-1, -1, -1, -1, -1, -1}).put(address).putShort(ETHERTYPE);
    frame.putShort(ETHERNET).putShort(IPV4).put((byte) 6).put((byte) 4).putShort(REQUEST_REVERSE);
    frame.put(address).putInt(0).put(address).putInt(0);
    return frame.array();
  }

  private static byte[] bytes(MacAddress mac) {
    byte[] all = ByteBuffer.allocate(8).putLong(mac.bits()).array();
    return Arrays.copyOfRange(all, 2, 8);
  }
}

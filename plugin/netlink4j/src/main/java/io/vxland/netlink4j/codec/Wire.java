package io.vxland.netlink4j.codec;

import java.nio.ByteOrder;

/** Numbers in byte arrays: netlink's are of the host's order, a few attributes of the network's. */
final class Wire {
  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  static final int HEADER_BYTES = 16;
  static final int ATTRIBUTE_BYTES = 4;

  private Wire() {}

  /** Messages and attributes begin at multiples of four. */
  static int align(int length) {
    return (length + 3) & ~3;
  }

  static int u8(byte[] bytes, int at) {
    return bytes[at] & 0xff;
  }

  static int u16(byte[] bytes, int at) {
    return LITTLE
        ? (bytes[at] & 0xff) | ((bytes[at + 1] & 0xff) << 8)
        : ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }

  static int u16be(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }

  static int s32(byte[] bytes, int at) {
    return LITTLE
        ? u16(bytes, at) | (u16(bytes, at + 2) << 16)
        : (u16(bytes, at) << 16) | u16(bytes, at + 2);
  }

  static int s32be(byte[] bytes, int at) {
    return (u16be(bytes, at) << 16) | u16be(bytes, at + 2);
  }

  static long s64(byte[] bytes, int at) {
    long first = s32(bytes, at) & 0xffffffffL;
    long second = s32(bytes, at + 4) & 0xffffffffL;
    return LITTLE ? first | (second << 32) : (first << 32) | second;
  }

  static void put16(byte[] bytes, int at, int value) {
    bytes[LITTLE ? at : at + 1] = (byte) value;
    bytes[LITTLE ? at + 1 : at] = (byte) (value >> 8);
  }

  static void put16be(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 8);
    bytes[at + 1] = (byte) value;
  }

  static void put32(byte[] bytes, int at, int value) {
    if (LITTLE) {
      bytes[at] = (byte) value;
      bytes[at + 1] = (byte) (value >> 8);
      bytes[at + 2] = (byte) (value >> 16);
      bytes[at + 3] = (byte) (value >> 24);
    } else {
      put32be(bytes, at, value);
    }
  }

  static void put32be(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 24);
    bytes[at + 1] = (byte) (value >> 16);
    bytes[at + 2] = (byte) (value >> 8);
    bytes[at + 3] = (byte) value;
  }
}

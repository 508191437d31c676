package io.vxland.openflow;

/**
 * The content of a field, or a mask of it.
 *
 * @param bytes how many bytes the field has: 1, 2, 4, 6, 8 or 16
 * @param high the upper 64 bits of 16 bytes, 0 otherwise
 * @param low the lower 64 bits, those beyond the field zero
 */
public record Value(int bytes, long high, long low) {
  private static final int MAC_BYTES = 6;
  private static final int IPV6_BYTES = 16;

  public Value {
    switch (bytes) {
      case 1, 2, 4, MAC_BYTES -> fits(bytes, high == 0 && low >>> (bytes * Byte.SIZE) == 0);
      case Long.BYTES -> fits(bytes, high == 0);
      case IPV6_BYTES -> fits(bytes, true);
      default -> throw new IllegalArgumentException("no field has " + bytes + " bytes");
    }
  }

  private static void fits(int bytes, boolean fits) {
    if (!fits) {
      throw new IllegalArgumentException("value does not fit in " + bytes + " bytes");
    }
  }

  /** One byte, 0 to 255. */
  public static Value u8(int value) {
    return new Value(1, 0, Integer.toUnsignedLong(value));
  }

  /** Two bytes, 0 to 65535. */
  public static Value u16(int value) {
    return new Value(2, 0, Integer.toUnsignedLong(value));
  }

  /** Four bytes, without sign. */
  public static Value u32(int value) {
    return new Value(Integer.BYTES, 0, Integer.toUnsignedLong(value));
  }

  /** Eight bytes, without sign. */
  public static Value u64(long value) {
    return new Value(Long.BYTES, 0, value);
  }

  /** A MAC address: its first byte is the highest of six. */
  public static Value mac(long bits) {
    return new Value(MAC_BYTES, 0, bits);
  }

  /** An IPv4 address: its first byte is the highest. */
  public static Value ipv4(int bits) {
    return u32(bits);
  }

  /** An IPv6 address: its first byte is the highest. */
  public static Value ipv6(long high, long low) {
    return new Value(IPV6_BYTES, high, low);
  }

  /** All bits set. */
  static Value ones(int bytes) {
    return bytes < Long.BYTES
        ? new Value(bytes, 0, (1L << (bytes * Byte.SIZE)) - 1)
        : new Value(bytes, bytes == IPV6_BYTES ? -1 : 0, -1);
  }

  boolean isOnes() {
    return equals(ones(bytes));
  }

  boolean isZero() {
    return high == 0 && low == 0;
  }

  /** Whether no bit is set that a mask lacks. */
  boolean within(Value mask) {
    return bytes == mask.bytes && (high & ~mask.high) == 0 && (low & ~mask.low) == 0;
  }
}

package io.vxland.model;

import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 address, without zone. An IPv4 address lies in the low 32 bits of {@code low}.
 *
 * @param family which of the two
 * @param high the first 64 bits of an IPv6 address; 0 for IPv4
 * @param low the last 64 bits of an IPv6 address, or the IPv4 address
 */
public record IpAddress(Family family, long high, long low) implements Comparable<IpAddress> {

  /** Which Internet Protocol. */
  public enum Family {
    V4(32),
    V6(128);

    private final int bits;

    Family(int bits) {
      this.bits = bits;
    }

    /** The length of an address, in bits. */
    public int bits() {
      return bits;
    }
  }

  /** Checks that an IPv4 address has no bits beyond 32. */
  public IpAddress {
    if (family == Family.V4 && (high != 0 || low >>> 32 != 0)) {
      throw new InvalidValueException("IPv4 address has more than 32 bits");
    }
  }

  /** Parses a literal of either family; see {@link IpLiterals}. */
  public static IpAddress parse(String text) {
    return IpLiterals.parse(text);
  }

  /** Reads 4 or 16 bytes in network order. */
  public static IpAddress of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return switch (bytes.length) {
      case 4 -> new IpAddress(Family.V4, 0, buffer.getInt() & 0xFFFF_FFFFL);
      case 16 -> new IpAddress(Family.V6, buffer.getLong(), buffer.getLong());
      default ->
          throw new InvalidValueException("an address of " + bytes.length + " bytes is no address");
    };
  }

  /** Writes 4 or 16 bytes in network order. */
  public byte[] toBytes() {
    return family == Family.V4
        ? ByteBuffer.allocate(4).putInt((int) low).array()
        : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
  }

  /** Whether it names a group (RFC 5771, RFC 4291 section 2.7). */
  public boolean isMulticast() {
    return family == Family.V4 ? low >>> 28 == 0xE : high >>> 56 == 0xFF;
  }

  /** Whether it is 0.0.0.0 or ::. */
  public boolean isUnspecified() {
    return high == 0 && low == 0;
  }

  /** Whether it is 127.0.0.0/8 or ::1. */
  public boolean isLoopback() {
    return family == Family.V4 ? low >>> 24 == 127 : high == 0 && low == 1;
  }

  /**
   * Whether one machine can have it: not 0.0.0.0/8, 127.0.0.0/8, ::, ::1, a group, or an IPv4
   * address above those (RFC 6890, RFC 4291).
   */
  public boolean isMachines() {
    boolean reserved = family == Family.V4 && (low >>> 24 == 0 || low >>> 28 == 0xF);
    return !reserved && !isMulticast() && !isUnspecified() && !isLoopback();
  }

  /** Whether it is fe80::/10: of meaning only together with an interface. */
  public boolean isLinkLocal() {
    return family == Family.V6 && high >>> 54 == 0x3FA;
  }

  @Override
  public int compareTo(IpAddress other) {
    int byFamily = family.compareTo(other.family);
    if (byFamily != 0) {
      return byFamily;
    }
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  /** The form of RFC 5952. */
  @Override
  public String toString() {
    return IpLiterals.format(this);
  }
}

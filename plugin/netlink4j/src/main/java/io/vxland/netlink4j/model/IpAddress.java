package io.vxland.netlink4j.model;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** An IPv4 or IPv6 address without scope, in two longs. It never meets a resolver. */
public final class IpAddress implements Comparable<IpAddress> {
  private static final int V4_LENGTH = 4;
  private static final int V6_LENGTH = 16;

  private final long high;
  private final long low;
  private final boolean v6;

  private IpAddress(long high, long low, boolean v6) {
    this.high = high;
    this.low = low;
    this.v6 = v6;
  }

  /**
   * An IPv4 address.
   *
   * @param bits 10.0.0.1 is {@code 0x0a000001}
   */
  public static IpAddress v4(int bits) {
    return new IpAddress(0, bits & 0xffffffffL, false);
  }

  /** An IPv6 address of its upper and lower 64 bits. */
  public static IpAddress v6(long high, long low) {
    return new IpAddress(high, low, true);
  }

  /**
   * An address of 4 or 16 bytes.
   *
   * @throws IllegalArgumentException at another length
   */
  public static IpAddress of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  /** An address of 4 or 16 bytes in an array. */
  public static IpAddress of(byte[] bytes, int offset, int length) {
    if (length == V4_LENGTH) {
      return new IpAddress(0, big(bytes, offset, 4), false);
    }
    if (length == V6_LENGTH) {
      return new IpAddress(big(bytes, offset, 8), big(bytes, offset + 8, 8), true);
    }
    throw new IllegalArgumentException("IP address of " + length + " bytes");
  }

  /** The JDK's address as this one; a scope is dropped. */
  public static IpAddress of(InetAddress address) {
    return of(address.getAddress());
  }

  /**
   * Reads a literal. IPv4 is four decimal numbers without leading zeros; IPv6 is RFC 4291's text
   * form without a scope.
   *
   * @throws IllegalArgumentException if it is anything else, names included
   */
  public static IpAddress parse(String text) {
    return of(IpLiteral.parse(text));
  }

  private static long big(byte[] bytes, int offset, int length) {
    long value = 0;
    for (int i = offset; i < offset + length; i++) {
      value = (value << 8) | (bytes[i] & 0xff);
    }
    return value;
  }

  /** The upper 64 bits of IPv6; 0 of IPv4. */
  public long highBits() {
    return high;
  }

  /** The lower 64 bits of IPv6, the 32 bits of IPv4. */
  public long lowBits() {
    return low;
  }

  public boolean isV6() {
    return v6;
  }

  /** 4 or 16. */
  public int length() {
    return v6 ? V6_LENGTH : V4_LENGTH;
  }

  /** 32 or 128. */
  public int bitLength() {
    return length() * Byte.SIZE;
  }

  /** The byte at a place, the first being the highest. */
  public byte byteAt(int index) {
    int fromEnd = length() - 1 - index;
    if (index < 0 || fromEnd < 0) {
      throw new IndexOutOfBoundsException("byte " + index + " of " + length());
    }
    return (byte) (fromEnd >= 8 ? high >>> (8 * (fromEnd - 8)) : low >>> (8 * fromEnd));
  }

  /** Whether it has the bytes at a place of an array, which must hold {@link #length()} more. */
  public boolean matches(byte[] bytes, int offset, int length) {
    return length == length()
        && (v6
            ? high == big(bytes, offset, 8) && low == big(bytes, offset + 8, 8)
            : low == big(bytes, offset, 4));
  }

  /** A copy of the bytes. */
  public byte[] toBytes() {
    byte[] bytes = new byte[length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = byteAt(i);
    }
    return bytes;
  }

  /** The same as the JDK's value. */
  public InetAddress toInetAddress() {
    try {
      return InetAddress.getByAddress(toBytes());
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are the lengths that the JDK takes", e);
    }
  }

  /** Whether it is 0.0.0.0 or ::. */
  public boolean isUnspecified() {
    return high == 0 && low == 0;
  }

  /** 224.0.0.0/4 or ff00::/8. */
  public boolean isMulticast() {
    return v6 ? high >>> 56 == 0xff : low >>> 28 == 0xe;
  }

  /** fe80::/10. */
  public boolean isLinkLocal() {
    return v6 && high >>> 54 == 0x3fa;
  }

  @Override
  public int compareTo(IpAddress other) {
    if (v6 != other.v6) {
      return v6 ? 1 : -1;
    }
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof IpAddress other && high == other.high && low == other.low && v6 == other.v6;
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(high) + Long.hashCode(low) + (v6 ? 1 : 0);
  }

  /** Dotted decimal, or RFC 5952's form. */
  @Override
  public String toString() {
    return IpLiteral.format(this);
  }
}

package io.vxland.netlink4j.model;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A link layer address of 0 to 32 bytes ({@code MAX_ADDR_LEN}). Up to eight bytes are kept in a
 * long, so that a MAC address costs one small object.
 */
public final class LinkAddress implements Comparable<LinkAddress> {
  /** Longest address that the kernel has, {@code MAX_ADDR_LEN}. */
  public static final int MAX_LENGTH = 32;

  /** 00:00:00:00:00:00, in a VXLAN device's FDB the place of the default destinations. */
  public static final LinkAddress ZERO_MAC = mac(0);

  private static final int MAC_LENGTH = 6;
  private static final HexFormat HEX = HexFormat.of();

  /** The first eight bytes, the last of them lowest. */
  private final long bits;

  private final int length;

  /** All bytes where there are more than eight, else null. */
  private final byte[] all;

  private LinkAddress(long bits, int length, byte[] all) {
    this.bits = bits;
    this.length = length;
    this.all = all;
  }

  /**
   * A MAC address.
   *
   * @param bits the six bytes, first byte highest
   */
  public static LinkAddress mac(long bits) {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("more than 48 bits: " + Long.toHexString(bits));
    }
    return new LinkAddress(bits, MAC_LENGTH, null);
  }

  /** An address of the given bytes, which are copied. */
  public static LinkAddress of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  /** An address of a part of an array, which is copied. */
  public static LinkAddress of(byte[] bytes, int offset, int length) {
    if (length < 0 || length > MAX_LENGTH) {
      throw new IllegalArgumentException("link layer address of " + length + " bytes");
    }
    long bits = 0;
    for (int i = 0; i < Math.min(length, Long.BYTES); i++) {
      bits = (bits << 8) | (bytes[offset + i] & 0xff);
    }
    byte[] all = length > Long.BYTES ? Arrays.copyOfRange(bytes, offset, offset + length) : null;
    return new LinkAddress(bits, length, all);
  }

  /**
   * Reads {@code 52:54:00:12:34:56}: pairs of hexadecimal digits, colons between.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static LinkAddress parse(String text) {
    int length = (text.length() + 1) / 3;
    if (length < 1 || length > MAX_LENGTH || text.length() != length * 3 - 1) {
      throw new IllegalArgumentException("not a link layer address: '" + text + "'");
    }
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      int at = i * 3;
      boolean separated = i == 0 || text.charAt(at - 1) == ':';
      if (!separated
          || !HexFormat.isHexDigit(text.charAt(at))
          || !HexFormat.isHexDigit(text.charAt(at + 1))) {
        throw new IllegalArgumentException("not a link layer address: '" + text + "'");
      }
      bytes[i] = (byte) HexFormat.fromHexDigits(text, at, at + 2);
    }
    return of(bytes);
  }

  /** Number of bytes. */
  public int length() {
    return length;
  }

  /** Whether it has the six bytes of a MAC address. */
  public boolean isMac() {
    return length == MAC_LENGTH;
  }

  /**
   * The bytes of an address of at most eight bytes, the last of them lowest.
   *
   * @throws IllegalStateException if it is longer
   */
  public long toLong() {
    if (all != null) {
      throw new IllegalStateException(this + " does not fit a long");
    }
    return bits;
  }

  /** The byte at a place. */
  public byte byteAt(int index) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException("byte " + index + " of " + length);
    }
    return all != null ? all[index] : (byte) (bits >>> (8 * (length - 1 - index)));
  }

  /** A copy of the bytes. */
  public byte[] toBytes() {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = byteAt(i);
    }
    return bytes;
  }

  /** Whether all bytes are zero. */
  public boolean isZero() {
    if (all == null) {
      return bits == 0;
    }
    for (byte b : all) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the group bit is set, as in multicast and broadcast MAC addresses. */
  public boolean isMulticast() {
    return length > 0 && (byteAt(0) & 1) != 0;
  }

  @Override
  public int compareTo(LinkAddress other) {
    if (all == null && other.all == null && length == other.length) {
      return Long.compareUnsigned(bits, other.bits);
    }
    return Arrays.compareUnsigned(toBytes(), other.toBytes());
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof LinkAddress other
        && bits == other.bits
        && length == other.length
        && Arrays.equals(all, other.all);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(bits) + (all == null ? length : Arrays.hashCode(all));
  }

  /** Such as {@code 52:54:00:12:34:56}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(length * 3);
    for (int i = 0; i < length; i++) {
      if (i > 0) {
        text.append(':');
      }
      HEX.toHexDigits(text, byteAt(i));
    }
    return text.toString();
  }
}

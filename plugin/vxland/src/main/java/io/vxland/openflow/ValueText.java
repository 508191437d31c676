package io.vxland.openflow;

import java.util.Locale;

/** Values as {@code ovs-ofctl} prints them. */
final class ValueText {
  private static final int GROUPS = 8;

  private ValueText() {}

  /** C's {@code %#x}: zero has no prefix. */
  static String hex(long value) {
    return value == 0 ? "0" : "0x" + Long.toHexString(value);
  }

  /** The same of up to 128 bits. */
  static String hex(Value value) {
    return value.high() == 0
        ? hex(value.low())
        : String.format(Locale.ROOT, "0x%x%016x", value.high(), value.low());
  }

  static String mac(Value value) {
    StringBuilder text = new StringBuilder(17);
    for (int shift = 40; shift >= 0; shift -= Byte.SIZE) {
      text.append(
          String.format(Locale.ROOT, shift > 0 ? "%02x:" : "%02x", value.low() >>> shift & 255));
    }
    return text.toString();
  }

  static String ipv4(long bits) {
    return (bits >>> 24 & 255)
        + "."
        + (bits >>> 16 & 255)
        + "."
        + (bits >>> 8 & 255)
        + "."
        + (bits & 255);
  }

  /** As inet_ntop(3) of glibc, which embeds IPv4 where RFC 5952 would not. */
  static String ipv6(Value value) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < 4; i++) {
      groups[i] = (int) (value.high() >>> (48 - 16 * i)) & 0xffff;
      groups[i + 4] = (int) (value.low() >>> (48 - 16 * i)) & 0xffff;
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    if (start == 0 && (length == 6 || (length == 5 && groups[5] == 0xffff))) {
      return (length == 6 ? "::" : "::ffff:") + ipv4(value.low());
    }
    StringBuilder text = new StringBuilder(39);
    for (int i = 0; i < GROUPS; i++) {
      if (i == start) {
        text.append("::");
        i += length - 1;
      } else {
        if (i > 0 && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }

  /** The length of a prefix that a mask is, or -1. */
  static int prefix(Value mask) {
    boolean wide = mask.bytes() > Long.BYTES;
    long low = wide ? mask.low() : mask.low() << (Long.SIZE - mask.bytes() * Byte.SIZE);
    long high = wide ? mask.high() : low;
    int length = Long.numberOfLeadingZeros(~high);
    if (wide && length == Long.SIZE) {
      int more = Long.numberOfLeadingZeros(~low);
      return more == Long.SIZE || low << more == 0 ? length + more : -1;
    }
    boolean rest = length < Long.SIZE && high << length != 0;
    return rest || (wide && low != 0) ? -1 : length;
  }
}

package io.vxland.openflow;

import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import java.util.Locale;

/** Values as {@code ovs-ofctl} prints them. */
final class ValueText {
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
    return new MacAddress(value.low()).toString();
  }

  static String ipv4(long bits) {
    return new IpAddress(IpAddress.Family.V4, 0, bits).toString();
  }

  /** As inet_ntop(3) of glibc, which embeds IPv4 where RFC 5952 would not. */
  static String ipv6(Value value) {
    long upper = value.low() >>> 32;
    boolean compatible = upper == 0 && value.low() >>> 16 != 0;
    if (value.high() == 0 && (compatible || upper == 0xffff)) {
      return (compatible ? "::" : "::ffff:") + ipv4(value.low() & 0xffff_ffffL);
    }
    return new IpAddress(IpAddress.Family.V6, value.high(), value.low()).toString();
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

package io.vxland.model;

/**
 * A 48-bit Ethernet address.
 *
 * @param bits the address as a number, its first byte on the wire the most significant
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {
  private static final long MASK = 0xFFFF_FFFF_FFFFL;

  /** All zeros: in a VXLAN device's FDB, the entry whose destinations get what has no other. */
  public static final MacAddress ZERO = new MacAddress(0);

  /** Checks that no more than 48 bits are set. */
  public MacAddress {
    if ((bits & ~MASK) != 0) {
      throw new InvalidValueException("MAC address has more than 48 bits");
    }
  }

  /** Parses six pairs of hexadecimal digits, separated by colons. */
  public static MacAddress parse(String text) {
    boolean wellFormed = text.length() == 17;
    long bits = 0;
    for (int i = 0; wellFormed && i < 17; i++) {
      char c = text.charAt(i);
      if (i % 3 == 2) {
        wellFormed = c == ':';
      } else {
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        wellFormed = digit >= 0;
        bits = bits << 4 | digit;
      }
    }
    if (!wellFormed) {
      throw new InvalidValueException(
          "MAC address "
              + InvalidValueException.quote(text)
              + " is not six pairs of hexadecimal digits, such as 52:54:00:12:34:56");
    }
    return new MacAddress(bits);
  }

  /**
   * Parses an address that a network card can have.
   *
   * @throws InvalidValueException also for a multicast address and for all zeros
   */
  public static MacAddress parseUnicast(String text) {
    MacAddress mac = parse(text);
    if (!mac.isUnicast()) {
      throw new InvalidValueException(
          "MAC address " + mac + " is a multicast address or zero; no NIC has it");
    }
    return mac;
  }

  /** Whether one card can have it: neither a group address (IEEE 802) nor all zeros. */
  public boolean isUnicast() {
    return (bits >>> 40 & 1) == 0 && bits != 0;
  }

  @Override
  public int compareTo(MacAddress other) {
    return Long.compare(bits, other.bits);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(17);
    for (int shift = 40; shift >= 0; shift -= 8) {
      int octet = (int) (bits >>> shift) & 0xFF;
      text.append(Character.forDigit(octet >>> 4, 16)).append(Character.forDigit(octet & 15, 16));
      if (shift > 0) {
        text.append(':');
      }
    }
    return text.toString();
  }
}

package io.vxland.model;

/** A UDP port, 1 to 65535. */
public record UdpPort(int value) {
  /** IANA's port for VXLAN (RFC 7348, section 5). */
  public static final UdpPort VXLAN = new UdpPort(4789);

  /** Checks the range. */
  public UdpPort {
    Numbers.inRange("UDP port", value, 1, 65535);
  }

  /** Parses decimal digits; anything else is an {@link InvalidValueException}. */
  public static UdpPort parse(String text) {
    return new UdpPort(Numbers.parse("UDP port", text, 1, 65535));
  }

  @Override
  public String toString() {
    return Integer.toString(value);
  }
}

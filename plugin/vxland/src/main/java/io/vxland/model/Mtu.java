package io.vxland.model;

/** A maximum transmission unit in bytes of IP packet, 576 to 65535 (RFC 791's least for a host). */
public record Mtu(int bytes) implements Comparable<Mtu> {
  private static final int MIN = 576;
  private static final int MAX = 65535;

  /**
   * Bytes that VXLAN over IPv4 puts before a guest's IP packet: IPv4 20, UDP 8, VXLAN 8, inner
   * Ethernet 14 (RFC 7348, section 5).
   */
  private static final int OVERHEAD_V4 = 50;

  /** The same over IPv6, whose header is 20 bytes longer. */
  private static final int OVERHEAD_V6 = 70;

  /** Checks the range. */
  public Mtu {
    Numbers.inRange("MTU", bytes, MIN, MAX);
  }

  /** Parses decimal digits; anything else is an {@link InvalidValueException}. */
  public static Mtu parse(String text) {
    return new Mtu(Numbers.parse("MTU", text, MIN, MAX));
  }

  /**
   * What is left for the tenant when this is the underlay's.
   *
   * @throws InvalidValueException if less than 576 bytes are left
   */
  public Mtu insideVxlan(IpAddress.Family underlay) {
    return new Mtu(bytes - (underlay == IpAddress.Family.V6 ? OVERHEAD_V6 : OVERHEAD_V4));
  }

  @Override
  public int compareTo(Mtu other) {
    return Integer.compare(bytes, other.bytes);
  }

  @Override
  public String toString() {
    return Integer.toString(bytes);
  }
}

package io.vxland.model;

/** A maximum transmission unit in bytes of IP packet, 576 to 65535 (RFC 791's least for a host). */
public record Mtu(int bytes) implements Comparable<Mtu> {
  private static final int MIN = 576;

  /** The most; the loopback device has 65536. */
  public static final int MAX = 65535;

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
  public Mtu inside(TunnelType tunnel, IpAddress.Family underlay) {
    return new Mtu(bytes - tunnel.overhead(underlay));
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

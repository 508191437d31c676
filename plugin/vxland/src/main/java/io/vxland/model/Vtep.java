package io.vxland.model;

/**
 * A VXLAN tunnel end point: the underlay address of a host (RFC 7348, section 3). It is a unicast
 * address that packets can be sent to.
 */
public record Vtep(IpAddress address) implements Comparable<Vtep> {
  /** Refuses multicast, unspecified and loopback addresses. */
  public Vtep {
    if (address.isMulticast() || address.isUnspecified() || address.isLoopback()) {
      throw new InvalidValueException(
          "address "
              + address
              + " is multicast, unspecified or loopback; no host can be reached at it");
    }
  }

  /** Parses an IPv4 or IPv6 literal; a host name is refused, never looked up. */
  public static Vtep parse(String text) {
    return new Vtep(IpAddress.parse(text));
  }

  @Override
  public int compareTo(Vtep other) {
    return address.compareTo(other.address);
  }

  @Override
  public String toString() {
    return address.toString();
  }
}

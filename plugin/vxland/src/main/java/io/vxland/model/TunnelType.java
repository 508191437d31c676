package io.vxland.model;

import java.util.Locale;

/** How frames are wrapped between Open vSwitch hosts. A Linux bridge has VXLAN alone. */
public enum TunnelType {
  /** VXLAN (RFC 7348): outer IP, UDP 8, VXLAN 8, inner Ethernet 14. */
  VXLAN(8 + 8 + 14),
  /** Geneve without options (RFC 8926): outer IP, UDP 8, Geneve 8, inner Ethernet 14. */
  GENEVE(8 + 8 + 14),
  /** GRE with a key (RFC 2890): outer IP, GRE 4, key 4, inner Ethernet 14. */
  GRE(4 + 4 + 14);

  private static final int IPV4_HEADER = 20;
  private static final int IPV6_HEADER = 40;

  private final int withoutIp;

  TunnelType(int withoutIp) {
    this.withoutIp = withoutIp;
  }

  /** Finds the type of a name as users and Open vSwitch write it. */
  public static TunnelType parse(String text) {
    for (TunnelType type : values()) {
      if (type.toString().equals(text)) {
        return type;
      }
    }
    throw new InvalidValueException(
        "tunnel "
            + InvalidValueException.quote(text)
            + " is unknown; use 'vxlan', 'geneve' or 'gre'");
  }

  /** Bytes that it puts before a guest's IP packet. */
  public int overhead(IpAddress.Family underlay) {
    return withoutIp + (underlay == IpAddress.Family.V6 ? IPV6_HEADER : IPV4_HEADER);
  }

  /** Whether it runs over UDP, on the network's port. */
  public boolean hasPort() {
    return this != GRE;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

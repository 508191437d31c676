package io.vxland.netlink4j.model;

import java.util.Optional;

/** How a link makes its IPv6 link-local address ({@code IN6_ADDR_GEN_MODE_*}). */
public enum AddrGenMode {
  /** From the MAC address. */
  EUI64(0),
  /** None is made. */
  NONE(1),
  /** RFC 7217, with the administrator's secret. */
  STABLE_PRIVACY(2),
  /** RFC 7217, with a secret made up. */
  RANDOM(3);

  private final int number;

  AddrGenMode(int number) {
    this.number = number;
  }

  /** The kernel's number. */
  public int number() {
    return number;
  }

  /** The mode of a number; empty for one that a newer kernel made up. */
  public static Optional<AddrGenMode> of(int number) {
    for (AddrGenMode mode : values()) {
      if (mode.number == number) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }
}

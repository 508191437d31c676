package io.vxland.model;

import java.util.Locale;

/**
 * Checksums in the outer UDP header of VXLAN packets (RFC 7348, section 4.1.1; ip-link(8)).
 *
 * @param sent whether packets are sent with one over IPv4 ({@code udpcsum})
 * @param zero6 what is done without one over IPv6
 */
public record Checksums(boolean sent, Zero6 zero6) {
  /** The kernel's own choice: all packets have one. */
  public static final Checksums DEFAULTS = new Checksums(true, Zero6.NO);

  /** In which direction packets over IPv6 may be without a checksum (RFC 6935). */
  public enum Zero6 {
    /** In none. */
    NO(false, false),
    /** Packets are sent without ({@code udp6zerocsumtx}). */
    TX(true, false),
    /** Packets are accepted without ({@code udp6zerocsumrx}). */
    RX(false, true),
    /** Both. */
    BOTH(true, true);

    private final boolean sends;
    private final boolean accepts;

    Zero6(boolean sends, boolean accepts) {
      this.sends = sends;
      this.accepts = accepts;
    }

    /** Finds the one of a name as users write it. */
    public static Zero6 parse(String text) {
      for (Zero6 zero6 : values()) {
        if (zero6.toString().equals(text)) {
          return zero6;
        }
      }
      throw new InvalidValueException(
          "udp6-zero-checksum "
              + InvalidValueException.quote(text)
              + " is unknown; use 'no', 'tx', 'rx' or 'both'");
    }

    /** The one that has these two flags. */
    public static Zero6 of(boolean sends, boolean accepts) {
      if (sends) {
        return accepts ? BOTH : TX;
      }
      return accepts ? RX : NO;
    }

    /** Whether packets are sent without a checksum. */
    public boolean sends() {
      return sends;
    }

    /**
     * Whether packets without a checksum are accepted. The kernel has one socket for all VXLAN
     * devices of a UDP port, and all of them must agree in this (VXLAN_F_RCV_FLAGS in net/vxlan.h).
     */
    public boolean accepts() {
      return accepts;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}

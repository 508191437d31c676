package io.vxland.snoop;

import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads of an Ethernet frame which address its sender claims: by ARP (RFC 826), by Neighbor
 * Discovery (RFC 4861, RFC 4862), or by renewing a DHCP lease (RFC 2131). A frame comes from a
 * guest: it may be anything, and cut off anywhere.
 *
 * <p>Checksums are not looked at: a frame of a virtual card that leaves them to others has none
 * yet.
 */
public final class Claims {
  /** Bytes of a frame that are enough; more need not be kept. */
  public static final int ENOUGH = 640;

  private static final int ETHERNET = 14;
  private static final int IPV6 = 40;
  private static final int BOOTP = 236;

  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int ETHERTYPE_ARP = 0x0806;
  private static final int ETHERTYPE_IPV6 = 0x86DD;

  /** ARP of IPv4 addresses on Ethernet: hardware and protocol, and the lengths of both. */
  private static final long ARP_FORM = 0x0001_0800_0604L;

  private static final int UDP = 17;
  private static final int ICMPV6 = 58;
  private static final int NEIGHBOR_SOLICITATION = 135;
  private static final int NEIGHBOR_ADVERTISEMENT = 136;

  private static final int SOURCE_LINK_LAYER_ADDRESS = 1;
  private static final int TARGET_LINK_LAYER_ADDRESS = 2;

  private static final int DHCP_CLIENT = 68;
  private static final int DHCP_SERVER = 67;
  private static final long DHCP_COOKIE = 0x6382_5363L;
  private static final int DHCP_MESSAGE_TYPE = 53;
  private static final int DHCP_REQUEST = 3;

  private Claims() {}

  /**
   * Reads a frame.
   *
   * @param frame the frame from its destination address on, at least its first {@link #ENOUGH}
   *     bytes; a frame with a VLAN tag claims nothing
   * @param card the card that must have sent it
   * @return the address; empty if the frame claims none, is not of this card, or contradicts itself
   */
  public static Optional<IpAddress> of(byte[] frame, MacAddress card) {
    Bytes bytes = new Bytes(frame, 0, frame.length);
    if (!bytes.has(0, ETHERNET) || bytes.number(6, 6) != card.bits()) {
      return Optional.empty();
    }
    Bytes body = bytes.from(ETHERNET);
    Optional<IpAddress> claimed =
        switch (bytes.u16(12)) {
          case ETHERTYPE_ARP -> arp(body, card);
          case ETHERTYPE_IPV6 -> ipv6(body, card);
          case ETHERTYPE_IPV4 -> ipv4(body, card);
          default -> Optional.empty();
        };
    return claimed.filter(IpAddress::isMachines);
  }

  /** Requests and replies alike tell who their sender is; a probe (RFC 5227) says 0.0.0.0. */
  private static Optional<IpAddress> arp(Bytes arp, MacAddress card) {
    boolean usable =
        arp.has(0, 28)
            && arp.number(0, 6) == ARP_FORM
            && (arp.u16(6) == 1 || arp.u16(6) == 2)
            && arp.number(8, 6) == card.bits();
    return usable ? Optional.of(arp.address(14, 4)) : Optional.empty();
  }

  private static Optional<IpAddress> ipv6(Bytes ip, MacAddress card) {
    if (!ip.has(0, IPV6)
        || ip.u8(0) >>> 4 != 6
        || ip.u8(6) != ICMPV6
        || ip.u8(7) != 255
        || !ip.has(IPV6, ip.u16(4))) {
      return Optional.empty();
    }
    IpAddress source = ip.address(8, 16);
    Bytes icmp = ip.part(IPV6, ip.u16(4));
    if (!icmp.has(0, 24) || icmp.u8(1) != 0) {
      return Optional.empty();
    }
    IpAddress target = icmp.address(8, 16);
    Bytes options = icmp.from(24);
    return switch (icmp.u8(0)) {
      case NEIGHBOR_SOLICITATION -> {
        Optional<Boolean> same = isFrom(options, SOURCE_LINK_LAYER_ADDRESS, card);
        if (source.isUnspecified()) {
          // Duplicate address detection: the target is what it wants to have.
          yield same.isEmpty() && isWellFormed(options) ? Optional.of(target) : Optional.empty();
        }
        yield same.orElse(isWellFormed(options)) ? Optional.of(source) : Optional.empty();
      }
      case NEIGHBOR_ADVERTISEMENT -> {
        Optional<Boolean> same = isFrom(options, TARGET_LINK_LAYER_ADDRESS, card);
        yield !source.isUnspecified() && same.orElse(isWellFormed(options))
            ? Optional.of(target)
            : Optional.empty();
      }
      default -> Optional.empty();
    };
  }

  /** Whether the link-layer address of an option is the card's; empty without such an option. */
  private static Optional<Boolean> isFrom(Bytes options, int type, MacAddress card) {
    int at = 0;
    while (options.has(at, 8)) {
      int length = options.u8(at + 1) * 8;
      if (length == 0 || !options.has(at, length)) {
        return Optional.of(false);
      }
      if (options.u8(at) == type) {
        return Optional.of(
            length == 8 && options.number(at + 2, 6) == card.bits() && isWellFormed(options));
      }
      at += length;
    }
    return Optional.empty();
  }

  /** RFC 4861, section 7.1: an option of length 0 makes the whole packet void. */
  private static boolean isWellFormed(Bytes options) {
    int at = 0;
    while (options.has(at, 8)) {
      int length = options.u8(at + 1) * 8;
      if (length == 0) {
        return false;
      }
      at += length;
    }
    return at == options.length();
  }

  /** A client that renews its lease, or asks for one it still has, says its address (ciaddr). */
  private static Optional<IpAddress> ipv4(Bytes ip, MacAddress card) {
    if (!ip.has(0, 20) || ip.u8(0) >>> 4 != 4 || ip.u8(9) != UDP || (ip.u16(6) & 0x3FFF) != 0) {
      return Optional.empty();
    }
    int header = (ip.u8(0) & 0xF) * 4;
    if (header < 20
        || !ip.has(header, 8)
        || ip.u16(header) != DHCP_CLIENT
        || ip.u16(header + 2) != DHCP_SERVER) {
      return Optional.empty();
    }
    Bytes dhcp = ip.from(header + 8);
    boolean usable =
        dhcp.has(0, BOOTP + 4)
            && dhcp.number(0, 3) == 0x010106
            && dhcp.number(28, 6) == card.bits()
            && dhcp.number(BOOTP, 4) == DHCP_COOKIE
            && isRequest(dhcp.from(BOOTP + 4));
    return usable ? Optional.of(dhcp.address(12, 4)) : Optional.empty();
  }

  private static boolean isRequest(Bytes options) {
    int at = 0;
    while (options.has(at, 1) && options.u8(at) != 0xFF) {
      if (options.u8(at) == 0) {
        at++;
      } else if (!options.has(at, 2) || !options.has(at + 2, options.u8(at + 1))) {
        return false;
      } else if (options.u8(at) == DHCP_MESSAGE_TYPE) {
        return options.u8(at + 1) == 1 && options.u8(at + 2) == DHCP_REQUEST;
      } else {
        at += 2 + options.u8(at + 1);
      }
    }
    return false;
  }

  /** A part of a frame; who reads it has asked before whether it {@link #has} as much. */
  private static final class Bytes {
    private final byte[] bytes;
    private final int start;
    private final int length;

    Bytes(byte[] bytes, int start, int length) {
      this.bytes = bytes;
      this.start = start;
      this.length = length;
    }

    int length() {
      return length;
    }

    boolean has(int at, int count) {
      return at <= length && count <= length - at;
    }

    Bytes from(int at) {
      return part(at, length - at);
    }

    Bytes part(int at, int count) {
      return new Bytes(bytes, start + at, count);
    }

    int u8(int at) {
      return bytes[start + at] & 0xFF;
    }

    int u16(int at) {
      return (int) number(at, 2);
    }

    long number(int at, int count) {
      long number = 0;
      for (int i = 0; i < count; i++) {
        number = number << 8 | u8(at + i);
      }
      return number;
    }

    IpAddress address(int at, int count) {
      return IpAddress.of(Arrays.copyOfRange(bytes, start + at, start + at + count));
    }
  }
}

package io.vxland.openflow;

import java.util.Map;

/** What a flow must match before a field means anything (ovs-fields(7), "Prerequisites"). */
enum Prerequisite {
  NONE("nothing"),
  ARP("eth_type ARP or RARP"),
  IP("eth_type IPv4 or IPv6"),
  IPV4("eth_type IPv4"),
  IPV6("eth_type IPv6"),
  UDP("ip_proto UDP over IPv4 or IPv6"),
  ICMPV6("ip_proto ICMPv6 over IPv6"),
  ND("icmpv6_type 135 or 136 with icmpv6_code 0"),
  ND_SOLICIT("icmpv6_type 135 with icmpv6_code 0"),
  ND_ADVERT("icmpv6_type 136 with icmpv6_code 0");

  private static final int PROTOCOL_UDP = 17;
  private static final int PROTOCOL_ICMPV6 = 58;
  private static final int SOLICITATION = 135;
  private static final int ADVERTISEMENT = 136;

  private final String words;

  Prerequisite(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  boolean holds(Map<Field, Match.Bits> match) {
    return switch (this) {
      case NONE -> true;
      case ARP -> ethType(match, EthType.ARP) || ethType(match, EthType.RARP);
      case IP -> ethType(match, EthType.IPV4) || ethType(match, EthType.IPV6);
      case IPV4 -> ethType(match, EthType.IPV4);
      case IPV6 -> ethType(match, EthType.IPV6);
      case UDP -> IP.holds(match) && is(match, Field.IP_PROTO, PROTOCOL_UDP);
      case ICMPV6 -> ethType(match, EthType.IPV6) && is(match, Field.IP_PROTO, PROTOCOL_ICMPV6);
      case ND -> ND_SOLICIT.holds(match) || ND_ADVERT.holds(match);
      case ND_SOLICIT -> nd(match, SOLICITATION);
      case ND_ADVERT -> nd(match, ADVERTISEMENT);
    };
  }

  /** A code that is not matched passes, in Open vSwitch too. */
  private static boolean nd(Map<Field, Match.Bits> match, int type) {
    return ICMPV6.holds(match)
        && is(match, Field.ICMPV6_TYPE, type)
        && (!match.containsKey(Field.ICMPV6_CODE) || is(match, Field.ICMPV6_CODE, 0));
  }

  private static boolean ethType(Map<Field, Match.Bits> match, int type) {
    return is(match, Field.ETH_TYPE, type);
  }

  private static boolean is(Map<Field, Match.Bits> match, Field field, int value) {
    Match.Bits bits = match.get(field);
    return bits != null && bits.isExact() && bits.value().low() == value;
  }
}

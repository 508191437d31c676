package io.vxland.openflow;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Matches as {@code ovs-ofctl} prints them, with its short words for protocols. */
final class MatchText {
  private static final int ONE_VLAN = 0x1000;
  private static final int VLAN_BITS = 0xfff;

  private static final Map<Integer, String> OVER_IPV4 =
      Map.of(1, "icmp", 2, "igmp", 6, "tcp", 17, "udp", 132, "sctp");
  private static final Map<Integer, String> OVER_IPV6 =
      Map.of(6, "tcp6", 17, "udp6", 58, "icmp6", 132, "sctp6");

  private MatchText() {}

  static String of(Match match) {
    List<String> words = new ArrayList<>();
    Set<Field> said = EnumSet.noneOf(Field.class);
    String protocol = protocol(match, said);
    if (!protocol.isEmpty()) {
      words.add(protocol);
    }
    match
        .fields()
        .forEach(
            (field, bits) -> {
              if (!said.contains(field)) {
                words.add(word(field, bits));
              }
            });
    return String.join(",", words);
  }

  /** The short word, or none; what it says need not be said again. */
  private static String protocol(Match match, Set<Field> said) {
    int type = number(match, Field.ETH_TYPE);
    String word =
        switch (type) {
          case EthType.IPV4 -> "ip";
          case EthType.IPV6 -> "ipv6";
          case EthType.ARP -> "arp";
          case EthType.RARP -> "rarp";
          default -> "";
        };
    if (word.isEmpty()) {
      return word;
    }
    said.add(Field.ETH_TYPE);
    String over = (type == EthType.IPV4 ? OVER_IPV4 : OVER_IPV6).get(number(match, Field.IP_PROTO));
    if (over == null) {
      return word;
    }
    said.add(Field.IP_PROTO);
    return over;
  }

  private static int number(Match match, Field field) {
    Match.Bits bits = match.fields().get(field);
    return bits == null ? -1 : (int) bits.value().low();
  }

  private static String word(Field field, Match.Bits bits) {
    if (field == Field.VLAN_VID) {
      return vlan(bits);
    }
    String name = field.matchName();
    if (field == Field.ETH_TYPE) {
      return name + "=0x" + String.format(java.util.Locale.ROOT, "%04x", bits.value().low());
    }
    String text = name + "=" + field.text(bits.value());
    return bits.isExact() ? text : text + "/" + field.maskText(bits.mask());
  }

  private static String vlan(Match.Bits bits) {
    if (!bits.isExact()) {
      return "vlan_tci=0x1000/0x1000";
    }
    long value = bits.value().low();
    return (value & ONE_VLAN) != 0 ? "dl_vlan=" + (value & VLAN_BITS) : "vlan_tci=0x0000/0x1fff";
  }
}

package io.vxland.openflow;

import static io.vxland.openflow.Field.Form.DECIMAL;
import static io.vxland.openflow.Field.Form.HEX;
import static io.vxland.openflow.Field.Form.IPV4_ADDRESS;
import static io.vxland.openflow.Field.Form.IPV6_ADDRESS;
import static io.vxland.openflow.Field.Form.MAC;
import static io.vxland.openflow.Oxm.ericsson;
import static io.vxland.openflow.Oxm.nxm;
import static io.vxland.openflow.Oxm.nxm1;
import static io.vxland.openflow.Oxm.standard;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A field of a packet, or of what Open vSwitch knows about it (ovs-fields(7)). In the order in
 * which {@code ovs-ofctl} prints them.
 */
public enum Field {
  /** Scratch memory of a packet, 0 at first, which the tables of a switch hand on. */
  REG0("reg0", "reg0", "NXM_NX_REG0", nxm1(0), 4, HEX, true),
  TUNNEL_ID("tun_id", "tun_id", "NXM_NX_TUN_ID", standard(38), nxm1(16), 8, HEX, true),
  TUN_IPV4_SRC("tun_src", "tun_src", "NXM_NX_TUN_IPV4_SRC", nxm1(31), 4, IPV4_ADDRESS, true),
  TUN_IPV4_DST("tun_dst", "tun_dst", "NXM_NX_TUN_IPV4_DST", nxm1(32), 4, IPV4_ADDRESS, true),
  TUN_IPV6_SRC(
      "tun_ipv6_src", "tun_ipv6_src", "NXM_NX_TUN_IPV6_SRC", nxm1(109), 16, IPV6_ADDRESS, true),
  TUN_IPV6_DST(
      "tun_ipv6_dst", "tun_ipv6_dst", "NXM_NX_TUN_IPV6_DST", nxm1(110), 16, IPV6_ADDRESS, true),
  IN_PORT("in_port", "in_port_oxm", "OXM_OF_IN_PORT", standard(0), 4, Form.PORT, false),
  /** With the bit 0x1000 for "there is a tag"; see {@link Match#vlan}. */
  VLAN_VID("dl_vlan", "vlan_vid", "OXM_OF_VLAN_VID", standard(6), 2, DECIMAL, true),
  ETH_SRC("dl_src", "eth_src", "NXM_OF_ETH_SRC", standard(4), nxm(2), 6, MAC, true),
  ETH_DST("dl_dst", "eth_dst", "NXM_OF_ETH_DST", standard(3), nxm(1), 6, MAC, true),
  ETH_TYPE("dl_type", "eth_type", "NXM_OF_ETH_TYPE", standard(5), nxm(3), 2, HEX, false),
  IPV4_SRC("nw_src", "ip_src", "NXM_OF_IP_SRC", standard(11), nxm(7), 4, IPV4_ADDRESS, true),
  IPV4_DST("nw_dst", "ip_dst", "NXM_OF_IP_DST", standard(12), nxm(8), 4, IPV4_ADDRESS, true),
  IPV6_SRC(
      "ipv6_src", "ipv6_src", "NXM_NX_IPV6_SRC", standard(26), nxm1(19), 16, IPV6_ADDRESS, true),
  IPV6_DST(
      "ipv6_dst", "ipv6_dst", "NXM_NX_IPV6_DST", standard(27), nxm1(20), 16, IPV6_ADDRESS, true),
  IP_PROTO("nw_proto", "nw_proto", "NXM_OF_IP_PROTO", standard(10), nxm(6), 1, DECIMAL, false),
  ARP_SPA("arp_spa", "arp_spa", "NXM_OF_ARP_SPA", standard(22), nxm(16), 4, IPV4_ADDRESS, true),
  ARP_TPA("arp_tpa", "arp_tpa", "NXM_OF_ARP_TPA", standard(23), nxm(17), 4, IPV4_ADDRESS, true),
  ARP_OP("arp_op", "arp_op", "NXM_OF_ARP_OP", standard(21), nxm(15), 2, DECIMAL, false),
  ARP_SHA("arp_sha", "arp_sha", "NXM_NX_ARP_SHA", standard(24), nxm1(17), 6, MAC, true),
  ARP_THA("arp_tha", "arp_tha", "NXM_NX_ARP_THA", standard(25), nxm1(18), 6, MAC, true),
  UDP_SRC("tp_src", "udp_src", "NXM_OF_UDP_SRC", standard(15), nxm(11), 2, DECIMAL, true),
  ICMPV6_TYPE(
      "icmp_type", "icmpv6_type", "NXM_NX_ICMPV6_TYPE", standard(29), nxm1(21), 1, DECIMAL, false),
  ICMPV6_CODE(
      "icmp_code", "icmpv6_code", "NXM_NX_ICMPV6_CODE", standard(30), nxm1(22), 1, DECIMAL, false),
  ND_TARGET(
      "nd_target", "nd_target", "NXM_NX_ND_TARGET", standard(31), nxm1(23), 16, IPV6_ADDRESS, true),
  ND_SLL("nd_sll", "nd_sll", "NXM_NX_ND_SLL", standard(32), nxm1(24), 6, MAC, true),
  ND_TLL("nd_tll", "nd_tll", "NXM_NX_ND_TLL", standard(33), nxm1(25), 6, MAC, true),
  /** The flags of an advertisement, the highest three bits; only to be set. */
  ND_RESERVED(
      "nd_reserved",
      "nd_reserved",
      "ERICOXM_OF_ICMPV6_ND_RESERVED",
      ericsson(1),
      4,
      DECIMAL,
      false),
  /** The type of the first option, 1 or 2; only to be set. */
  ND_OPTIONS_TYPE(
      "nd_options_type",
      "nd_options_type",
      "ERICOXM_OF_ICMPV6_ND_OPTIONS_TYPE",
      ericsson(2),
      1,
      DECIMAL,
      false);

  /** How {@code ovs-ofctl} prints the values. */
  enum Form {
    HEX,
    DECIMAL,
    PORT,
    MAC,
    IPV4_ADDRESS,
    IPV6_ADDRESS
  }

  private static final Map<Integer, Field> BY_HEADER = byHeader();

  private final String matchName;
  private final String setName;
  private final String nxmName;
  private final int header;
  private final int nxmHeader;
  private final int bytes;
  private final Form form;
  private final boolean maskable;

  Field(
      String matchName,
      String setName,
      String nxmName,
      int header,
      int bytes,
      Form form,
      boolean maskable) {
    this(matchName, setName, nxmName, header, header, bytes, form, maskable);
  }

  Field(
      String matchName,
      String setName,
      String nxmName,
      int header,
      int nxmHeader,
      int bytes,
      Form form,
      boolean maskable) {
    this.matchName = matchName;
    this.setName = setName;
    this.nxmName = nxmName;
    this.header = header;
    this.nxmHeader = nxmHeader;
    this.bytes = bytes;
    this.form = form;
    this.maskable = maskable;
  }

  private static Map<Integer, Field> byHeader() {
    Map<Integer, Field> fields = new HashMap<>();
    for (Field field : values()) {
      fields.put(field.header, field);
      fields.put(field.nxmHeader, field);
    }
    return Map.copyOf(fields);
  }

  /** The field of a header of any class, whatever its mask and length are. */
  static Optional<Field> of(int header) {
    return Optional.ofNullable(BY_HEADER.get(Oxm.bare(header)));
  }

  /** How many bytes its values have. */
  public int bytes() {
    return bytes;
  }

  /** Whether a flow may match some of its bits. */
  boolean isMaskable() {
    return maskable;
  }

  /** Whether an action may change it. */
  boolean isWritable() {
    return this != IN_PORT && this != ETH_TYPE && this != IP_PROTO;
  }

  /** Whether a flow may match it. */
  boolean isMatchable() {
    return this != ND_RESERVED && this != ND_OPTIONS_TYPE;
  }

  /** In a match. */
  String matchName() {
    return matchName;
  }

  /** In {@code set_field}. */
  String setName() {
    return setName;
  }

  /** In {@code load} and {@code move}. */
  String nxmName() {
    return nxmName;
  }

  /** In a match and in {@code set_field}; without mask and length. */
  int header() {
    return header;
  }

  /** In {@code load} and {@code move}; without mask and length. */
  int nxmHeader() {
    return nxmHeader;
  }

  Prerequisite prerequisite() {
    return switch (this) {
      case REG0, TUNNEL_ID, TUN_IPV4_SRC, TUN_IPV4_DST, TUN_IPV6_SRC, TUN_IPV6_DST ->
          Prerequisite.NONE;
      case IN_PORT, VLAN_VID, ETH_SRC, ETH_DST, ETH_TYPE -> Prerequisite.NONE;
      case IPV4_SRC, IPV4_DST -> Prerequisite.IPV4;
      case IPV6_SRC, IPV6_DST -> Prerequisite.IPV6;
      case IP_PROTO -> Prerequisite.IP;
      case ARP_SPA, ARP_TPA, ARP_OP, ARP_SHA, ARP_THA -> Prerequisite.ARP;
      case UDP_SRC -> Prerequisite.UDP;
      case ICMPV6_TYPE, ICMPV6_CODE -> Prerequisite.ICMPV6;
      case ND_TARGET, ND_RESERVED, ND_OPTIONS_TYPE -> Prerequisite.ND;
      case ND_SLL -> Prerequisite.ND_SOLICIT;
      case ND_TLL -> Prerequisite.ND_ADVERT;
    };
  }

  /** A value of this field, as it is printed. */
  String text(Value value) {
    return switch (form) {
      case HEX -> ValueText.hex(value.low());
      case DECIMAL -> Long.toString(value.low());
      case PORT -> new Port((int) value.low()).text();
      case MAC -> ValueText.mac(value);
      case IPV4_ADDRESS -> ValueText.ipv4(value.low());
      case IPV6_ADDRESS -> ValueText.ipv6(value);
    };
  }

  /** A mask of this field behind its value, as it is printed. */
  String maskText(Value mask) {
    boolean address = form == IPV4_ADDRESS || form == IPV6_ADDRESS;
    int prefix = address ? ValueText.prefix(mask) : -1;
    return prefix >= 0 ? Integer.toString(prefix) : text(mask);
  }

  /**
   * Refuses a value that the field cannot have.
   *
   * @throws IllegalArgumentException if it has another width or is out of range
   */
  void check(Value value) {
    if (value.bytes() != bytes) {
      throw new IllegalArgumentException(
          setName + " has " + bytes + " bytes, the value " + value.bytes());
    }
    if (this == ARP_OP && value.low() > 255) {
      throw new IllegalArgumentException("Open vSwitch knows arp_op up to 255 only");
    }
    if (this == VLAN_VID && value.low() > 0x1fff) {
      throw new IllegalArgumentException("vlan_vid has 13 bits");
    }
  }
}

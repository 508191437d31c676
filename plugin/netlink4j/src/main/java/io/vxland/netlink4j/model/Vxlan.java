package io.vxland.netlink4j.model;

import java.util.List;
import java.util.Optional;

/**
 * A VXLAN device (RFC 7348; {@code IFLA_VXLAN_*}). To create one: {@code
 * Vxlan.of(5001).local(address).with(Vxlan.LEARNING, false)}. What is not said is the kernel's
 * default, of which one surprises: the UDP port is then 8472, not IANA's 4789.
 *
 * @param options what is to be set, or what the kernel says
 */
public record Vxlan(Options<Vxlan> options) implements LinkDetails {
  private static final int MAX_VNI = 0xffffff;
  private static final int MAX_FLOW_LABEL = 0xfffff;

  /** VNI, 0 to 16777215. */
  public static final Option<Vxlan, Integer> ID = Option.u31("id", 1, MAX_VNI);

  /** The remote, or the multicast group that stands for all of them; IPv4. See {@link #remote}. */
  public static final Option<Vxlan, IpAddress> GROUP = Option.ipv4("group", 2);

  /** Index of the underlay's device, needed for a group. */
  public static final Option<Vxlan, Integer> LINK = Option.u31("dev", 3, Integer.MAX_VALUE);

  /** Source address of the tunnel, IPv4. See {@link #local}. */
  public static final Option<Vxlan, IpAddress> LOCAL = Option.ipv4("local", 4);

  /** 0 takes the route's. */
  public static final Option<Vxlan, Integer> TTL = Option.u8("ttl", 5);

  /** 1 inherits. */
  public static final Option<Vxlan, Integer> TOS = Option.u8("tos", 6);

  public static final Option<Vxlan, Boolean> LEARNING = Option.bool("learning", 7);

  /** Seconds that a learned entry lives. */
  public static final Option<Vxlan, Long> AGEING = Option.u32("ageing", 8);

  /** Most entries, learned and others together; 0 for no limit. */
  public static final Option<Vxlan, Long> LIMIT = Option.u32("maxaddress", 9);

  /** Source ports; 0-0 is the kernel's choice by flow. */
  public static final Option<Vxlan, PortRange> PORT_RANGE = Option.portRange("srcport", 10);

  /** Answers ARP and ND for neighbours that the device knows. */
  public static final Option<Vxlan, Boolean> PROXY = Option.bool("proxy", 11);

  /** Route short circuit. */
  public static final Option<Vxlan, Boolean> RSC = Option.bool("rsc", 12);

  public static final Option<Vxlan, Boolean> L2MISS = Option.bool("l2miss", 13);
  public static final Option<Vxlan, Boolean> L3MISS = Option.bool("l3miss", 14);

  /** UDP destination port. */
  public static final Option<Vxlan, Integer> PORT = Option.u16be("dstport", 15);

  /** As {@link #GROUP}, IPv6. */
  public static final Option<Vxlan, IpAddress> GROUP6 = Option.ipv6("group6", 16);

  /** As {@link #LOCAL}, IPv6. */
  public static final Option<Vxlan, IpAddress> LOCAL6 = Option.ipv6("local6", 17);

  public static final Option<Vxlan, Boolean> UDP_CSUM = Option.bool("udpcsum", 18);
  public static final Option<Vxlan, Boolean> UDP_ZERO_CSUM6_TX = Option.bool("udp6zerocsumtx", 19);
  public static final Option<Vxlan, Boolean> UDP_ZERO_CSUM6_RX = Option.bool("udp6zerocsumrx", 20);
  public static final Option<Vxlan, Boolean> REMCSUM_TX = Option.bool("remcsumtx", 21);
  public static final Option<Vxlan, Boolean> REMCSUM_RX = Option.bool("remcsumrx", 22);

  /** Group policy extension. */
  public static final Option<Vxlan, Boolean> GBP = Option.flag("gbp", 23);

  public static final Option<Vxlan, Boolean> REMCSUM_NOPARTIAL =
      Option.flag("remcsum_nopartial", 24);

  /** "external": the VNI and remote come with each packet. */
  public static final Option<Vxlan, Boolean> COLLECT_METADATA = Option.bool("external", 25);

  /** IPv6 flow label. */
  public static final Option<Vxlan, Integer> LABEL = Option.u31be("flowlabel", 26, MAX_FLOW_LABEL);

  /** Generic protocol extension. */
  public static final Option<Vxlan, Boolean> GPE = Option.flag("gpe", 27);

  /** Takes the TTL of the inner packet. Reported only where it is on. */
  public static final Option<Vxlan, Boolean> TTL_INHERIT = Option.flag("ttl_inherit", 28);

  /** Don't fragment: 0 unset, 1 set, 2 inherit. */
  public static final Option<Vxlan, Integer> DF = Option.u8("df", 29);

  /** With external: takes only the VNIs that the filter names. */
  public static final Option<Vxlan, Boolean> VNIFILTER = Option.bool("vnifilter", 30);

  /** Frames to an address of this host go straight to its VXLAN device. Linux 6.5 or newer. */
  public static final Option<Vxlan, Boolean> LOCALBYPASS = Option.bool("localbypass", 31);

  /** All of them. */
  public static final List<Option<Vxlan, ?>> ALL =
      List.of(
          ID,
          GROUP,
          LINK,
          LOCAL,
          TTL,
          TOS,
          LEARNING,
          AGEING,
          LIMIT,
          PORT_RANGE,
          PROXY,
          RSC,
          L2MISS,
          L3MISS,
          PORT,
          GROUP6,
          LOCAL6,
          UDP_CSUM,
          UDP_ZERO_CSUM6_TX,
          UDP_ZERO_CSUM6_RX,
          REMCSUM_TX,
          REMCSUM_RX,
          GBP,
          REMCSUM_NOPARTIAL,
          COLLECT_METADATA,
          LABEL,
          GPE,
          TTL_INHERIT,
          DF,
          VNIFILTER,
          LOCALBYPASS);

  /** A device with a VNI of its own. */
  public static Vxlan of(int vni) {
    return new Vxlan(Options.<Vxlan>none().with(ID, vni));
  }

  /** A device whose VNI comes with each packet. */
  public static Vxlan external() {
    return new Vxlan(Options.<Vxlan>none().with(COLLECT_METADATA, true));
  }

  @Override
  public String kind() {
    return "vxlan";
  }

  public <T> Vxlan with(Option<Vxlan, T> option, T value) {
    return new Vxlan(options.with(option, value));
  }

  public <T> Optional<T> get(Option<Vxlan, T> option) {
    return options.get(option);
  }

  /** With a source address of either family. */
  public Vxlan local(IpAddress address) {
    return with(address.isV6() ? LOCAL6 : LOCAL, address);
  }

  /** With a remote or a multicast group of either family. */
  public Vxlan remote(IpAddress address) {
    return with(address.isV6() ? GROUP6 : GROUP, address);
  }

  /** The source address, if it is fixed. */
  public Optional<IpAddress> local() {
    return get(LOCAL).or(() -> get(LOCAL6));
  }

  /** The default remote or group, if there is one. */
  public Optional<IpAddress> remote() {
    return get(GROUP).or(() -> get(GROUP6));
  }

  /** The VNI; 0 for an external device. */
  public int vni() {
    return get(ID).orElse(0);
  }
}

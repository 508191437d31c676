package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.openflow.Action;
import io.vxland.openflow.EthType;
import io.vxland.openflow.Field;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Match;
import io.vxland.openflow.Port;
import io.vxland.openflow.Value;
import io.vxland.plan.PortFilter;
import io.vxland.plan.PortFilter.Limit;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Port filters as flows, with the meaning of {@link io.vxland.plan.PortFilterText}'s rules. They
 * need one flow for each address that is known, and some for each tap, not one for each pair.
 *
 * <p>A frame from a filtered tap begins with register 0 zero. {@link Flows#CHECK} writes its VNI
 * there and sends it through four tables, each of which compares one thing: {@link #SOURCE} the
 * source MAC address, {@link #LINK} the MAC addresses that ARP and ND claim, {@link #IPV6} the
 * source of what is IPv6, {@link #ADDRESS} all other addresses, DHCP and router advertisements. In
 * each, what is the tap's own passes first, then what is known in the network is dropped, then, if
 * the tap is limited to its own, the rest. What passes all of them goes back to table 0, where that
 * register keeps it from a second check; what does not, is counted in {@link #CLAIMS} and {@link
 * #DENIED}, and dropped.
 *
 * <p>Open vSwitch reads each option of a solicitation or advertisement, and takes a target of
 * {@code ::} for that of a packet that has an option twice, which receivers may read otherwise. It
 * reads no options of a router solicitation: its link-layer address is not compared.
 */
final class PortFilterFlows {
  /** Compares source MAC addresses. */
  static final int SOURCE = 10;

  /** Compares the MAC addresses that ARP and ND claim. */
  static final int LINK = 11;

  /** Compares IPv6 sources: of ND, and of everything from a tap that is limited to its own. */
  static final int IPV6 = 12;

  /** Compares what is claimed otherwise. */
  static final int ADDRESS = 13;

  /** Has a flow for each filtered tap, which drops its frames. */
  static final int DENIED = 14;

  /** Has a flow, made by the switch, for each tap and address that it has claimed in vain. */
  static final int CLAIMS = 15;

  private static final int MALFORMED = 50;

  /** In {@link #ADDRESS}: DHCP servers and routers. */
  static final int SERVICE = 40;

  private static final int OWN = 30;
  private static final int NONE_SAID = 25;
  private static final int KNOWN = 20;
  private static final int FREE = 15;
  private static final int OTHERS = 10;

  /** Kinds of packets; a lower one is for all that no higher flow of its table is for. */
  private static final int OF_KIND = 2;

  private static final int OF_LIMITED = 1;
  private static final int ANY = 0;

  private static final int UDP = 17;
  private static final int DHCP_SERVER = 67;
  private static final int DHCPV6_SERVER = 547;
  private static final int ICMPV6 = 58;
  private static final int ROUTER_SOLICITATION = 133;
  private static final int ROUTER_ADVERTISEMENT = 134;
  private static final int SOLICITATION = 135;
  private static final int ADVERTISEMENT = 136;
  private static final int REDIRECT = 137;
  private static final List<Integer> TAGS = List.of(0x8100, 0x88a8);
  private static final Value NO_IPV6 = Value.ipv6(0, 0);

  private static final Match ARP = Match.ANY.ethType(EthType.ARP);
  private static final Match IS_IPV4 = Match.ANY.ethType(EthType.IPV4);
  private static final Match IS_IPV6 = Match.ANY.ethType(EthType.IPV6);

  private final List<Flow> flows = new ArrayList<>();

  private PortFilterFlows() {}

  /**
   * The flows of the filters of a switch, in the order in which they are to be added: a tap's own
   * addresses before those that are dropped, and before the flow that has its frames checked.
   *
   * @param taps the numbers of the taps; one that is missing is not filtered yet
   */
  static List<Flow> of(Collection<PortFilter> filters, Map<InterfaceName, Port> taps) {
    PortFilterFlows all = new PortFilterFlows();
    if (taps.isEmpty()) {
      return List.of();
    }
    all.common();
    for (PortFilter filter : filters) {
      filter.ports().forEach((name, port) -> all.own(taps.get(name), port));
    }
    for (PortFilter filter : filters) {
      filter.macs().forEach(mac -> all.known(filter.vni(), mac));
      filter.addresses().forEach(address -> all.known(filter.vni(), address));
      filter.ports().forEach((name, port) -> all.limited(taps.get(name), port));
    }
    for (PortFilter filter : filters) {
      filter.ports().keySet().forEach(name -> all.entry(taps.get(name), filter.vni()));
    }
    return all.flows;
  }

  /** Whether a flow is one that the switch has made of what these taps have claimed. */
  static boolean isClaim(Flow flow, Collection<Port> taps) {
    Match.Bits tap = flow.match().fields().get(Field.IN_PORT);
    return flow.table() == CLAIMS
        && tap != null
        && taps.contains(new Port((int) tap.value().low()));
  }

  private void add(int table, int priority, Match match, List<Action> actions) {
    flows.add(new Flow(table, priority, Flows.COOKIE, 0, 0, match, actions));
  }

  private void passes(int table, int priority, Match match, int next) {
    add(table, priority, match, List.of(new Action.Resubmit(next)));
  }

  /** What does not depend on who sends. */
  private void common() {
    passes(SOURCE, ANY, Match.ANY, LINK);
    // A tag of VLAN 0 hides another tag from who compares one only.
    for (int tag : TAGS) {
      add(LINK, MALFORMED, Match.ANY.vlan(0).ethType(tag), Claimed.nothing());
    }
    // Of another hardware type than Ethernet's, which Linux takes for the same.
    add(LINK, MALFORMED, ARP.with(Field.ARP_OP, Value.u16(0)), Claimed.nothing());
    for (int type : List.of(SOLICITATION, ADVERTISEMENT)) {
      add(LINK, MALFORMED, nd(type).with(Field.ND_TARGET, NO_IPV6), Claimed.nothing());
    }
    passes(LINK, NONE_SAID, nd(SOLICITATION).with(Field.ND_SLL, Value.mac(0)), IPV6);
    passes(LINK, NONE_SAID, nd(ADVERTISEMENT).with(Field.ND_TLL, Value.mac(0)), IPV6);
    for (int type = ROUTER_SOLICITATION; type <= REDIRECT; type++) {
      passes(LINK, OF_KIND, icmp(type), IPV6);
    }
    passes(LINK, ANY, Match.ANY, ADDRESS);
    passes(IPV6, FREE, linkLocal(IS_IPV6, Field.IPV6_SRC), ADDRESS);
    passes(IPV6, FREE, IS_IPV6.with(Field.IPV6_SRC, NO_IPV6), ADDRESS);
    passes(IPV6, ANY, Match.ANY, ADDRESS);
    passes(ADDRESS, FREE, ARP.with(Field.ARP_SPA, Value.ipv4(0)), 0);
    passes(ADDRESS, FREE, IS_IPV4.with(Field.IPV4_SRC, Value.ipv4(0)), 0);
    passes(ADDRESS, FREE, linkLocal(nd(ADVERTISEMENT), Field.ND_TARGET), 0);
    passes(ADDRESS, ANY, Match.ANY, 0);
  }

  private void own(Port tap, PortFilter.Port port) {
    if (tap == null) {
      return;
    }
    add(DENIED, OTHERS, Match.ANY.inPort(tap), List.of());
    for (MacAddress mac : port.macs()) {
      Value value = Value.mac(mac.bits());
      passes(SOURCE, OWN, Match.ANY.inPort(tap).ethSrc(mac.bits()), LINK);
      passes(LINK, OWN, ARP.inPort(tap).with(Field.ARP_SHA, value), ADDRESS);
      passes(LINK, OWN, nd(SOLICITATION).inPort(tap).with(Field.ND_SLL, value), IPV6);
      passes(LINK, OWN, nd(ADVERTISEMENT).inPort(tap).with(Field.ND_TLL, value), IPV6);
    }
    for (IpAddress address : port.addresses()) {
      Value value = value(address);
      if (address.family() == IpAddress.Family.V4) {
        passes(ADDRESS, OWN, ARP.inPort(tap).with(Field.ARP_SPA, value), 0);
        if (port.limits().contains(Limit.OWN_ADDRESSES)) {
          passes(ADDRESS, OWN, IS_IPV4.inPort(tap).with(Field.IPV4_SRC, value), 0);
        }
      } else {
        passes(IPV6, OWN, IS_IPV6.inPort(tap).with(Field.IPV6_SRC, value), ADDRESS);
        passes(ADDRESS, OWN, nd(ADVERTISEMENT).inPort(tap).with(Field.ND_TARGET, value), 0);
      }
    }
  }

  private void known(Vni vni, MacAddress mac) {
    Value value = Value.mac(mac.bits());
    add(SOURCE, KNOWN, in(vni, Match.ANY).ethSrc(mac.bits()), Claimed.mac(Field.ETH_SRC));
    add(LINK, KNOWN, in(vni, ARP).with(Field.ARP_SHA, value), Claimed.mac(Field.ARP_SHA));
    add(
        LINK,
        KNOWN,
        in(vni, nd(SOLICITATION)).with(Field.ND_SLL, value),
        Claimed.mac(Field.ND_SLL));
    add(
        LINK,
        KNOWN,
        in(vni, nd(ADVERTISEMENT)).with(Field.ND_TLL, value),
        Claimed.mac(Field.ND_TLL));
  }

  private void known(Vni vni, IpAddress address) {
    Value value = value(address);
    if (address.family() == IpAddress.Family.V4) {
      add(ADDRESS, KNOWN, in(vni, ARP).with(Field.ARP_SPA, value), Claimed.arpAddress());
    } else {
      add(IPV6, KNOWN, in(vni, IS_IPV6).with(Field.IPV6_SRC, value), Claimed.ipv6());
      add(
          ADDRESS,
          KNOWN,
          in(vni, nd(ADVERTISEMENT)).with(Field.ND_TARGET, value),
          Claimed.ndTarget());
    }
  }

  private void limited(Port tap, PortFilter.Port port) {
    if (tap == null) {
      return;
    }
    if (port.limits().contains(Limit.OWN_MACS)) {
      add(SOURCE, OTHERS, Match.ANY.inPort(tap), Claimed.mac(Field.ETH_SRC));
      add(LINK, OTHERS, ARP.inPort(tap), Claimed.mac(Field.ARP_SHA));
      add(LINK, OTHERS, nd(SOLICITATION).inPort(tap), Claimed.mac(Field.ND_SLL));
      add(LINK, OTHERS, nd(ADVERTISEMENT).inPort(tap), Claimed.mac(Field.ND_TLL));
    }
    if (port.limits().contains(Limit.OWN_ADDRESSES)) {
      passes(LINK, OF_LIMITED, IS_IPV6.inPort(tap), IPV6);
      add(IPV6, OTHERS, IS_IPV6.inPort(tap), Claimed.ipv6());
      add(ADDRESS, OTHERS, ARP.inPort(tap), Claimed.arpAddress());
      add(ADDRESS, OTHERS, IS_IPV4.inPort(tap), Claimed.ipv4());
      add(ADDRESS, OTHERS, nd(ADVERTISEMENT).inPort(tap), Claimed.ndTarget());
    }
    if (port.limits().contains(Limit.NO_DHCP_SERVER)) {
      add(ADDRESS, SERVICE, udp(IS_IPV4, DHCP_SERVER).inPort(tap), Claimed.nothing());
      add(ADDRESS, SERVICE, udp(IS_IPV6, DHCPV6_SERVER).inPort(tap), Claimed.nothing());
    }
    if (port.limits().contains(Limit.NO_ROUTER)) {
      add(ADDRESS, SERVICE, icmp(ROUTER_ADVERTISEMENT).inPort(tap), Claimed.nothing());
      add(ADDRESS, SERVICE, icmp(REDIRECT).inPort(tap), Claimed.nothing());
    }
  }

  private void entry(Port tap, Vni vni) {
    if (tap != null) {
      add(
          0,
          Flows.CHECK,
          Match.ANY.inPort(tap).with(Field.REG0, Value.u32(0)),
          List.of(
              new Action.SetField(Field.REG0, Value.u32(vni.value())),
              new Action.Resubmit(SOURCE)));
    }
  }

  private static Match in(Vni vni, Match match) {
    return match.with(Field.REG0, Value.u32(vni.value()));
  }

  private static Match icmp(int type) {
    return IS_IPV6.with(Field.IP_PROTO, Value.u8(ICMPV6)).with(Field.ICMPV6_TYPE, Value.u8(type));
  }

  private static Match nd(int type) {
    return icmp(type).with(Field.ICMPV6_CODE, Value.u8(0));
  }

  private static Match udp(Match family, int port) {
    return family.with(Field.IP_PROTO, Value.u8(UDP)).with(Field.UDP_SRC, Value.u16(port));
  }

  /** Addresses of fe80::/10, which belong to whoever says so. */
  private static Match linkLocal(Match match, Field field) {
    return match.with(field, Value.ipv6(0xfe80L << 48, 0), Value.ipv6(0xffc0L << 48, 0));
  }

  private static Value value(IpAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.toBytes());
    return address.family() == IpAddress.Family.V4
        ? Value.ipv4(bytes.getInt())
        : Value.ipv6(bytes.getLong(), bytes.getLong());
  }
}

package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.IpPrefix;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.NextHop;
import io.vxland.netlink4j.model.Route;
import java.util.ArrayList;
import java.util.List;

/** Routes: {@code struct rtmsg} and {@code RTA_*}. */
public final class RouteCodec {
  private static final int HEADER = 12;
  private static final int NEXTHOP_HEADER = 8;
  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int RTA_PRIORITY = 6;
  private static final int RTA_PREFSRC = 7;
  private static final int RTA_METRICS = 8;
  private static final int RTA_MULTIPATH = 9;
  private static final int RTA_TABLE = 15;
  private static final int RTA_VIA = 18;
  private static final int RTAX_MTU = 2;
  private static final int RTNH_F_ONLINK = 4;
  private static final int RTM_F_CLONED = 0x200;
  private static final int RTM_F_FIB_MATCH = 0x2000;

  private RouteCodec() {}

  static void write(MessageWriter to, Route route) {
    IpAddress destination = route.destination().address();
    NextHop single = route.nextHops().size() == 1 ? route.nextHops().get(0) : null;
    to.u8(Families.of(destination));
    to.u8(route.destination().length());
    to.u8(0);
    to.u8(0);
    to.u8(route.table() > 0xff ? 0 : (int) route.table());
    to.u8(route.protocol());
    to.u8(route.scope());
    to.u8(route.type());
    to.u32(single != null && single.onlink() ? RTNH_F_ONLINK : 0);
    if (route.destination().length() > 0) {
      to.attribute(RTA_DST, destination);
    }
    if (route.table() > 0xff) {
      to.attributeU32(RTA_TABLE, (int) route.table());
    }
    if (route.metric() != 0) {
      to.attributeU32(RTA_PRIORITY, (int) route.metric());
    }
    if (route.source() != null) {
      to.attribute(RTA_PREFSRC, route.source());
    }
    if (route.mtu() != 0) {
      int metrics = to.nest(RTA_METRICS);
      to.attributeU32(RTAX_MTU, route.mtu());
      to.endNest(metrics);
    }
    if (single != null) {
      gateway(to, single, destination.isV6());
      if (single.ifindex() != 0) {
        to.attributeU32(RTA_OIF, single.ifindex());
      }
    } else if (!route.nextHops().isEmpty()) {
      multipath(to, route);
    }
  }

  private static void gateway(MessageWriter to, NextHop hop, boolean v6) {
    if (hop.gateway() == null) {
      return;
    }
    if (hop.gateway().isV6() == v6) {
      to.attribute(RTA_GATEWAY, hop.gateway());
    } else {
      int via = to.plainNest(RTA_VIA);
      to.u16(Families.of(hop.gateway()));
      to.address(hop.gateway());
      // struct rtvia is 2 + 4 or 2 + 16 bytes: the attribute's length is without the padding.
      to.endNest(via);
      to.u16(0);
    }
  }

  private static void multipath(MessageWriter to, Route route) {
    int nest = to.nest(RTA_MULTIPATH);
    for (NextHop hop : route.nextHops()) {
      int start = to.length();
      to.u16(0);
      to.u8(hop.onlink() ? RTNH_F_ONLINK : 0);
      to.u8(hop.weight() - 1);
      to.u32(hop.ifindex());
      gateway(to, hop, route.destination().address().isV6());
      to.endNest(start);
    }
    to.endNest(nest);
  }

  /**
   * Writes the body of {@code RTM_GETROUTE} for a dump of a family.
   *
   * @param table only this one's; 0 for all
   */
  public static void writeDump(MessageWriter to, int family, long table) {
    to.u8(family);
    to.u8(0);
    to.u16(0);
    to.u32(0);
    to.u32(0);
    if (table != 0) {
      to.attributeU32(RTA_TABLE, (int) table);
    }
  }

  /** Writes the body of {@code RTM_GETROUTE} for the way to an address. */
  public static void writeGet(MessageWriter to, IpAddress destination) {
    writeGet(to, destination, 0);
  }

  /** Writes the body of {@code RTM_GETROUTE} for the route that an address matches. */
  public static void writeMatch(MessageWriter to, IpAddress destination) {
    writeGet(to, destination, RTM_F_FIB_MATCH);
  }

  private static void writeGet(MessageWriter to, IpAddress destination, int flags) {
    to.u8(Families.of(destination));
    to.u8(destination.bitLength());
    to.u16(0);
    to.u32(0);
    to.u32(flags);
    to.attribute(RTA_DST, destination);
  }

  /**
   * Reads a route; null for one that is not of IPv4 or IPv6, or that is a cached clone in a dump.
   */
  public static Route read(MessageReader message) throws NetlinkException {
    int at = message.fixed(HEADER, "route");
    byte[] bytes = message.array();
    int family = Wire.u8(bytes, at);
    if (!Families.isIp(family)) {
      return null;
    }
    boolean v6 = family == Rtm.AF_INET6;
    boolean dumpedClone =
        (Wire.s32(bytes, at + 8) & RTM_F_CLONED) != 0 && (message.flags() & Rtm.NLM_F_MULTI) != 0;
    if (dumpedClone) {
      return null;
    }
    Parts parts = new Parts();
    parts.destination = v6 ? IpAddress.v6(0, 0) : IpAddress.v4(0);
    parts.table = Wire.u8(bytes, at + 4);
    parts.onlink = (Wire.s32(bytes, at + 8) & RTNH_F_ONLINK) != 0;
    Attributes attributes = new Attributes();
    attributes.reset(message, HEADER, "route");
    while (attributes.next()) {
      parts.attribute(attributes);
    }
    try {
      return parts.route(bytes, at);
    } catch (IllegalArgumentException e) {
      throw MessageReader.malformed("route", at, e.getMessage());
    }
  }

  /** What is gathered until the record can be made. */
  private static final class Parts {
    private IpAddress destination;
    private IpAddress gateway;
    private IpAddress source;
    private long table;
    private long metric;
    private int ifindex;
    private int mtu;
    private boolean onlink;
    private final List<NextHop> hops = new ArrayList<>(1);

    void attribute(Attributes from) throws NetlinkException {
      switch (from.type()) {
        case RTA_DST -> destination = from.ip();
        case RTA_OIF -> ifindex = from.u31();
        case RTA_GATEWAY -> gateway = from.ip();
        case RTA_VIA -> gateway = via(from);
        case RTA_PRIORITY -> metric = from.u32();
        case RTA_PREFSRC -> source = from.ip();
        case RTA_TABLE -> table = from.u32();
        case RTA_METRICS -> metrics(from.nested("route's metrics"));
        case RTA_MULTIPATH -> multipath(from);
        default -> {}
      }
    }

    private void metrics(Attributes metrics) throws NetlinkException {
      while (metrics.next()) {
        if (metrics.type() == RTAX_MTU) {
          mtu = metrics.s32();
        }
      }
    }

    private static IpAddress via(Attributes from) throws NetlinkException {
      int size = from.length() - 2;
      if (size != 4 && size != 16) {
        throw from.malformed("a gateway of " + size + " bytes");
      }
      return IpAddress.of(from.array(), from.payload() + 2, size);
    }

    private void multipath(Attributes from) throws NetlinkException {
      byte[] bytes = from.array();
      int at = from.payload();
      int end = at + from.length();
      while (at < end) {
        int size = end - at < NEXTHOP_HEADER ? 0 : Wire.u16(bytes, at);
        if (size < NEXTHOP_HEADER || size > end - at) {
          throw from.malformed("next hop of length " + size + " with " + (end - at) + " left");
        }
        Attributes attributes = new Attributes();
        attributes.reset(bytes, at + NEXTHOP_HEADER, at + size, "next hop");
        IpAddress hopGateway = null;
        while (attributes.next()) {
          if (attributes.type() == RTA_GATEWAY) {
            hopGateway = attributes.ip();
          } else if (attributes.type() == RTA_VIA) {
            hopGateway = via(attributes);
          }
        }
        boolean hopOnlink = (Wire.u8(bytes, at + 2) & RTNH_F_ONLINK) != 0;
        int hopIfindex = Wire.s32(bytes, at + 4);
        if (hopIfindex < 0) {
          throw from.malformed("next hop with interface index " + hopIfindex);
        }
        hops.add(new NextHop(hopGateway, hopIfindex, hopOnlink, Wire.u8(bytes, at + 3) + 1));
        at += Wire.align(size);
      }
    }

    Route route(byte[] bytes, int at) {
      if (gateway != null || ifindex != 0) {
        hops.add(0, new NextHop(gateway, ifindex, onlink, 1));
      }
      return new Route(
          new IpPrefix(destination, Wire.u8(bytes, at + 1)),
          hops,
          table,
          Wire.u8(bytes, at + 5),
          Wire.u8(bytes, at + 6),
          Wire.u8(bytes, at + 7),
          metric,
          source,
          mtu);
    }
  }
}

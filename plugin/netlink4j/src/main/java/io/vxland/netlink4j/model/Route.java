package io.vxland.netlink4j.model;

import java.util.List;

/**
 * A route.
 *
 * @param destination where it leads; its family is the route's
 * @param nextHops none for a blackhole and its like, one, or several (multipath)
 * @param table 254 is main, 255 local
 * @param protocol who wrote it, {@code RTPROT_*}: 2 kernel, 3 boot, 4 static
 * @param scope {@code RT_SCOPE_*}: 0 universe, 253 link, 254 host, 255 nowhere. Always 0 in IPv6
 * @param type {@code RTN_*}: 1 unicast, 2 local, 6 blackhole, 7 unreachable
 * @param metric priority, low first; 0 is left to the kernel
 * @param source preferred source address; null for none
 * @param mtu bytes; 0 for the device's
 */
public record Route(
    IpPrefix destination,
    List<NextHop> nextHops,
    long table,
    int protocol,
    int scope,
    int type,
    long metric,
    IpAddress source,
    int mtu)
    implements Subject {
  public static final long TABLE_MAIN = 254;
  public static final long TABLE_LOCAL = 255;
  public static final int PROTOCOL_KERNEL = 2;
  public static final int PROTOCOL_BOOT = 3;
  public static final int PROTOCOL_STATIC = 4;
  public static final int SCOPE_UNIVERSE = 0;
  public static final int SCOPE_LINK = 253;
  public static final int UNICAST = 1;
  public static final int LOCAL = 2;
  public static final int BLACKHOLE = 6;

  public Route {
    nextHops = List.copyOf(nextHops);
    Checks.range("protocol", protocol, 0, 0xff);
    Checks.range("scope", scope, 0, 0xff);
    Checks.range("type", type, 0, 0xff);
    if (table < 0 || table > 0xffffffffL) {
      throw new IllegalArgumentException("table " + table);
    }
    if (metric < 0 || metric > 0xffffffffL) {
      throw new IllegalArgumentException("metric " + metric);
    }
  }

  /** A route of the main table by one next hop, of link scope where that has no gateway (IPv4). */
  public static Route unicast(IpPrefix destination, NextHop nextHop) {
    boolean direct = nextHop.gateway() == null && !destination.address().isV6();
    return new Route(
        destination,
        List.of(nextHop),
        TABLE_MAIN,
        PROTOCOL_STATIC,
        direct ? SCOPE_LINK : SCOPE_UNIVERSE,
        UNICAST,
        0,
        null,
        0);
  }

  public Route withNextHops(List<NextHop> value) {
    return new Route(destination, value, table, protocol, scope, type, metric, source, mtu);
  }

  public Route withTable(long value) {
    return new Route(destination, nextHops, value, protocol, scope, type, metric, source, mtu);
  }

  public Route withProtocol(int value) {
    return new Route(destination, nextHops, table, value, scope, type, metric, source, mtu);
  }

  public Route withScope(int value) {
    return new Route(destination, nextHops, table, protocol, value, type, metric, source, mtu);
  }

  public Route withType(int value) {
    return new Route(destination, nextHops, table, protocol, scope, value, metric, source, mtu);
  }

  public Route withMetric(long value) {
    return new Route(destination, nextHops, table, protocol, scope, type, value, source, mtu);
  }

  public Route withSource(IpAddress value) {
    return new Route(destination, nextHops, table, protocol, scope, type, metric, value, mtu);
  }

  public Route withMtu(int value) {
    return new Route(destination, nextHops, table, protocol, scope, type, metric, source, value);
  }

  /** The device of the first next hop; 0 for none. */
  public int ifindex() {
    return nextHops.isEmpty() ? 0 : nextHops.get(0).ifindex();
  }
}

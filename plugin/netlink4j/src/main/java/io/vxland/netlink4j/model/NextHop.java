package io.vxland.netlink4j.model;

/**
 * Where a route leads.
 *
 * @param gateway the next router, of the route's family or (IPv6 for an IPv4 route) the other; null
 *     for none
 * @param ifindex the device; 0 for the one that leads to the gateway
 * @param onlink the gateway is taken to be on the device, though no route says so
 * @param weight share among the next hops, from 1
 */
public record NextHop(IpAddress gateway, int ifindex, boolean onlink, int weight) {
  public NextHop {
    Checks.range("interface index", ifindex, 0, Integer.MAX_VALUE);
    Checks.range("weight", weight, 1, 256);
  }

  /** Through a gateway. */
  public static NextHop via(IpAddress gateway) {
    return new NextHop(gateway, 0, false, 1);
  }

  /** Out of a device. */
  public static NextHop dev(int ifindex) {
    return new NextHop(null, ifindex, false, 1);
  }

  /** Through a gateway that is on a device, whatever the routes say. */
  public static NextHop onlink(IpAddress gateway, int ifindex) {
    return new NextHop(gateway, ifindex, true, 1);
  }
}

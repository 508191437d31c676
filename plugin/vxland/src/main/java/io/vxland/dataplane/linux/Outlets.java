package io.vxland.dataplane.linux;

import io.vxland.model.InterfaceName;
import io.vxland.model.Mtu;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.NextHop;
import io.vxland.netlink4j.model.Route;
import io.vxland.plan.Ownership;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The devices by which tunnelled packets leave the host. Of several, as with ECMP, any may carry a
 * packet: the least MTU counts.
 */
final class Outlets {
  /** Ethernet's, where nothing says by which device packets will leave. */
  private static final int UNKNOWN = 1500;

  private final RtnetlinkConnection connection;
  private final Map<Integer, Optional<Link>> links = new HashMap<>();
  private final SortedSet<InterfaceName> devices = new TreeSet<>();
  private int mtu = Mtu.MAX;

  Outlets(RtnetlinkConnection connection) {
    this.connection = connection;
  }

  /** An address in a network of ours is no way to other hosts. */
  static boolean isOurs(Link device) {
    return Ownership.vniOf(device.alias()).isPresent();
  }

  static boolean mayCarryTunnels(Link device) {
    return device.isUp() && !isOurs(device);
  }

  /** Takes in all next hops of a route, if there is one. */
  void add(Optional<Route> route) throws NetlinkException {
    if (route.isEmpty() || route.get().type() != Route.UNICAST) {
      return;
    }
    for (NextHop hop : route.get().nextHops()) {
      Optional<Link> device = link(hop.ifindex());
      if (device.isPresent()) {
        add(device.get(), route.get().mtu());
      }
    }
  }

  /** Hundreds of hosts are behind few devices. */
  private Optional<Link> link(int index) throws NetlinkException {
    Optional<Link> known = links.get(index);
    if (known == null) {
      known = connection.link(index).filter(Outlets::mayCarryTunnels);
      links.put(index, known);
    }
    return known;
  }

  /**
   * Takes in a device.
   *
   * @param routeMtu what the route says; 0: nothing
   */
  void add(Link device, int routeMtu) {
    devices.add(new InterfaceName(device.name()));
    mtu = Math.min(mtu, routeMtu == 0 ? device.mtu() : Math.min(device.mtu(), routeMtu));
  }

  boolean isEmpty() {
    return devices.isEmpty();
  }

  List<InterfaceName> devices() {
    return List.copyOf(devices);
  }

  int mtu() {
    return devices.isEmpty() ? UNKNOWN : mtu;
  }
}

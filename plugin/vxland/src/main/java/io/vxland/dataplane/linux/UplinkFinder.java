package io.vxland.dataplane.linux;

import io.vxland.dataplane.Dataplane.Uplink;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.Vtep;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.InterfaceAddress;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.Route;
import io.vxland.plan.Inputs;
import io.vxland.plan.Ownership;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the address and the device where tunnels start. */
final class UplinkFinder {
  /** RT_SCOPE_UNIVERSE: an address that others can reach. */
  private static final int SCOPE_UNIVERSE = 0;

  private final RtnetlinkConnection connection;

  UplinkFinder(RtnetlinkConnection connection) {
    this.connection = connection;
  }

  Uplink find(Optional<Vtep> configured) throws NetlinkException {
    List<InterfaceAddress> addresses = connection.addresses();
    if (configured.isPresent()) {
      io.vxland.netlink4j.model.IpAddress wanted = Values.netlink(configured.get().address());
      for (InterfaceAddress address : addresses) {
        if (address.address().address().equals(wanted)) {
          return new Uplink(configured, underlay(address.ifindex()));
        }
      }
      return new Uplink(configured, Optional.empty());
    }
    Optional<Uplink> byIpv4 = byDefaultRoute(addresses, IpAddress.Family.V4);
    if (byIpv4.isPresent()) {
      return byIpv4.get();
    }
    return byDefaultRoute(addresses, IpAddress.Family.V6)
        .orElse(new Uplink(Optional.empty(), Optional.empty()));
  }

  private Optional<Uplink> byDefaultRoute(List<InterfaceAddress> addresses, IpAddress.Family family)
      throws NetlinkException {
    boolean v6 = family == IpAddress.Family.V6;
    List<Route> routes =
        connection.routes().stream()
            .filter(route -> route.destination().length() == 0)
            .filter(route -> route.destination().address().isV6() == v6)
            .filter(route -> route.table() == Route.TABLE_MAIN && route.type() == Route.UNICAST)
            .sorted(Comparator.comparingLong(Route::metric))
            .toList();
    for (Route route : routes) {
      for (InterfaceAddress address : addresses) {
        Optional<Vtep> vtep = vtep(address);
        if (address.ifindex() == route.ifindex()
            && address.address().address().isV6() == v6
            && vtep.isPresent()) {
          return Optional.of(new Uplink(vtep, underlay(address.ifindex())));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Vtep> vtep(InterfaceAddress address) {
    try {
      return address.scope() == SCOPE_UNIVERSE
          ? Optional.of(new Vtep(Values.model(address.address().address())))
          : Optional.empty();
    } catch (InvalidValueException notReachable) {
      return Optional.empty();
    }
  }

  /** Our own devices carry no tunnels: the host's address in a network is not its underlay. */
  private Optional<Inputs.Underlay> underlay(int index) throws NetlinkException {
    Optional<Link> link = connection.link(index);
    return link.filter(Link::isUp)
        .filter(device -> Ownership.vniOf(device.alias()).isEmpty())
        .map(device -> new Inputs.Underlay(new InterfaceName(device.name()), device.mtu()));
  }
}

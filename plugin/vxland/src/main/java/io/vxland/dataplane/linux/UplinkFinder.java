package io.vxland.dataplane.linux;

import io.vxland.dataplane.Dataplane.Home;
import io.vxland.dataplane.Dataplane.Uplink;
import io.vxland.model.HostAddress;
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
import io.vxland.plan.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the address and the device where tunnels start, and by which devices they leave. */
final class UplinkFinder {
  /** RT_SCOPE_UNIVERSE: an address that others can reach. */
  private static final int SCOPE_UNIVERSE = 0;

  /** RT_SCOPE_NOWHERE: of any scope. */
  private static final int SCOPE_ANY = 255;

  private final RtnetlinkConnection connection;
  private final Collection<IpAddress> peers;

  /** An address of the host's that may be its VTEP. */
  private record Candidate(Vtep vtep, int index) {}

  /**
   * Creates it.
   *
   * @param peers the VTEPs of other hosts, as far as they are known
   */
  UplinkFinder(RtnetlinkConnection connection, Collection<IpAddress> peers) {
    this.connection = connection;
    this.peers = peers;
  }

  Uplink find(Home home) throws NetlinkException {
    List<InterfaceAddress> addresses = connection.addresses();
    Optional<Vtep> exact = home.wanted().exact();
    if (exact.isPresent()) {
      Optional<Candidate> found = of(candidates(addresses, SCOPE_ANY), exact.get());
      return found.isPresent()
          ? uplink(found.get(), List.of())
          : new Uplink(exact, Optional.empty());
    }
    List<Candidate> candidates = candidates(addresses, SCOPE_UNIVERSE);
    Optional<Candidate> chosen = first(allowed(candidates, home.wanted()));
    Optional<Candidate> kept = home.kept().flatMap(vtep -> of(candidates, vtep));
    if (kept.isPresent() && isAllowed(kept.get(), home.wanted())) {
      return uplink(kept.get(), objections(home.wanted(), kept.get(), chosen));
    }
    return chosen.isPresent()
        ? uplink(chosen.get(), List.of())
        : new Uplink(Optional.empty(), Optional.empty());
  }

  /**
   * In the kernel's order: a device's primary addresses come before its secondary ones.
   *
   * @param most of which scope they may be at most, {@code RT_SCOPE_*}
   */
  private static List<Candidate> candidates(List<InterfaceAddress> addresses, int most) {
    List<Candidate> candidates = new ArrayList<>();
    for (InterfaceAddress address : addresses) {
      if (address.scope() <= most) {
        try {
          Vtep vtep = new Vtep(Values.model(address.address().address()));
          candidates.add(new Candidate(vtep, address.ifindex()));
        } catch (InvalidValueException notReachable) {
          // No other host can send to it.
        }
      }
    }
    return candidates;
  }

  private static Optional<Candidate> of(List<Candidate> candidates, Vtep vtep) {
    return candidates.stream().filter(each -> each.vtep().equals(vtep)).findFirst();
  }

  private static Optional<Candidate> first(List<Candidate> candidates) {
    return candidates.stream().min(Comparator.comparing(each -> each.vtep().address().family()));
  }

  /** Those that the configuration allows, the one to be taken first of its IP version. */
  private List<Candidate> allowed(List<Candidate> candidates, HostAddress wanted)
      throws NetlinkException {
    List<Candidate> allowed = new ArrayList<>();
    if (wanted instanceof HostAddress.OfDefaultRoute) {
      for (IpAddress.Family family : IpAddress.Family.values()) {
        for (Route route : defaultRoutes(family)) {
          candidates.stream()
              .filter(each -> each.index() == route.ifindex())
              .filter(each -> each.vtep().address().family() == family)
              .forEach(allowed::add);
        }
      }
      return allowed;
    }
    for (Candidate candidate : candidates) {
      if (isAllowed(candidate, wanted)) {
        allowed.add(candidate);
      }
    }
    return allowed;
  }

  /** Whether an address may stay the VTEP: the default route may have gone elsewhere since. */
  private boolean isAllowed(Candidate candidate, HostAddress wanted) throws NetlinkException {
    if (wanted instanceof HostAddress.In in) {
      return in.subnet().contains(candidate.vtep().address());
    }
    Optional<Link> device = connection.link(candidate.index());
    if (wanted instanceof HostAddress.On on) {
      return device.filter(link -> link.name().equals(on.device().value())).isPresent();
    }
    return device.filter(link -> !Outlets.isOurs(link)).isPresent();
  }

  /** Those of the main table, the one that is taken first. */
  private List<Route> defaultRoutes(IpAddress.Family family) throws NetlinkException {
    return connection.routes().stream()
        .filter(route -> route.destination().length() == 0)
        .filter(route -> route.destination().address().isV6() == (family == IpAddress.Family.V6))
        .filter(route -> route.table() == Route.TABLE_MAIN && route.type() == Route.UNICAST)
        .sorted(Comparator.comparingLong(Route::metric))
        .toList();
  }

  private List<Problem> objections(HostAddress wanted, Candidate kept, Optional<Candidate> chosen)
      throws NetlinkException {
    if (!(wanted instanceof HostAddress.OfDefaultRoute)
        || chosen.isEmpty()
        || chosen.get().index() == kept.index()) {
      return List.of();
    }
    return List.of(
        new Problem(
            "underlay",
            "the default route is now by "
                + name(chosen.get().index())
                + ", which has "
                + chosen.get().vtep()
                + "; this host keeps its VTEP "
                + kept.vtep()
                + " on "
                + name(kept.index())
                + ", to which the other hosts send; set 'address' of section [host] to the one"
                + " that is meant"));
  }

  private String name(int index) throws NetlinkException {
    return connection.link(index).map(Link::name).orElse("a device that is gone");
  }

  private Uplink uplink(Candidate from, List<Problem> problems) throws NetlinkException {
    Optional<Vtep> vtep = Optional.of(from.vtep());
    Optional<Link> device = connection.link(from.index()).filter(Outlets::mayCarryTunnels);
    if (device.isEmpty()) {
      return new Uplink(vtep, Optional.empty(), problems);
    }
    Outlets outlets = outlets(from.vtep().address(), device.get());
    Inputs.Underlay underlay =
        new Inputs.Underlay(
            new InterfaceName(device.get().name()), outlets.devices(), outlets.mtu());
    return new Uplink(vtep, Optional.of(underlay), problems);
  }

  private Outlets outlets(IpAddress self, Link device) throws NetlinkException {
    Outlets outlets = new Outlets(connection);
    for (IpAddress peer : peers) {
      if (peer.family() == self.family() && !peer.equals(self)) {
        outlets.add(connection.routeFor(Values.netlink(peer)));
      }
    }
    if (outlets.isEmpty() && !device.isLoopback()) {
      outlets.add(device, 0);
    }
    if (outlets.isEmpty()) {
      outlets.add(defaultRoutes(self.family()).stream().findFirst());
    }
    return outlets;
  }
}

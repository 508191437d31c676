package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Destination;
import io.vxland.plan.ActualState.Forwarding;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Plans a segment's migration tunnel. What comes out of it can enter no bridge: its device is no
 * port of one, and the outlet, which is, only sends. So nftables has no part in that, and only
 * takes out what is for a VM that is on its way here.
 */
final class TunnelPlanner {
  private final Segment segment;
  private final MigrationTunnel tunnel;
  private final ActualState actual;
  private final boolean sweep;
  private final Planner out;
  private final InterfaceName name;
  private final VxlanPlanner device;
  private final OutletPlanner outlet;

  TunnelPlanner(
      Segment segment, MigrationTunnel tunnel, ActualState actual, boolean sweep, Planner out) {
    this.segment = segment;
    this.tunnel = tunnel;
    this.actual = actual;
    this.sweep = sweep;
    this.out = out;
    this.name = tunnel.spec().name();
    this.device = new VxlanPlanner(tunnel, segment.vni(), actual, sweep, out);
    this.outlet = new OutletPlanner(tunnel.outlet(), segment, actual, sweep, out);
  }

  /** Whether the bridge can be told by this plan that cards are behind the tunnel. */
  boolean takesCards() {
    return !isTaken() && device.comesToBe() && outlet.comesToBe();
  }

  /** A chain that has outlived its device is none for the next one. */
  private boolean isGuarded() {
    return actual.guard().isKnown()
        && device.isThere()
        && actual.guard().deliveries().containsKey(name);
  }

  private boolean isTaken() {
    return actual.links().values().stream().anyMatch(this::isInTheWay);
  }

  private boolean isInTheWay(Link link) {
    boolean ours =
        link.owned().isPresent() || MigrationTunnel.isHalfMade(link) || outlet.isHalfMade(link);
    return !ours
        && (link.name().equals(name)
            || link.name().equals(tunnel.outlet().name())
            || (link.kind() instanceof Kind.Vxlan kind
                && kind.vni() == tunnel.spec().vni().value()
                && kind.port().equals(tunnel.spec().port())));
  }

  /**
   * Plans it.
   *
   * @param pinned the MACs that the same plan has the bridge keep at its taps
   */
  void plan(Set<MacAddress> pinned) {
    Optional<InterfaceName> taken =
        actual.links().values().stream()
            .filter(this::isInTheWay)
            .map(Link::name)
            .sorted()
            .findFirst();
    if (taken.isPresent()) {
      out.problem(
          "network '" + segment.network() + "'",
          "frames for a VM that is paused by a migration are lost: the migration tunnel needs"
              + " device "
              + name
              + " with VNI "
              + tunnel.spec().vni()
              + ", but "
              + taken.get()
              + " exists and vxland did not make it; delete it");
      return;
    }
    VxlanPlanner.Standing standing = device.plan();
    if (standing == VxlanPlanner.Standing.LEFT) {
      return;
    }
    boolean fresh = standing == VxlanPlanner.Standing.FRESH;
    outlet.plan(fresh);
    if (actual.guard().isPossible()) {
      planDeliveries();
    }
    planEntries(fresh, pinned);
  }

  private void planEntries(boolean fresh, Set<MacAddress> pinned) {
    Set<Destination> made =
        tunnel.spec().destination().map(Destination::of).map(Set::of).orElse(Set.of());
    Forwarding has =
        fresh
            ? new Forwarding(made, Map.of(), Set.of())
            : actual.forwarding().getOrDefault(name, Forwarding.EMPTY);
    ForwardingPlanner forwarding = new ForwardingPlanner(segment.network(), name, sweep, out);
    if (segment.evpn().isPresent()) {
      // zebra takes the device for one more network, and adds to its list.
      forwarding.addReplicas(tunnel.replication(), has.replication());
    } else {
      forwarding.planReplication(tunnel.replication(), has.replication());
    }
    forwarding.planUnicast(tunnel.unicast(), has.unicast());
    if (outlet.comesToBe()) {
      InterfaceName port = tunnel.outlet().name();
      Forwarding behind =
          !fresh && outlet.stays()
              ? actual.forwarding().getOrDefault(port, Forwarding.EMPTY)
              : Forwarding.EMPTY;
      Set<MacAddress> elsewhere = new HashSet<>(segment.behindTunnel());
      elsewhere.addAll(pinned);
      new ForwardingPlanner(segment.network(), port, sweep, out)
          .planBehind(tunnel.redirected(), behind, overtaken(), elsewhere);
    }
  }

  /** The cards that the bridge finds behind the network's own device since. */
  private Set<MacAddress> overtaken() {
    InterfaceName own = segment.vxlan().name();
    Set<MacAddress> cards = new HashSet<>(actual.learned().getOrDefault(own, Set.of()));
    if (segment.evpn().isPresent()) {
      cards.addAll(actual.forwarding().getOrDefault(own, Forwarding.EMPTY).behindTunnel());
    }
    return cards;
  }

  /** What may be there or not is written again as a whole, in one transaction. */
  private void planDeliveries() {
    boolean guarded = isGuarded();
    Map<MacAddress, InterfaceName> has = guarded ? actual.guard().deliveries().get(name) : Map.of();
    if (!guarded) {
      out.guard(new Change.GuardTunnel(name));
    }
    tunnel
        .deliveries()
        .forEach(
            (mac, tap) -> {
              if (!tap.equals(has.get(mac)) && isTap(tap)) {
                if (has.containsKey(mac)) {
                  out.guard(new Change.StopDelivery(name, mac));
                }
                out.guard(new Change.Deliver(name, mac, tap));
              }
            });
    if (sweep) {
      has.keySet().stream()
          .filter(mac -> !tunnel.deliveries().containsKey(mac))
          .sorted()
          .forEach(mac -> out.removal(new Change.StopDelivery(name, mac)));
    }
  }

  /** Frames of a network go into a device of somebody else only if that is plugged in here. */
  private boolean isTap(InterfaceName tap) {
    Link link = actual.links().get(tap);
    return link != null
        && link.owned().isEmpty()
        && link.master().equals(segment.bridge().map(BridgeSpec::name));
  }
}

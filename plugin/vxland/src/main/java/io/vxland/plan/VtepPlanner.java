package io.vxland.plan;

import io.vxland.model.IpAddress;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.Forwarding;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.VtepTable;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Plans the filter of tunnelled packets. Nothing that another VXLAN device has is filtered. Who
 * somebody else's entries name is taken for a host: zebra's, and those that people type.
 */
final class VtepPlanner {
  private final DesiredState desired;
  private final ActualState actual;

  VtepPlanner(DesiredState desired, ActualState actual) {
    this.desired = desired;
    this.actual = actual;
  }

  /**
   * Plans it.
   *
   * @param sweep whether all is known; before that no host that was accepted is refused
   * @param notOurs the networks that turned out to be somebody else's
   */
  Optional<Change> plan(boolean sweep, Set<Vni> notOurs) {
    VtepTable table = actual.vteps();
    // Before the control plane has told of the hosts, any filter would refuse some of them.
    if (!table.isManaged() || !table.missing().isEmpty() || !desired.complete()) {
      return Optional.empty();
    }
    VtepFilter wanted = wanted(notOurs);
    if (wanted.isEmpty()) {
      return sweep && table.isThere()
          ? Optional.of(new Change.RemoveVtepFilter())
          : Optional.empty();
    }
    boolean right =
        table.fingerprint().equals(wanted.fingerprint(true))
            || (!sweep && table.fingerprint().equals(wanted.fingerprint(false)));
    return right ? Optional.empty() : Optional.of(new Change.AcceptVteps(wanted, sweep));
  }

  /** What cannot be done. */
  Optional<Problem> problem() {
    return actual.vteps().missing().isEmpty() || desired.vteps().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Problem(
                "VXLAN filter",
                "packets from unknown hosts are not dropped: "
                    + actual.vteps().missing()
                    + "; or accept all packets with [control] accept = any"));
  }

  private VtepFilter wanted(Set<Vni> notOurs) {
    Set<Packets> others = othersPackets();
    return desired
        .vteps()
        .only(
            tunnel ->
                !notOurs.contains(tunnel.network())
                    && !others.contains(new Packets(tunnel.port(), tunnel.vni().value())))
        .and(namedByOthers());
  }

  /** What somebody's VXLAN device takes. */
  private record Packets(UdpPort port, int vni) {}

  private Set<Packets> othersPackets() {
    Set<Packets> packets = new HashSet<>();
    for (ActualState.Link link : actual.links().values()) {
      if (link.owned().isEmpty()
          && !MigrationTunnel.isHalfMade(link)
          && link.kind() instanceof Kind.Vxlan vxlan) {
        packets.add(new Packets(vxlan.port(), vxlan.vni()));
      }
    }
    return packets;
  }

  private SortedSet<IpAddress> namedByOthers() {
    SortedSet<IpAddress> hosts = new TreeSet<>();
    for (Segment segment : desired.segments().values()) {
      Forwarding has = actual.forwarding().getOrDefault(segment.vxlan().name(), Forwarding.EMPTY);
      if (segment.evpn().isPresent()) {
        has.replication().forEach(replica -> hosts.add(replica.address()));
      }
      has.unicast().values().stream()
          .filter(entry -> !entry.ours())
          .forEach(entry -> hosts.add(entry.destination().address()));
    }
    return hosts;
  }
}

package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.NetworkName;
import io.vxland.model.Vtep;
import io.vxland.plan.ActualState.Destination;
import io.vxland.plan.ActualState.Forwarding;
import io.vxland.plan.ActualState.UnicastEntry;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/** Plans the FDB of one VXLAN device, and what its bridge is told to be behind it. */
final class ForwardingPlanner {
  private final NetworkName network;
  private final InterfaceName vxlan;
  private final boolean sweep;
  private final Planner out;

  ForwardingPlanner(NetworkName network, InterfaceName vxlan, boolean sweep, Planner out) {
    this.network = network;
    this.vxlan = vxlan;
    this.sweep = sweep;
    this.out = out;
  }

  /** Plans the missing destinations, and takes none away. */
  void addReplicas(SortedSet<IpAddress> wanted, Set<Destination> has) {
    for (IpAddress peer : wanted) {
      if (!has.contains(Destination.of(peer))) {
        out.entry(new Change.AddReplica(vxlan, peer));
      }
    }
  }

  void planReplication(SortedSet<IpAddress> wanted, Set<Destination> has) {
    addReplicas(wanted, has);
    if (sweep) {
      has.stream()
          .filter(peer -> peer.port() != 0 || peer.vni() != 0 || !wanted.contains(peer.address()))
          .sorted((one, other) -> one.toString().compareTo(other.toString()))
          .forEach(peer -> out.removal(new Change.RemoveReplica(vxlan, peer)));
    }
  }

  void planUnicast(Map<MacAddress, Vtep> wanted, Map<MacAddress, UnicastEntry> has) {
    wanted.entrySet().stream()
        .filter(entry -> !isPlaced(has.get(entry.getKey()), entry.getValue()))
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> place(has.get(entry.getKey()), entry.getKey(), entry.getValue()));
    if (sweep) {
      has.entrySet().stream()
          .filter(entry -> entry.getValue().ours() && !wanted.containsKey(entry.getKey()))
          .sorted(Map.Entry.comparingByKey())
          .forEach(
              entry ->
                  out.removal(
                      new Change.RemoveMac(vxlan, entry.getKey(), entry.getValue().destination())));
    }
  }

  /**
   * Plans what the bridge is told. The kernel's own learning wins: a card that has been heard from
   * where it goes to stays there. What a routing daemon tells the bridge goes with an entry of its
   * own in the device; taken away, zebra would write it again, for as long as it runs.
   *
   * @param overtaken cards that the bridge heard since
   * @param elsewhere cards that the bridge is told to be behind another port; that replaces the
   *     entry here
   */
  void planBehind(
      Set<MacAddress> wanted,
      Forwarding has,
      Set<MacAddress> overtaken,
      Set<MacAddress> elsewhere) {
    addBehind(wanted, has, overtaken);
    if (sweep) {
      has.behindTunnel().stream()
          .filter(mac -> !wanted.contains(mac) && !elsewhere.contains(mac))
          .filter(mac -> !isOthers(has.unicast().get(mac)))
          .sorted()
          .forEach(mac -> out.removal(new Change.RemoveBehindPort(vxlan, mac)));
    }
  }

  /** Plans what the bridge is to be told, and takes nothing away. */
  void addBehind(Set<MacAddress> wanted, Forwarding has, Set<MacAddress> overtaken) {
    wanted.stream()
        .filter(mac -> !has.behindTunnel().contains(mac) && !overtaken.contains(mac))
        .sorted()
        .forEach(mac -> out.entry(new Change.PlaceBehindPort(vxlan, mac)));
  }

  private static boolean isOthers(UnicastEntry entry) {
    return entry != null && !entry.ours();
  }

  private static boolean isPlaced(UnicastEntry entry, Vtep place) {
    return entry != null
        && entry.destination().address().equals(place.address())
        && entry.destination().port() == 0
        && entry.destination().vni() == 0;
  }

  private void place(UnicastEntry entry, MacAddress mac, Vtep place) {
    if (isOthers(entry)) {
      out.problem(
          "network '" + network + "'",
          mac
              + " should be at "
              + place
              + ", but an entry that vxland did not make points to "
              + entry.destination()
              + "; delete it with: bridge fdb del "
              + mac
              + " dev "
              + vxlan);
      return;
    }
    out.entry(new Change.PlaceMac(vxlan, mac, place.address()));
  }
}

package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Prefix;
import io.vxland.plan.ActualState.Author;
import io.vxland.plan.ActualState.Destination;
import io.vxland.plan.ActualState.Forwarding;
import io.vxland.plan.ActualState.Link;
import io.vxland.plan.ActualState.Neighbour;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Plans what is in a segment's devices: replication list, places, neighbours, addresses. */
final class EntryPlanner {
  private final Segment segment;
  private final ActualState actual;
  private final boolean sweep;
  private final Planner out;
  private final InterfaceName vxlan;
  private final Set<MacAddress> elsewhere;

  /**
   * Creates it.
   *
   * @param elsewhere the cards that are behind another port of the bridge once the plan is done
   */
  EntryPlanner(
      Segment segment, ActualState actual, boolean sweep, Planner out, Set<MacAddress> elsewhere) {
    this.segment = segment;
    this.actual = actual;
    this.sweep = sweep;
    this.out = out;
    this.vxlan = segment.vxlan().name();
    this.elsewhere = elsewhere;
  }

  /**
   * Plans them.
   *
   * @param staysPort whether the device stays in its bridge; else the bridge forgets what is behind
   */
  void plan(boolean staysPort) {
    Forwarding has = actual.forwarding().getOrDefault(vxlan, Forwarding.EMPTY);
    planForwarding(staysPort ? has : new Forwarding(has.replication(), has.unicast(), Set.of()));
    planNeighbours(actual.neighbours(), actual.addresses());
    planAddresses(actual.addresses());
  }

  /** The same for a device that the plan makes; the kernel adds its default destination itself. */
  void planFresh() {
    Set<Destination> made =
        segment.vxlan().destination().map(Destination::of).map(Set::of).orElse(Set.of());
    planForwarding(new Forwarding(made, Map.of(), Set.of()));
    Map<InterfaceName, Map<IpAddress, Neighbour>> neighbours = new HashMap<>(actual.neighbours());
    neighbours.remove(vxlan);
    Map<InterfaceName, Map<Prefix, Boolean>> addresses = new HashMap<>(actual.addresses());
    addresses.remove(vxlan);
    planNeighbours(neighbours, addresses);
    planAddresses(addresses);
  }

  private void planForwarding(Forwarding has) {
    ForwardingPlanner forwarding = new ForwardingPlanner(segment.network(), vxlan, sweep, out);
    if (segment.evpn().isPresent()) {
      // zebra has hosts in the same list, and takes one of ours away when it forgets that one.
      forwarding.addReplicas(segment.replication(), has.replication());
      // As a rule zebra has told the bridge of those long ago; not if it has forgotten their host.
      forwarding.addBehind(segment.comingFromElsewhere(), has, arrived());
      // What is ours there is from the days of another control plane.
      forwarding.planUnicast(Map.of(), has.unicast());
      new CardPlanner(segment, segment.evpn().get(), actual, sweep, out).plan(elsewhere);
      return;
    }
    forwarding.planReplication(segment.replication(), has.replication());
    forwarding.planUnicast(segment.unicast(), has.unicast());
    forwarding.planBehind(segment.behindTunnel(), has, arrived(), elsewhere);
  }

  /** The cards on their way here whose VM has spoken on its tap. */
  private Set<MacAddress> arrived() {
    Set<MacAddress> heard = new HashSet<>();
    segment
        .incoming()
        .forEach(
            (mac, tap) -> {
              if (actual.learned().getOrDefault(tap, Set.of()).contains(mac)) {
                heard.add(mac);
              }
            });
    return heard;
  }

  private void planNeighbours(
      Map<InterfaceName, Map<IpAddress, Neighbour>> present,
      Map<InterfaceName, Map<Prefix, Boolean>> addresses) {
    for (InterfaceName device : devices()) {
      Map<IpAddress, Neighbour> has =
          surviving(
              device,
              present.getOrDefault(device, Map.of()),
              addresses.getOrDefault(device, Map.of()));
      SortedMap<IpAddress, MacAddress> wants =
          segment.neighbours().getOrDefault(device, new TreeMap<>());
      wants.forEach((address, mac) -> setNeighbour(device, address, mac, has.get(address)));
      if (sweep) {
        has.entrySet().stream()
            .filter(
                entry ->
                    entry.getValue().author() == Author.VXLAND
                        && !wants.containsKey(entry.getKey()))
            .sorted(Map.Entry.comparingByKey())
            .forEach(entry -> out.removal(new Change.RemoveNeighbour(device, entry.getKey())));
      }
    }
  }

  /**
   * The kernel drops a device's neighbours with its MAC (neigh_changeaddr), and those of IPv4 with
   * its last IPv4 address (fib_disable_ip); both come before the entries of this plan.
   */
  private Map<IpAddress, Neighbour> surviving(
      InterfaceName device, Map<IpAddress, Neighbour> has, Map<Prefix, Boolean> addresses) {
    Link link = actual.links().get(device);
    MacAddress mac =
        segment
            .bridge()
            .filter(bridge -> bridge.name().equals(device))
            .map(BridgeSpec::mac)
            .orElse(segment.vxlan().mac());
    if (link != null && !link.mac().equals(mac)) {
      return Map.of();
    }
    if (!losesIpv4(device, addresses)) {
      return has;
    }
    Map<IpAddress, Neighbour> left = new HashMap<>(has);
    left.keySet().removeIf(address -> address.family() == IpAddress.Family.V4);
    return left;
  }

  private boolean losesIpv4(InterfaceName device, Map<Prefix, Boolean> has) {
    boolean stays =
        has.keySet().stream()
            .filter(EntryPlanner::isIpv4)
            .anyMatch(address -> !isUnwanted(device, address, has.get(address)));
    boolean comes =
        device.equals(segment.addressDevice())
            && segment.addresses().stream().anyMatch(EntryPlanner::isIpv4);
    return has.keySet().stream().anyMatch(EntryPlanner::isIpv4) && !stays && !comes;
  }

  private static boolean isIpv4(Prefix address) {
    return address.address().family() == IpAddress.Family.V4;
  }

  private boolean isUnwanted(InterfaceName device, Prefix address, boolean ours) {
    boolean wanted =
        device.equals(segment.addressDevice()) && segment.addresses().contains(address);
    return sweep && ours && !wanted;
  }

  private void setNeighbour(
      InterfaceName device, IpAddress address, MacAddress mac, Neighbour present) {
    if (present == null || isReplaced(mac, present)) {
      out.entry(new Change.SetNeighbour(device, address, mac));
    } else if (!present.mac().equals(mac) && present.author() == Author.ROUTING) {
      out.problem(
          "network '" + segment.network() + "'",
          address
              + " belongs to two NICs, "
              + mac
              + " on this host and, according to FRR, "
              + present.mac()
              + " on another host; only the latter is advertised to other hosts; give one of the"
              + " two another address");
    } else if (!present.mac().equals(mac)) {
      out.problem(
          "network '" + segment.network() + "'",
          address
              + " should resolve to "
              + mac
              + ", but an entry that vxland did not make says "
              + present.mac()
              + "; delete it with: ip neigh del "
              + address
              + " dev "
              + device);
    }
  }

  /**
   * What zebra writes is left alone, but for the address of a card that has come here: only what is
   * not its own zebra tells the other hosts. Where each of two hosts insists on the card, one gives
   * in.
   */
  private boolean isReplaced(MacAddress mac, Neighbour present) {
    boolean same = present.mac().equals(mac);
    return switch (present.author()) {
      case VXLAND -> !same;
      case ROUTING ->
          segment.evpn().isEmpty()
              || (same && !segment.evpn().get().isLost(mac, actual.forwarding().get(vxlan)));
      case SOMEBODY -> false;
    };
  }

  private void planAddresses(Map<InterfaceName, Map<Prefix, Boolean>> present) {
    for (InterfaceName device : devices()) {
      Map<Prefix, Boolean> has = present.getOrDefault(device, Map.of());
      boolean here = device.equals(segment.addressDevice());
      if (here) {
        segment.addresses().stream()
            .filter(address -> !has.containsKey(address))
            .forEach(address -> out.entry(new Change.AddAddress(device, address)));
      }
      boolean first = losesIpv4(device, has);
      has.keySet().stream()
          .filter(address -> isUnwanted(device, address, has.get(address)))
          .sorted()
          .map(address -> new Change.RemoveAddress(device, address))
          .forEach(first ? out::attribute : out::removal);
    }
  }

  private List<InterfaceName> devices() {
    return segment.bridge().map(bridge -> List.of(bridge.name(), vxlan)).orElse(List.of(vxlan));
  }
}

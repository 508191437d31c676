package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Match;
import io.vxland.openflow.Port;
import io.vxland.plan.Change;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** Plans the flows of a switch, as far as its ports have numbers. */
final class FlowPlanner {
  private final Switch wanted;
  private final ActualSwitch there;
  private final PortNumbers numbers;
  private final List<Flow> guards = new ArrayList<>();
  private final List<Flow> flows = new ArrayList<>();

  /** What the switch makes by itself, and may have or not. */
  private final Set<Flow> allowed = new HashSet<>();

  FlowPlanner(Switch wanted, ActualSwitch there) {
    this.wanted = wanted;
    this.there = there;
    this.numbers = new PortNumbers(there);
    wanted.cards().forEach(this::want);
  }

  private void want(Vni vni, Cards cards) {
    SortedMap<Tunnel.Key, Port> byKey = numbers.tunnels(vni);
    Collection<Port> tunnels = byKey.values();
    List<Match> ingress =
        Flows.ingress(cards.tag(), cards.tag().map(numbers::access).orElse(List.of()));
    cards.tunnelKey().ifPresent(key -> guards.add(Flows.guard(key)));
    cards.deliveries().forEach((mac, tap) -> deliver(cards, mac, tap, ingress, tunnels));
    Optional<Redirection> redirection = Redirection.of(wanted.name(), vni, cards, there);
    redirection.ifPresent(
        way ->
            cards
                .redirected()
                .forEach(
                    (mac, to) -> {
                      flows.addAll(way.flows(mac, to));
                      allowed.addAll(way.arrived(mac));
                    }));
    for (Map.Entry<MacAddress, IpAddress> place : cards.places().entrySet()) {
      Port tunnel = byKey.get(Tunnel.Key.to(vni, place.getValue()));
      if (tunnel != null) {
        flows.addAll(Flows.place(ingress, place.getKey(), tunnel));
      }
    }
    if (!cards.places().isEmpty()) {
      tunnels.forEach(tunnel -> flows.add(Flows.fromTunnel(tunnel)));
    }
  }

  private void deliver(
      Cards cards,
      MacAddress mac,
      InterfaceName name,
      List<Match> ingress,
      Collection<Port> tunnels) {
    Optional<Port> tap = numbers.tap(name, mac);
    if (tap.isEmpty()) {
      return;
    }
    cards.tunnelKey().ifPresent(key -> flows.add(Flows.delivery(key, mac, tap.get())));
    if (cards.incoming().contains(mac)) {
      flows.add(Flows.arrival(mac, tap.get()));
      flows.addAll(Flows.waiting(ingress, mac, tunnels));
      allowed.add(Flows.arrived(mac, tap.get()));
    }
  }

  /** Those guards that are missing, without which no migration tunnel may be. */
  List<Change> guards() {
    return missing(guards);
  }

  /** All else that is missing. */
  List<Change> additions() {
    return missing(flows);
  }

  private List<Change> missing(List<Flow> those) {
    return those.stream()
        .filter(flow -> !there.flows().packets().containsKey(flow))
        .<Change>map(flow -> new Change.OnSwitch(new SwitchChange.AddFlow(wanted.name(), flow)))
        .toList();
  }

  /** What nobody wants, but guards; what another takes the place of goes with that. */
  List<Change> removals() {
    return unwanted(false);
  }

  /** Guards of migration tunnels that are no more. */
  List<Change> endedGuards() {
    return unwanted(true);
  }

  private List<Change> unwanted(boolean guarding) {
    Set<Flows.Identity> all = new HashSet<>();
    guards.forEach(flow -> all.add(Flows.Identity.of(flow)));
    flows.forEach(flow -> all.add(Flows.Identity.of(flow)));
    return there.flows().packets().keySet().stream()
        .filter(flow -> (flow.priority() == Flows.GUARD) == guarding)
        .filter(flow -> !allowed.contains(flow))
        .filter(flow -> !all.contains(Flows.Identity.of(flow)))
        .sorted((one, other) -> one.text().compareTo(other.text()))
        .<Change>map(flow -> new Change.OnSwitch(new SwitchChange.RemoveFlow(wanted.name(), flow)))
        .toList();
  }
}

package io.vxland.plan.ovs;

import static java.util.function.Predicate.not;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Port;
import io.vxland.plan.Change;
import io.vxland.plan.PortFilter;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Plans the flows of a switch, as far as its ports have numbers. */
final class FlowPlanner {
  private final Switch wanted;
  private final ActualSwitch there;
  private final PortNumbers numbers;
  private final List<Flow> guards = new ArrayList<>();
  private final List<Flow> flows = new ArrayList<>();

  /** What the switch makes by itself, and may have or not. */
  private final Set<Flow> allowed = new HashSet<>();

  /** The networks for which it learns by itself where cards are. */
  private final Set<Vni> learning = new HashSet<>();

  /** The taps that are filtered. */
  private final Map<InterfaceName, Port> filtered = new HashMap<>();

  FlowPlanner(Switch wanted, ActualSwitch there) {
    this.wanted = wanted;
    this.there = there;
    this.numbers = new PortNumbers(there);
    wanted.cards().forEach(this::want);
    filter();
  }

  private void filter() {
    List<PortFilter> filters =
        wanted.cards().values().stream().flatMap(cards -> cards.filter().stream()).toList();
    for (PortFilter filter : filters) {
      filter
          .ports()
          .forEach(
              (name, port) ->
                  numbers.tap(name, port.macs()).ifPresent(tap -> filtered.put(name, tap)));
    }
    flows.addAll(PortFilterFlows.of(filters, filtered));
  }

  private void want(Vni vni, Cards cards) {
    cards.tunnelKey().ifPresent(key -> guards.add(Flows.guard(key)));
    cards.byFlow().map(SharedPort::stranger).filter(not(guards::contains)).ifPresent(guards::add);
    Uplink.of(vni, cards, numbers).ifPresent(uplink -> want(vni, cards, uplink));
  }

  private void want(Vni vni, Cards cards, Uplink uplink) {
    cards.deliveries().forEach((mac, tap) -> deliver(cards, mac, tap, uplink));
    Optional<Redirection> redirection = Redirection.of(wanted.name(), vni, cards, there);
    redirection.ifPresent(way -> redirect(cards, way));
    cards.places().forEach((mac, host) -> flows.addAll(uplink.place(mac, host)));
    cards
        .answers()
        .forEach(
            (address, mac) ->
                flows.addAll(Questions.answered(uplink.local(), address, mac, uplink.onward())));
    if (!cards.answers().isEmpty()) {
      flows.addAll(Questions.ofNobody(uplink.local(), uplink.onward()));
    }
    flows.addAll(uplink.forwarding(!cards.places().isEmpty()));
    if (cards.byFlow().isPresent()) {
      learning.add(vni);
    }
  }

  private void redirect(Cards cards, Redirection way) {
    cards
        .redirected()
        .forEach(
            (mac, to) -> {
              flows.addAll(way.flows(mac, to));
              allowed.addAll(way.arrived(mac));
            });
    cards.late().forEach(mac -> flows.addAll(way.late(mac)));
  }

  private void deliver(Cards cards, MacAddress mac, InterfaceName name, Uplink uplink) {
    Optional<Port> tap = numbers.tap(name, mac);
    if (tap.isEmpty()) {
      return;
    }
    cards.tunnelKey().ifPresent(key -> flows.add(Flows.delivery(key, mac, tap.get())));
    if (cards.incoming().contains(mac)) {
      flows.add(Flows.arrival(mac, tap.get(), uplink.onward()));
      allowed.add(Flows.arrived(mac, tap.get()));
      keepWaiting(cards, mac, uplink);
    }
  }

  private void keepWaiting(Cards cards, MacAddress mac, Uplink uplink) {
    Optional<IpAddress> host = Optional.ofNullable(cards.places().get(mac));
    flows.addAll(Flows.waiting(uplink, mac, host));
    // Made of a frame, a flow would take in those of the switch's other networks.
    if (host.isEmpty() && cards.tag().isEmpty()) {
      flows.addAll(uplink.sightings(mac, Flows.WAITING_HEARD));
      allowed.addAll(uplink.seen(mac, Flows.WAITING_HEARD).values());
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
        .filter(flow -> Flows.isGuard(flow) == guarding)
        .filter(flow -> !allowed.contains(flow) && !SharedPort.isLearned(flow, learning))
        .filter(flow -> !PortFilterFlows.isClaim(flow, filtered.values()))
        .filter(flow -> !all.contains(Flows.Identity.of(flow)))
        .sorted((one, other) -> one.text().compareTo(other.text()))
        .<Change>map(flow -> new Change.OnSwitch(new SwitchChange.RemoveFlow(wanted.name(), flow)))
        .toList();
  }
}

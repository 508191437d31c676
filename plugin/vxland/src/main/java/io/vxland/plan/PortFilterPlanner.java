package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.Location;
import io.vxland.model.Network;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.Filter;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Plans what taps may not send. Until all is known that this host knew before, such as after a
 * restart, nothing is taken away: a tap that is not filtered yet gets what is known by then.
 */
final class PortFilterPlanner {
  private final DesiredState desired;
  private final Filter actual;
  private final SortedMap<Vni, PortFilter> wanted = new TreeMap<>();
  private final boolean sweep;
  private final Planner out;

  PortFilterPlanner(DesiredState desired, ActualState actual, boolean sweep, Planner out) {
    this.desired = desired;
    this.actual = actual.filter();
    this.sweep = sweep;
    this.out = out;
    Map<Vni, List<Location>> routed =
        desired.filtersTaps() ? RoutedCards.of(desired, actual) : Map.of();
    desired
        .filters()
        .forEach(
            (vni, filter) -> {
              if (!out.isLeftOut(vni)) {
                wanted.put(vni, PortFilters.with(filter, routed.getOrDefault(vni, List.of())));
              }
            });
  }

  void plan() {
    if (!actual.isAvailable()) {
      if (desired.filtersTaps()) {
        out.problem("port security", "spoofed frames from VMs are not dropped: " + actual.reason());
      }
      return;
    }
    if (sweep) {
      replace();
    } else {
      wanted.values().stream()
          .filter(filter -> !isFiltered(filter))
          .forEach(filter -> out.filter(new Change.AddPortFilter(bridge(filter.vni()), filter)));
    }
  }

  private boolean isFiltered(PortFilter filter) {
    return filter.ports().keySet().stream()
        .allMatch(tap -> filter.vni().equals(actual.taps().get(tap)));
  }

  /** Where it is not known what is there, what differs can be changed only with all the rest. */
  private void replace() {
    TreeSet<Vni> networks = new TreeSet<>(actual.stamps().keySet());
    networks.addAll(actual.taps().values());
    networks.removeAll(wanted.keySet());
    // What is somebody else's for now, nobody wants to be without a filter.
    networks.removeIf(vni -> desired.filters().containsKey(vni));
    boolean differs =
        !networks.isEmpty() || wanted.values().stream().anyMatch(filter -> !isAsWanted(filter));
    if (!differs) {
      return;
    }
    networks.forEach(vni -> out.filter(new Change.RemovePortFilter(bridge(vni), vni)));
    wanted.values().stream()
        .filter(filter -> !actual.isKnown() || !isAsWanted(filter))
        .forEach(filter -> out.filter(new Change.SetPortFilter(bridge(filter.vni()), filter)));
  }

  private boolean isAsWanted(PortFilter filter) {
    Long stamp = actual.stamps().get(filter.vni());
    return stamp != null && stamp == filter.stamp() && isFiltered(filter);
  }

  private InterfaceName bridge(Vni vni) {
    Segment segment = desired.segments().get(vni);
    return segment == null
        ? Network.defaultBridge(vni)
        : segment.bridge().map(BridgeSpec::name).orElse(segment.vxlan().name());
  }
}

package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Link;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Plans the sticky entries at the taps of a segment's bridge: see {@link Pins}. What is let go
 * stays at its tap as if the bridge had learned it there. That comes before whatever else the plan
 * tells the bridge of it: the kernel leaves an entry sticky that a control plane moves
 * (br_fdb_external_learn_add in br_fdb.c).
 */
final class PinPlanner {
  private final Segment segment;
  private final ActualState actual;
  private final boolean sweep;
  private final Planner out;

  PinPlanner(Segment segment, ActualState actual, boolean sweep, Planner out) {
    this.segment = segment;
    this.actual = actual;
    this.sweep = sweep;
    this.out = out;
  }

  /**
   * Plans them. Until all is known that this host knew before, nothing is kept that was not.
   *
   * @return the MACs that are kept at taps then
   */
  Set<MacAddress> plan() {
    Set<MacAddress> kept = new HashSet<>();
    Pins pins = segment.pins();
    pins.taps()
        .forEach(
            (mac, tap) -> {
              if (isTap(tap) && (sweep || isPinned(tap, mac))) {
                kept.add(mac);
              }
            });
    actual.pinned().entrySet().stream()
        .filter(entry -> isTap(entry.getKey()))
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> letGo(entry.getKey(), entry.getValue(), kept));
    pins.taps()
        .forEach(
            (mac, tap) -> {
              if (kept.contains(mac) && !isPinned(tap, mac)) {
                out.entry(new Change.PinToPort(tap, mac));
              }
            });
    return kept;
  }

  /** Only sticky ones are ours. One that is kept at another tap is moved there, in one message. */
  private void letGo(InterfaceName tap, Map<MacAddress, Boolean> pinned, Set<MacAddress> kept) {
    pinned.entrySet().stream()
        .filter(Map.Entry::getValue)
        .map(Map.Entry::getKey)
        .filter(mac -> !kept.contains(mac))
        .filter(mac -> sweep || isMovable(mac))
        .sorted()
        .forEach(mac -> out.entry(letGo(tap, mac)));
  }

  /** Whether it is known already that it must not be kept. */
  private boolean isMovable(MacAddress mac) {
    return segment.evpn().isPresent()
        || segment.pins().movable().contains(mac)
        || segment.behindTunnel().contains(mac);
  }

  /** The kernel learns nothing on a port that is down. */
  private Change letGo(InterfaceName tap, MacAddress mac) {
    return actual.links().get(tap).up()
        ? new Change.PlaceOnPort(tap, mac)
        : new Change.RemoveBehindPort(tap, mac);
  }

  private boolean isPinned(InterfaceName tap, MacAddress mac) {
    return actual.pinned().getOrDefault(tap, Map.of()).containsKey(mac);
  }

  private boolean isTap(InterfaceName name) {
    Link link = actual.links().get(name);
    return link != null
        && link.owned().isEmpty()
        && link.master().equals(segment.bridge().map(BridgeSpec::name));
  }
}

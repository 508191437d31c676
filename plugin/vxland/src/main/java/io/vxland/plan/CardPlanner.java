package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Link;
import java.util.Map;
import java.util.Set;

/**
 * Tells a bridge which cards are behind its taps, where zebra reads that and tells the other hosts.
 * So these know of a VM when it starts, not when it first sends; and of one that is silent for
 * longer than a bridge remembers.
 */
final class CardPlanner {
  private final Segment segment;
  private final Segment.Evpn evpn;
  private final ActualState actual;
  private final boolean sweep;
  private final Planner out;

  CardPlanner(Segment segment, Segment.Evpn evpn, ActualState actual, boolean sweep, Planner out) {
    this.segment = segment;
    this.evpn = evpn;
    this.actual = actual;
    this.sweep = sweep;
    this.out = out;
  }

  /**
   * Plans it.
   *
   * @param elsewhere the cards that the same plan tells the bridge to be behind another port
   */
  void plan(Set<MacAddress> elsewhere) {
    evpn.cards()
        .forEach(
            (mac, tap) -> {
              if (isTap(tap) && !isTold(tap, mac) && !isLost(mac)) {
                out.entry(new Change.PlaceBehindPort(tap, mac));
              }
            });
    if (sweep) {
      actual.told().entrySet().stream()
          .filter(entry -> isTap(entry.getKey()))
          .sorted(Map.Entry.comparingByKey())
          .forEach(entry -> forget(entry.getKey(), entry.getValue(), elsewhere));
    }
  }

  /** A card that goes to another port of the bridge is replaced there, in one message. */
  private void forget(InterfaceName tap, Set<MacAddress> told, Set<MacAddress> elsewhere) {
    told.stream()
        .filter(mac -> !evpn.cards().containsKey(mac) && !elsewhere.contains(mac))
        .sorted()
        .forEach(mac -> out.removal(new Change.RemoveBehindPort(tap, mac)));
  }

  private boolean isTold(InterfaceName tap, MacAddress mac) {
    return actual.told().getOrDefault(tap, Set.of()).contains(mac);
  }

  private boolean isLost(MacAddress mac) {
    if (evpn.isLost(mac, actual.forwarding().get(segment.vxlan().name()))) {
      out.problem(
          "network '" + segment.network() + "'",
          mac
              + " is here and, according to FRR, on another host; frames go to the other host; find"
              + " it with: vtysh -c 'show evpn mac vni "
              + segment.vni()
              + " mac "
              + mac
              + "'");
      return true;
    }
    return false;
  }

  private boolean isTap(InterfaceName name) {
    Link link = actual.links().get(name);
    return link != null
        && link.owned().isEmpty()
        && link.master().equals(segment.bridge().map(BridgeSpec::name));
  }
}

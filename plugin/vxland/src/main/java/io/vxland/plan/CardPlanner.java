package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Forwarding;
import io.vxland.plan.ActualState.Link;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * Tells a bridge which cards are behind its taps, where zebra reads that and tells the other hosts.
 * So these know of a VM when it starts, not when it first sends; and of one that is silent for
 * longer than a bridge remembers.
 */
final class CardPlanner {
  private final Segment segment;
  private final SortedMap<MacAddress, InterfaceName> cards;
  private final Set<MacAddress> duplicates;
  private final ActualState actual;
  private final boolean sweep;
  private final Planner out;

  CardPlanner(Segment segment, Segment.Evpn evpn, ActualState actual, boolean sweep, Planner out) {
    this.segment = segment;
    this.cards = evpn.cards();
    this.duplicates = evpn.duplicates();
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
    cards.forEach(
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
        .filter(mac -> !cards.containsKey(mac) && !elsewhere.contains(mac))
        .sorted()
        .forEach(mac -> out.removal(new Change.RemoveBehindPort(tap, mac)));
  }

  private boolean isTold(InterfaceName tap, MacAddress mac) {
    return actual.told().getOrDefault(tap, Set.of()).contains(mac);
  }

  /**
   * Two hosts that both insist on a card would replace each other's entry for ever. zebra counts
   * how often (RFC 7432, section 15.1), and the one that it tells first gives in.
   */
  private boolean isLost(MacAddress mac) {
    boolean remote =
        actual
            .forwarding()
            .getOrDefault(segment.vxlan().name(), Forwarding.EMPTY)
            .behindTunnel()
            .contains(mac);
    if (remote && duplicates.contains(mac)) {
      out.problem(
          "network '" + segment.network() + "'",
          mac
              + " is here and at another host, says FRR; frames go to the other one; find it with:"
              + " vtysh -c 'show evpn mac vni "
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

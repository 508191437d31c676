package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.openflow.Action;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Port;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * How frames for any card of a network would be turned into its migration tunnel: all that is to be
 * known before one is paused.
 *
 * @param bridge the switch
 * @param tunnel the migration tunnel
 * @param peers who gets frames for a card of which it is not known where it goes
 * @param uplink the network's way to other hosts
 */
public record Redirection(
    InterfaceName bridge, Port tunnel, SortedSet<IpAddress> peers, Uplink uplink) {

  /** Those of all networks whose migration tunnel stands, by VNI. */
  public static SortedMap<Vni, Redirection> all(DesiredSwitches desired, ActualSwitches actual) {
    SortedMap<Vni, Redirection> all = new TreeMap<>();
    for (Switch wanted : desired.switches().values()) {
      ActualSwitch there = actual.switches().get(wanted.name());
      if (there != null && there.ours()) {
        for (Map.Entry<Vni, Cards> network : wanted.cards().entrySet()) {
          of(wanted.name(), network.getKey(), network.getValue(), there)
              .ifPresent(redirection -> all.put(network.getKey(), redirection));
        }
      }
    }
    return all;
  }

  static Optional<Redirection> of(InterfaceName bridge, Vni vni, Cards cards, ActualSwitch there) {
    if (cards.tunnelKey().isEmpty()) {
      return Optional.empty();
    }
    PortNumbers numbers = new PortNumbers(there);
    return numbers
        .migrations(vni)
        .flatMap(
            tunnel ->
                Uplink.of(vni, cards, numbers)
                    .map(uplink -> new Redirection(bridge, tunnel, cards.peers(), uplink)));
  }

  /**
   * The flows: the redirect, and then those by which the card's first frame from another host ends
   * it.
   *
   * @param to the host that the card goes to; empty: every peer gets its frames
   */
  public List<Flow> flows(MacAddress mac, Optional<IpAddress> to) {
    List<IpAddress> hosts = to.map(List::of).orElse(List.copyOf(peers));
    List<Flow> flows = new ArrayList<>(Flows.redirect(uplink.ingress(), mac, tunnel, hosts));
    flows.addAll(Flows.late(uplink.remote(), mac, tunnel, hosts));
    flows.addAll(uplink.sightings(mac, Flows.ARRIVED));
    return flows;
  }

  /** Those for what other hosts still send here when the card has been heard. */
  List<Flow> late(MacAddress mac) {
    return Flows.late(uplink.remote(), mac, tunnel, peers);
  }

  /** Those that the switch makes by itself when the card is heard from another host. */
  Collection<Flow> arrived(MacAddress mac) {
    return uplink.seen(mac, Flows.ARRIVED).values();
  }

  /** The host from which a card was heard, if this flow says that it was heard. */
  public Optional<IpAddress> heardFrom(MacAddress mac, Flow flow) {
    return uplink.seen(mac, Flows.ARRIVED).entrySet().stream()
        .filter(host -> flow.equals(host.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Sends a frame to all other hosts. */
  public List<Action> toAll() {
    return uplink.toAll();
  }
}

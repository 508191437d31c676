package io.vxland.plan.ovs;

import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.openflow.Action;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Match;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** How the frames of a network get from a switch to other hosts, and from them to it. */
sealed interface Uplink permits PeerPorts, SharedPort {
  /** That of a network; empty while its one port has no number. */
  static Optional<Uplink> of(Vni vni, Cards cards, PortNumbers numbers) {
    List<Match> frames =
        Flows.ingress(cards.tag(), cards.tag().map(numbers::access).orElse(List.of()));
    if (cards.byFlow().isEmpty()) {
      return Optional.of(new PeerPorts(frames, numbers.tunnels(vni)));
    }
    return numbers
        .shared()
        .map(
            port ->
                new SharedPort(
                    vni,
                    cards.tag(),
                    cards.byFlow().get(),
                    List.copyOf(cards.peers()),
                    port,
                    frames));
  }

  /** The network's frames, wherever they come from. */
  List<Match> ingress();

  /** Those of cards here; others may be among them, which {@link #forwarding} takes before. */
  List<Match> local();

  /** Those of other hosts. */
  List<Match> remote();

  /** Sends a copy to each of some hosts, of those that there are. */
  List<Action> to(Collection<IpAddress> hosts);

  /** Sends a copy to each host. */
  List<Action> toAll();

  /** What is done with a frame of a card here of which no other flow knows more. */
  List<Action> onward();

  /** The flows that send a card's frames to its host alone; none if there is no way there. */
  List<Flow> place(MacAddress mac, IpAddress host);

  /**
   * Those by which a card's next frame from another host has the switch send there what is for it.
   *
   * @param priority that of the flow which the switch makes
   */
  List<Flow> sightings(MacAddress mac, int priority);

  /** What these have the switch make, by the host from which the card is heard. */
  SortedMap<IpAddress, Flow> seen(MacAddress mac, int priority);

  /**
   * The flows that it needs itself.
   *
   * @param places whether there are cards of a known place
   */
  List<Flow> forwarding(boolean places);
}

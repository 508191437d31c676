package io.vxland.plan.ovs;

import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.openflow.Action;
import io.vxland.openflow.Field;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Match;
import io.vxland.openflow.Port;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The flows that are ours, all in table 0, but for those that it hands on to, and above NORMAL's,
 * which stays as it is. The highest that matches a frame counts:
 *
 * <ol>
 *   <li>delivery: what comes out of a migration tunnel for a card that comes here goes into its tap
 *       alone, and nothing is learned from it;
 *   <li>guard: all else that comes out of a migration tunnel is dropped;
 *   <li>check: a tap's frame goes through its filter first and comes back as one that has passed
 *       ({@link PortFilterFlows});
 *   <li>arrival: the first frame that an incoming card sends by its tap, or a redirected one from
 *       another host, has the switch make one more flow, that the card is there from now on;
 *   <li>late: what other hosts still send here for a card that a migration has paused here goes
 *       into the migration tunnel, also when it was heard from its new host: sent there by the
 *       network's own tunnel, it would have that host learn the sender's card behind this one;
 *   <li>redirect: what is for a card that a migration has paused here goes into the migration
 *       tunnel;
 *   <li>waiting: what is for a card that still runs elsewhere is not flooded into its tap here, and
 *       goes to its host alone where that is known, or was heard since;
 *   <li>for all, answer: who has an address that is known is answered here ({@link Questions});
 *   <li>place: what is for a card whose host is known goes there alone.
 * </ol>
 *
 * A frame from a tunnel bears its key as {@code tun_id}, one from a tap bears 0: so the first two
 * hold before a tunnel port has a number, and whatever number it has.
 */
final class Flows {
  static final long COOKIE = SwitchOwnership.COOKIE;

  /**
   * Seconds after which what a migration has changed goes by itself, for a daemon that died in the
   * midst of one: longer than any redirect lasts ({@code Stage.REDIRECT_LIMIT}), so that it never
   * ends one early, and about as long as a switch believes what it has learned ({@code
   * mac-aging-time}, 300). The next pass of a living daemon makes it anew.
   */
  static final int SAFETY = 330;

  static final int DELIVERY = 600;
  static final int GUARD = 500;
  static final int CHECK = 450;
  static final int ARRIVAL = 400;
  static final int LATE = 360;
  static final int ARRIVED = 350;
  static final int REDIRECT = 300;
  static final int WAITING_LOCAL = 200;
  static final int WAITING_HEARD = 205;
  static final int WAITING_REMOTE = 210;
  static final int PLACE = 100;
  static final int ANSWER = 104;
  static final int FOR_ALL = 106;
  static final int STRANGER = 108;
  static final int FROM_TUNNEL = 110;

  /** What a flow is to the switch: of two with the same, one takes the other's place. */
  record Identity(int table, int priority, Match match) {
    static Identity of(Flow flow) {
      return new Identity(flow.table(), flow.priority(), flow.match());
    }
  }

  private Flows() {}

  /** Whether a flow is there before a tunnel is, and goes after it. */
  static boolean isGuard(Flow flow) {
    return flow.table() == 0 && (flow.priority() == GUARD || flow.priority() == STRANGER);
  }

  static Flow guard(Vni key) {
    return Flow.of(0, GUARD, COOKIE, Match.ANY.tunnelId(key.value()));
  }

  static Flow delivery(Vni key, MacAddress mac, Port tap) {
    return Flow.of(
        0,
        DELIVERY,
        COOKIE,
        Match.ANY.tunnelId(key.value()).ethDst(mac.bits()),
        new Action.Output(tap));
  }

  /**
   * Frames of a network by where they come from. Alone on a switch, it has all; else NORMAL's VLANs
   * tell it from others, which a flow knows of a port's number, or of the tag in a frame of a port
   * that has several.
   *
   * @param access the ports that are in the network only
   */
  static List<Match> ingress(Optional<VlanTag> tag, Collection<Port> access) {
    if (tag.isEmpty()) {
      return List.of(Match.ANY);
    }
    List<Match> matches = new ArrayList<>();
    matches.add(Match.ANY.vlan(tag.get().id()));
    access.forEach(port -> matches.add(Match.ANY.inPort(port).untagged()));
    return matches;
  }

  static List<Flow> redirect(
      List<Match> ingress, MacAddress mac, Port tunnel, Collection<IpAddress> hosts) {
    return into(tunnel, REDIRECT, ingress, mac, hosts);
  }

  static List<Flow> late(
      List<Match> remote, MacAddress mac, Port tunnel, Collection<IpAddress> hosts) {
    return into(tunnel, LATE, remote, mac, hosts);
  }

  private static List<Flow> into(
      Port tunnel, int priority, List<Match> ingress, MacAddress mac, Collection<IpAddress> hosts) {
    List<Action> actions = new ArrayList<>();
    for (IpAddress host : hosts) {
      actions.add(SharedPort.toward(host));
      actions.add(new Action.Output(tunnel));
    }
    return toCard(priority, ingress, mac, actions).stream()
        .map(flow -> flow.hardTimeout(SAFETY))
        .toList();
  }

  /**
   * What is flooded by others is in their tunnels; what is sent here reaches the card's host. Where
   * that is known, no other gets it: one that the card has left a moment ago would pass it on, and
   * the card would get it twice. Where it is not, the card's next frame has the switch know it.
   *
   * @param host the card's; empty where it is not known
   */
  static List<Flow> waiting(Uplink uplink, MacAddress mac, Optional<IpAddress> host) {
    List<Action> there = host.map(List::of).map(uplink::to).orElseGet(uplink::toAll);
    List<Flow> flows = new ArrayList<>(toCard(WAITING_LOCAL, uplink.local(), mac, there));
    for (Match from : uplink.remote()) {
      flows.add(Flow.of(0, WAITING_REMOTE, COOKIE, from.ethDst(mac.bits())));
    }
    return flows.stream().map(flow -> flow.hardTimeout(SAFETY)).toList();
  }

  /**
   * NORMAL learns the card's place of the same frame; its word counts again once the daemon has
   * heard of the arrival and takes these flows away.
   */
  static Flow arrival(MacAddress mac, Port from, List<Action> onward) {
    return sighting(ARRIVED, mac, from, onward);
  }

  /**
   * @param priority that of the flow which the switch makes
   */
  static Flow sighting(int priority, MacAddress mac, Port from, List<Action> onward) {
    List<Action> actions = new ArrayList<>();
    actions.add(Action.Learn.place(0, priority, COOKIE, SAFETY, mac.bits()));
    actions.addAll(onward);
    return new Flow(
        0, ARRIVAL, COOKIE, 0, SAFETY, Match.ANY.inPort(from).ethSrc(mac.bits()), actions);
  }

  /** What {@link #arrival} has the switch make. */
  static Flow arrived(MacAddress mac, Port at) {
    return seen(ARRIVED, mac, at);
  }

  /** What {@link #sighting} has the switch make. */
  static Flow seen(int priority, MacAddress mac, Port at) {
    return Flow.of(0, priority, COOKIE, Match.ANY.ethDst(mac.bits()), new Action.Output(at))
        .hardTimeout(SAFETY);
  }

  /** A network's tag never leaves the host. */
  static List<Flow> toCard(
      int priority, List<Match> ingress, MacAddress mac, List<Action> actions) {
    List<Flow> flows = new ArrayList<>();
    for (Match from : ingress) {
      List<Action> all = new ArrayList<>();
      if (from.fields().containsKey(Field.VLAN_VID) && !from.fields().containsKey(Field.IN_PORT)) {
        all.add(new Action.PopVlan());
      }
      all.addAll(actions);
      flows.add(new Flow(0, priority, COOKIE, 0, 0, from.ethDst(mac.bits()), all));
    }
    return flows;
  }
}

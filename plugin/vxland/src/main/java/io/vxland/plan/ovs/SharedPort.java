package io.vxland.plan.ovs;

import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.openflow.Action;
import io.vxland.openflow.Field;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Lesson;
import io.vxland.openflow.Match;
import io.vxland.openflow.Port;
import io.vxland.openflow.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One port for all networks and hosts of a switch: {@code tun_id} says which network, {@code
 * tun_dst} which host. Both are the frame's from when a flow sets them, also for what looks it up
 * afterwards, which needs no registers then:
 *
 * <ol>
 *   <li>table 0 gives a card's frame the network's key, and learns that the card is here; of what
 *       another host has sent, it learns that the card is there, and NORMAL delivers it;
 *   <li>{@link #PLACES} says behind which host the card is that a frame is for, also if it is this
 *       one: what was learned, and above it what is known;
 *   <li>{@link #FORWARD} delivers it here, sends it there, or, where it is not known, delivers it
 *       and sends a copy to each host.
 * </ol>
 *
 * NORMAL never sends by this port: a frame of a card here has no {@code tun_dst} then, and one that
 * came by it does not go back.
 *
 * @param vni the network
 * @param tag its VLAN on the switch, which does not leave the host
 * @param self this host
 * @param peers the others
 * @param port the port
 * @param frames the network's frames of cards here
 */
record SharedPort(
    Vni vni,
    Optional<VlanTag> tag,
    IpAddress self,
    List<IpAddress> peers,
    Port port,
    List<Match> frames)
    implements Uplink {
  /** Where it is looked up behind which host a card is. */
  static final int PLACES = 2;

  /** Where a frame is sent. */
  static final int FORWARD = 3;

  /** In {@link #PLACES}, what is known is above what was learned. */
  static final int KNOWN = 200;

  static final int LEARNED = 100;

  /** Seconds after its last frame that a card is forgotten, as by NORMAL (mac-aging-time). */
  static final int AGEING = 300;

  /** As many as NORMAL learns (mac-table-size); what is not learned is sent to all. */
  static final int MOST_LEARNED = 8192;

  private static final int HERE = 20;
  private static final int THERE = 20;
  private static final int ANYWHERE = 10;
  private static final int CUSTOMER_TAG = 0x8100;
  private static final int TAG_PRESENT = 0x1000;
  private static final long COOKIE = SwitchOwnership.COOKIE;
  private static final Value GROUP = Value.mac(0x0100_0000_0000L);
  private static final Action DELIVER = new Action.Output(Port.NORMAL);

  /** What comes by the port and is no network's, or no peer's, is dropped. */
  static Flow stranger(IpAddress self) {
    return Flow.of(0, Flows.STRANGER, COOKIE, Match.ANY.with(destination(self), value(self)));
  }

  /** Whether a flow is one that a switch has made itself for one of these networks. */
  static boolean isLearned(Flow flow, Collection<Vni> networks) {
    Match.Bits key = flow.match().fields().get(Field.TUNNEL_ID);
    return flow.table() == PLACES
        && flow.priority() == LEARNED
        && key != null
        && networks.stream().anyMatch(vni -> vni.value() == key.value().low());
  }

  /** Sets which host a frame goes to. */
  static Action toward(IpAddress host) {
    return new Action.SetField(destination(host), value(host));
  }

  private static Field destination(IpAddress host) {
    return host.family() == IpAddress.Family.V4 ? Field.TUN_IPV4_DST : Field.TUN_IPV6_DST;
  }

  private static Field source(IpAddress host) {
    return host.family() == IpAddress.Family.V4 ? Field.TUN_IPV4_SRC : Field.TUN_IPV6_SRC;
  }

  private static Value value(IpAddress host) {
    ByteBuffer bytes = ByteBuffer.wrap(host.toBytes());
    return host.family() == IpAddress.Family.V4
        ? Value.ipv4(bytes.getInt())
        : Value.ipv6(bytes.getLong(), bytes.getLong());
  }

  private IpAddress nobody() {
    return new IpAddress(self.family(), 0, 0);
  }

  @Override
  public List<Match> ingress() {
    return Stream.concat(local().stream(), remote().stream()).toList();
  }

  @Override
  public List<Match> local() {
    return frames.stream().map(from -> from.with(source(self), value(nobody()))).toList();
  }

  @Override
  public List<Match> remote() {
    return peers.stream().map(peer -> ours().with(source(peer), value(peer))).toList();
  }

  private Match ours() {
    return Match.ANY.tunnelId(vni.value());
  }

  @Override
  public List<Action> to(Collection<IpAddress> hosts) {
    List<Action> actions = new ArrayList<>();
    actions.add(new Action.SetField(Field.TUNNEL_ID, Value.u64(vni.value())));
    for (IpAddress host : hosts) {
      if (peers.contains(host)) {
        actions.add(toward(host));
        actions.add(new Action.Output(port));
      }
    }
    return actions;
  }

  @Override
  public List<Action> toAll() {
    return to(peers);
  }

  @Override
  public List<Action> onward() {
    return List.of(
        new Action.SetField(Field.TUNNEL_ID, Value.u64(vni.value())),
        learn(new Lesson.Load(destination(self), value(self))),
        new Action.Resubmit(PLACES),
        new Action.Resubmit(FORWARD));
  }

  private Action learn(Lesson place) {
    return new Action.Learn(
        PLACES,
        LEARNED,
        COOKIE,
        AGEING,
        MOST_LEARNED,
        List.of(
            new Lesson.Is(Field.TUNNEL_ID, Value.u64(vni.value())),
            new Lesson.Same(Field.ETH_DST, Field.ETH_SRC),
            place));
  }

  @Override
  public List<Flow> place(MacAddress mac, IpAddress host) {
    return peers.contains(host)
        ? List.of(Flow.of(PLACES, KNOWN, COOKIE, ours().ethDst(mac.bits()), toward(host)))
        : List.of();
  }

  @Override
  public List<Flow> sightings(MacAddress mac, int priority) {
    List<Flow> flows = new ArrayList<>();
    for (IpAddress peer : peers) {
      Match from = untagged(ours().with(source(peer), value(peer))).ethSrc(mac.bits());
      List<Action> actions = new ArrayList<>();
      actions.add(
          new Action.Learn(
              0,
              priority,
              COOKIE,
              Flows.SAFETY,
              0,
              List.of(
                  new Lesson.Is(Field.ETH_DST, Value.mac(mac.bits())),
                  new Lesson.Load(Field.TUNNEL_ID, Value.u64(vni.value())),
                  new Lesson.Load(destination(peer), value(peer)),
                  new Lesson.OutputHere())));
      actions.addAll(received());
      flows.add(new Flow(0, Flows.ARRIVAL, COOKIE, 0, Flows.SAFETY, from, actions));
    }
    return flows;
  }

  @Override
  public SortedMap<IpAddress, Flow> seen(MacAddress mac, int priority) {
    SortedMap<IpAddress, Flow> flows = new TreeMap<>();
    for (IpAddress peer : peers) {
      List<Action> actions = new ArrayList<>();
      actions.add(new Action.Load(Field.TUNNEL_ID, Value.u64(vni.value())));
      if (peer.family() == IpAddress.Family.V4) {
        actions.add(new Action.Load(destination(peer), value(peer)));
      } else {
        actions.add(new Action.LoadHalf(destination(peer), false, peer.low()));
        actions.add(new Action.LoadHalf(destination(peer), true, peer.high()));
      }
      actions.add(new Action.Output(port));
      flows.put(
          peer,
          new Flow(0, priority, COOKIE, 0, Flows.SAFETY, Match.ANY.ethDst(mac.bits()), actions));
    }
    return flows;
  }

  @Override
  public List<Flow> forwarding(boolean places) {
    List<Flow> flows = new ArrayList<>();
    for (Match from : remote()) {
      flows.add(
          new Flow(0, Flows.FROM_TUNNEL, COOKIE, 0, 0, ofOneCard(untagged(from)), received()));
    }
    for (Match from : local()) {
      flows.add(new Flow(0, HERE, COOKIE, 0, 0, ofOneCard(from), onward()));
    }
    flows.add(
        Flow.of(
            FORWARD,
            THERE,
            COOKIE,
            ours().with(destination(self), value(self)),
            toward(nobody()),
            DELIVER));
    if (tag.isEmpty()) {
      forward(flows, ours(), List.of());
    } else {
      forward(flows, ours().vlan(tag.get().id()), List.of(new Action.PopVlan()));
      forward(flows, ours().untagged(), List.of());
    }
    return flows;
  }

  private void forward(List<Flow> flows, Match frames, List<Action> bare) {
    for (IpAddress peer : peers) {
      List<Action> actions = new ArrayList<>(bare);
      actions.add(new Action.Output(port));
      Match there = frames.with(destination(peer), value(peer));
      flows.add(new Flow(FORWARD, THERE, COOKIE, 0, 0, there, actions));
    }
    List<Action> actions = new ArrayList<>(List.of(toward(nobody()), DELIVER));
    actions.addAll(bare);
    // NORMAL tries ports with a key of their own, too, and leaves that behind where it sends
    // nothing.
    actions.addAll(to(peers));
    flows.add(new Flow(FORWARD, ANYWHERE, COOKIE, 0, 0, frames, actions));
  }

  /** A tag that a VM has put on itself would be one of this switch's. */
  private Match untagged(Match from) {
    return tag.isPresent() ? from.untagged() : from;
  }

  private List<Action> received() {
    List<Action> actions = new ArrayList<>();
    actions.add(learn(new Lesson.Copy(source(self), destination(self))));
    tag.ifPresent(
        vlan -> {
          actions.add(new Action.PushVlan(CUSTOMER_TAG));
          actions.add(new Action.SetField(Field.VLAN_VID, Value.u16(TAG_PRESENT | vlan.id())));
        });
    actions.add(DELIVER);
    return actions;
  }

  /** Whoever says to be a group of cards would draw on himself what is for all. */
  private static Match ofOneCard(Match from) {
    return from.with(Field.ETH_SRC, Value.mac(0), GROUP);
  }
}

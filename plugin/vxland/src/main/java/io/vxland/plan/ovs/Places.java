package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.openflow.Action;
import io.vxland.openflow.Field;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Port;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a switch sends the frames of one network: by its tunnels, our flows, and what it learned.
 */
public final class Places {
  private final Switch wanted;
  private final Vni vni;
  private final Cards cards;
  private final ActualSwitch there;
  private final SortedMap<InterfaceName, ActualPort> ports;
  private final Map<Port, InterfaceName> names = new HashMap<>();
  private final Set<Place> all = new LinkedHashSet<>();

  private Places(Switch wanted, Vni vni, ActualSwitch there) {
    this.wanted = wanted;
    this.vni = vni;
    this.cards = wanted.cards().get(vni);
    this.there = there;
    this.ports = new TreeMap<>(there.ports());
    names.put(Port.LOCAL, wanted.name());
    ports.forEach((name, port) -> port.number().ifPresent(number -> names.put(number, name)));
  }

  /**
   * Those of a network that are there or should be.
   *
   * @param vni of one of the switch's networks
   * @param learned what the switch has learned, all networks in one
   */
  public static List<Place> of(Switch wanted, Vni vni, ActualSwitch there, List<Learned> learned) {
    Places places = new Places(wanted, vni, there);
    places.tunnels();
    places.flows();
    learned.forEach(places::learned);
    return List.copyOf(places.all);
  }

  private void tunnels() {
    Set<Tunnel.Key> seen = new HashSet<>();
    ports.forEach(
        (name, port) -> {
          Optional<IpAddress> host = host(port);
          if (host.isPresent() && port.owner().equals(Optional.of(SwitchOwnership.Owner.of(vni)))) {
            Tunnel.Key key = Tunnel.Key.to(vni, host.get());
            boolean first = seen.add(key) && wanted.tunnels().containsKey(key);
            add(Optional.empty(), host, Optional.of(name), Place.Origin.OURS, first, true);
          } else if (host.isPresent() && isOfNetwork(port)) {
            add(Optional.empty(), host, Optional.of(name), Place.Origin.FOREIGN, false, true);
          }
        });
    if (cards.byFlow().isPresent()) {
      sharedTunnel();
      return;
    }
    for (IpAddress peer : wanted.peers(vni)) {
      if (!seen.contains(Tunnel.Key.to(vni, peer))) {
        add(Optional.empty(), Optional.of(peer), Optional.empty(), Place.Origin.OURS, true, false);
      }
    }
  }

  private void sharedTunnel() {
    Optional<InterfaceName> name = shared();
    for (IpAddress peer : wanted.peers(vni)) {
      add(Optional.empty(), Optional.of(peer), name, Place.Origin.OURS, true, name.isPresent());
    }
  }

  private Optional<InterfaceName> shared() {
    return ports.entrySet().stream()
        .filter(port -> port.getValue().owner().equals(Optional.of(SwitchOwnership.Owner.ALL)))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** A tunnel of somebody else's that brings frames into the network all the same. */
  private boolean isOfNetwork(ActualPort port) {
    return port.owner().isEmpty()
        && port.tag().equals(cards.tag())
        && vni.toString().equals(port.options().get("key"));
  }

  private static Optional<IpAddress> host(ActualPort port) {
    try {
      return Optional.ofNullable(port.options().get("remote_ip"))
          .filter(remote -> !remote.equals(Tunnel.BY_FLOW))
          .map(IpAddress::parse);
    } catch (InvalidValueException aName) {
      return Optional.empty();
    }
  }

  private void flows() {
    Set<Flow> flows = there.flows().packets().keySet();
    Optional<Uplink> uplink = Uplink.of(vni, cards, new PortNumbers(there));
    cards.places().forEach((mac, host) -> known(mac, host, uplink, flows));
    if (cards.byFlow().isPresent()) {
      learnedByFlow(flows);
    } else {
      unwanted(flows);
    }
  }

  private void known(MacAddress mac, IpAddress host, Optional<Uplink> uplink, Set<Flow> flows) {
    List<Flow> way = uplink.map(up -> up.place(mac, host)).orElse(List.of());
    Optional<InterfaceName> port =
        cards.byFlow().isPresent()
            ? shared()
            : way.stream().flatMap(flow -> target(flow).stream()).findFirst().flatMap(this::name);
    boolean present = !way.isEmpty() && flows.containsAll(way);
    add(Optional.of(mac), Optional.of(host), port, Place.Origin.OURS, true, present);
  }

  /** Those that the next pass takes away. */
  private void unwanted(Set<Flow> flows) {
    Map<Port, IpAddress> hosts = new HashMap<>();
    new PortNumbers(there)
        .tunnels(vni)
        .forEach((key, port) -> key.remote().ifPresent(host -> hosts.put(port, host)));
    flows.stream()
        .filter(flow -> flow.priority() == Flows.PLACE)
        .forEach(
            flow ->
                target(flow)
                    .filter(hosts::containsKey)
                    .filter(port -> !hosts.get(port).equals(cards.places().get(mac(flow))))
                    .ifPresent(
                        port ->
                            add(
                                Optional.of(mac(flow)),
                                Optional.of(hosts.get(port)),
                                name(port),
                                Place.Origin.OURS,
                                false,
                                true)));
  }

  /** Where one port is all hosts', the switch learns in flows behind which of them a card is. */
  private void learnedByFlow(Set<Flow> flows) {
    for (Flow flow : flows) {
      if (SharedPort.isLearned(flow, Set.of(vni))
          && flow.match().fields().containsKey(Field.ETH_DST)) {
        wanted.peers(vni).stream()
            .filter(peer -> flow.actions().equals(List.of(SharedPort.toward(peer))))
            .forEach(
                host ->
                    add(
                        Optional.of(mac(flow)),
                        Optional.of(host),
                        shared(),
                        Place.Origin.LEARNED,
                        false,
                        true));
      }
    }
  }

  private static MacAddress mac(Flow flow) {
    return new MacAddress(flow.match().fields().get(Field.ETH_DST).value().low());
  }

  private static Optional<Port> target(Flow flow) {
    return flow.actions().stream()
        .filter(Action.Output.class::isInstance)
        .map(action -> ((Action.Output) action).port())
        .findFirst()
        .filter(port -> flow.match().fields().containsKey(Field.ETH_DST));
  }

  /** A port that the database does not have any more takes its entries with it. */
  private void learned(Learned entry) {
    boolean inNetwork = cards.tag().map(tag -> tag.id() == entry.vlan()).orElse(true);
    Optional<InterfaceName> name = name(entry.port()).filter(each -> !isByFlow(ports.get(each)));
    if (!inNetwork || name.isEmpty()) {
      return;
    }
    add(
        Optional.of(entry.mac()),
        name.map(each -> ports.get(each)).flatMap(Places::host),
        name,
        entry.byHand() ? Place.Origin.FOREIGN : Place.Origin.LEARNED,
        false,
        true);
  }

  private static boolean isByFlow(ActualPort port) {
    return port != null && Tunnel.BY_FLOW.equals(port.options().get("remote_ip"));
  }

  private Optional<InterfaceName> name(Port number) {
    return Optional.ofNullable(names.get(number));
  }

  private void add(
      Optional<MacAddress> mac,
      Optional<IpAddress> host,
      Optional<InterfaceName> port,
      Place.Origin origin,
      boolean wantedToo,
      boolean present) {
    all.add(new Place(mac, host, port, origin, wantedToo, present));
  }
}

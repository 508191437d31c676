package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.openflow.Action;
import io.vxland.openflow.Field;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Match;
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
          if (host.isPresent() && port.owner().equals(Optional.of(vni))) {
            Tunnel.Key key = Tunnel.Key.to(vni, host.get());
            boolean first = seen.add(key) && wanted.tunnels().containsKey(key);
            add(Optional.empty(), host, Optional.of(name), Place.Origin.OURS, first, true);
          } else if (host.isPresent() && isOfNetwork(port)) {
            add(Optional.empty(), host, Optional.of(name), Place.Origin.FOREIGN, false, true);
          }
        });
    for (IpAddress peer : wanted.peers(vni)) {
      if (!seen.contains(Tunnel.Key.to(vni, peer))) {
        add(Optional.empty(), Optional.of(peer), Optional.empty(), Place.Origin.OURS, true, false);
      }
    }
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
    PortNumbers numbers = new PortNumbers(there);
    SortedMap<Tunnel.Key, Port> tunnels = numbers.tunnels(vni);
    List<Match> ingress =
        Flows.ingress(cards.tag(), cards.tag().map(numbers::access).orElse(List.of()));
    Map<MacAddress, Port> present = new HashMap<>();
    there.flows().packets().keySet().stream()
        .filter(flow -> flow.priority() == Flows.PLACE)
        .forEach(
            flow ->
                target(flow)
                    .filter(port -> tunnels.containsValue(port))
                    .ifPresent(port -> present.put(mac(flow), port)));
    cards
        .places()
        .forEach(
            (mac, host) -> {
              Port port = tunnels.get(Tunnel.Key.to(vni, host));
              boolean complete =
                  port != null
                      && there
                          .flows()
                          .packets()
                          .keySet()
                          .containsAll(Flows.place(ingress, mac, port));
              add(
                  Optional.of(mac),
                  Optional.of(host),
                  Optional.ofNullable(port).flatMap(this::name),
                  Place.Origin.OURS,
                  true,
                  complete);
              if (port != null && port.equals(present.get(mac))) {
                present.remove(mac);
              }
            });
    present.forEach(
        (mac, port) ->
            name(port)
                .ifPresent(
                    name ->
                        add(
                            Optional.of(mac),
                            host(ports.get(name)),
                            Optional.of(name),
                            Place.Origin.OURS,
                            false,
                            true)));
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

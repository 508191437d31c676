package io.vxland.plan;

import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.OverlayOptions.Replication;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What is wanted of a network where zebra takes part. It takes every VXLAN device in a bridge for
 * an EVPN's: what the network's own options say of other hosts cannot hold beside.
 */
final class EvpnDesire {
  private EvpnDesire() {}

  /**
   * Of a network.
   *
   * @param ports the cards of this host
   * @throws InvalidValueException if the network has hosts of its own choice
   */
  static Segment.Evpn of(
      Network network,
      Knowledge.Routing routing,
      Collection<LocalPort> ports,
      Consumer<Problem> problems) {
    OverlayOptions options = network.options();
    if (!(options.replication() instanceof Replication.ControlPlane)) {
      throw new InvalidValueException(
          "'peers', 'remote' and 'group' cannot be used with [control] mode = evpn");
    }
    if (!options.entries().isEmpty() || options.flood() != Flooding.ALL) {
      problems.accept(
          new Problem(
              "network '" + network.name() + "'",
              "'entry' and 'flood' have no effect with [control] mode = evpn, where FRR decides"));
    }
    SortedMap<MacAddress, InterfaceName> cards = new TreeMap<>();
    ports.stream()
        .filter(port -> port.vni().equals(network.vni()))
        .filter(LocalPort::isHere)
        .sorted()
        .forEach(port -> port.tap().ifPresent(tap -> cards.putIfAbsent(port.mac(), tap)));
    SortedSet<IpAddress> hosts = new TreeSet<>();
    routing
        .hosts()
        .getOrDefault(network.vni(), new TreeSet<>())
        .forEach(host -> hosts.add(host.address()));
    return new Segment.Evpn(
        Collections.unmodifiableSortedMap(cards),
        routing.duplicates().getOrDefault(network.vni(), Set.of()),
        Collections.unmodifiableSortedSet(hosts));
  }
}

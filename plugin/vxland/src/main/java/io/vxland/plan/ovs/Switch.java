package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Mtu;
import io.vxland.model.NetworkName;
import io.vxland.model.SwitchOptions.Datapath;
import io.vxland.model.Vni;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * A bridge of Open vSwitch, as it should be.
 *
 * @param name its name
 * @param datapath what forwards
 * @param mtu the least of its networks
 * @param networks who is on it, by VNI
 * @param tunnels its ports to other hosts
 * @param cards what it does for the cards of each network
 * @param gateways the networks that may have a port to another network here
 */
public record Switch(
    InterfaceName name,
    Datapath datapath,
    Mtu mtu,
    SortedMap<Vni, NetworkName> networks,
    SortedMap<Tunnel.Key, Tunnel> tunnels,
    SortedMap<Vni, Cards> cards,
    SortedSet<Vni> gateways) {

  /** The hosts that a network's tunnels lead to. */
  public List<IpAddress> peers(Vni vni) {
    return List.copyOf(cards.get(vni).peers());
  }

  /** The same without tunnels for some networks; one that they share with others goes, too. */
  Switch without(Set<Vni> apart) {
    if (apart.isEmpty()) {
      return this;
    }
    SortedMap<Tunnel.Key, Tunnel> left = new TreeMap<>(tunnels);
    left.keySet().removeIf(key -> key.vni().isEmpty() || apart.contains(key.vni().get()));
    return new Switch(name, datapath, mtu, networks, left, cards, gateways);
  }
}

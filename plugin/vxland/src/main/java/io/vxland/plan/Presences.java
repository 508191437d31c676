package io.vxland.plan;

import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Prefix;
import io.vxland.model.Presence;
import io.vxland.model.Presence.Card;
import io.vxland.model.Presence.Holder;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** What others are told of this host. */
public final class Presences {
  /** Of cards that are the host's own. */
  private static final UUID NO_DOMAIN = new UUID(0, 0);

  private Presences() {}

  /**
   * Of networks and cards at one moment.
   *
   * @param networks the networks of this host
   * @param ports the cards of VMs on this host
   * @param self where this host's tunnels end
   * @param hostName whose the host's own cards are
   */
  public static Presence of(
      Set<Network> networks, Set<LocalPort> ports, Vtep self, String hostName) {
    TreeSet<Vni> vnis = new TreeSet<>();
    SortedMap<Card, Holder> cards = new TreeMap<>();
    for (Network network : networks) {
      vnis.add(network.vni());
      List<IpAddress> own = network.options().addresses().stream().map(Prefix::address).toList();
      if (!own.isEmpty() && network.template() == Template.BRIDGE) {
        cards.put(
            new Card(network.vni(), ownMac(network, self)),
            new Holder(NO_DOMAIN, hostName, own, true));
      }
    }
    for (LocalPort port : ports) {
      if (port.isHere() && port.tap().isPresent() && vnis.contains(port.vni())) {
        cards.put(
            new Card(port.vni(), port.mac()),
            new Holder(port.domain(), port.domainName(), port.addresses(), port.named()));
      }
    }
    return new Presence(vnis, cards);
  }

  private static MacAddress ownMac(Network network, Vtep self) {
    return DerivedMac.of(
        self,
        network.vni(),
        network.bridge().isPresent() ? DerivedMac.Role.BRIDGE : DerivedMac.Role.VXLAN);
  }
}

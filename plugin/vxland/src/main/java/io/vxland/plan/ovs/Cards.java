package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a switch does for the cards of one network, besides NORMAL.
 *
 * @param tag the network's; empty on a switch that has one network
 * @param tunnelKey what frames for cards on their way bear; empty while none is on its way
 * @param peers the hosts of the network
 * @param redirected the cards that a migration has paused here, with the host that they go to; the
 *     value is empty where it may be any peer
 * @param deliveries the taps of the cards that come here
 * @param incoming those of them that still run elsewhere
 * @param places the cards that are known to be at other hosts
 */
public record Cards(
    Optional<VlanTag> tag,
    Optional<Vni> tunnelKey,
    SortedSet<IpAddress> peers,
    SortedMap<MacAddress, Optional<IpAddress>> redirected,
    SortedMap<MacAddress, InterfaceName> deliveries,
    SortedSet<MacAddress> incoming,
    SortedMap<MacAddress, IpAddress> places) {

  /** Copies the collections. */
  public Cards {
    peers = sorted(peers);
    redirected = sorted(redirected);
    deliveries = sorted(deliveries);
    incoming = sorted(incoming);
    places = sorted(places);
  }

  private static <T extends Comparable<T>> SortedSet<T> sorted(Set<T> set) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(set));
  }

  private static <T> SortedMap<MacAddress, T> sorted(Map<MacAddress, T> map) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }
}

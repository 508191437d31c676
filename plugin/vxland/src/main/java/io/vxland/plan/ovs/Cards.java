package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.plan.PortFilter;
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
 * @param byFlow this host, where flows say to which one of the others a frame goes; empty where
 *     each has a port
 * @param peers the hosts of the network
 * @param redirected the cards that a migration has paused here, with the host that they go to; the
 *     value is empty where it may be any peer
 * @param late those that other hosts may still take to be here, which they are no more
 * @param deliveries the taps of the cards that come here
 * @param incoming those of them that still run elsewhere
 * @param places the cards that are known to be at other hosts
 * @param answers the addresses that are known to be theirs
 * @param filter what the taps here may not send; empty: there is none that is to be filtered
 */
public record Cards(
    Optional<VlanTag> tag,
    Optional<Vni> tunnelKey,
    Optional<IpAddress> byFlow,
    SortedSet<IpAddress> peers,
    SortedMap<MacAddress, Optional<IpAddress>> redirected,
    SortedSet<MacAddress> late,
    SortedMap<MacAddress, InterfaceName> deliveries,
    SortedSet<MacAddress> incoming,
    SortedMap<MacAddress, IpAddress> places,
    SortedMap<IpAddress, MacAddress> answers,
    Optional<PortFilter> filter) {

  /** Copies the collections. */
  public Cards {
    peers = sorted(peers);
    redirected = sorted(redirected);
    late = sorted(late);
    deliveries = sorted(deliveries);
    incoming = sorted(incoming);
    places = sorted(places);
    answers = sorted(answers);
  }

  private static <T extends Comparable<T>> SortedSet<T> sorted(Set<T> set) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(set));
  }

  private static <K extends Comparable<K>, V> SortedMap<K, V> sorted(Map<K, V> map) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }
}

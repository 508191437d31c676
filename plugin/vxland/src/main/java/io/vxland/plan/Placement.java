package io.vxland.plan;

import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Behind which hosts the cards of a network are that are not here.
 *
 * @param places the hosts. Of two at which a card is said to be it is the lower one
 * @param problems cards that are said to be at two hosts, or at one that cannot be reached
 */
record Placement(Map<MacAddress, Vtep> places, List<Problem> problems) {

  /**
   * Of a network.
   *
   * @param local this host
   * @param ports the cards of this host
   * @param locations where cards are said to be
   */
  static Placement of(
      Network network, Vtep local, Collection<LocalPort> ports, List<Location> locations) {
    // One that is leaving is where others say, as soon as they do.
    Set<MacAddress> here =
        ports.stream()
            .filter(port -> port.vni().equals(network.vni()))
            .filter(port -> port.state() == LocalPort.State.HERE)
            .map(LocalPort::mac)
            .collect(Collectors.toSet());
    Map<MacAddress, Vtep> places = new HashMap<>();
    Set<MacAddress> disputed = new HashSet<>();
    List<Problem> problems = new ArrayList<>();
    for (Location location : locations) {
      MacAddress mac = location.mac();
      Vtep host = location.vtep();
      if (host.equals(local) || here.contains(mac)) {
        continue;
      }
      if (host.address().family() != local.address().family()) {
        problems.add(problem(network, unreachable(location, local)));
        continue;
      }
      Vtep before = places.putIfAbsent(mac, host);
      if (before != null && !before.equals(host)) {
        disputed.add(mac);
        places.put(mac, before.compareTo(host) <= 0 ? before : host);
      }
    }
    disputed.forEach(
        mac ->
            problems.add(
                problem(
                    network,
                    mac + " is said to be at two hosts; the entry is for " + places.get(mac))));
    return new Placement(Collections.unmodifiableMap(places), List.copyOf(problems));
  }

  private static String unreachable(Location location, Vtep local) {
    return location.mac()
        + " is at "
        + location.vtep()
        + ", which cannot be reached from "
        + local
        + ": they are of different IP versions";
  }

  private static Problem problem(Network network, String message) {
    return new Problem("network '" + network.name() + "'", message);
  }
}

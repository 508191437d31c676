package io.vxland.plan;

import io.vxland.model.IpAddress;
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
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Behind which host each port of a network is that is not here: the one rule for every data plane.
 * A host that cannot be reached is none. Of two hosts the lower one is taken.
 *
 * @param places the hosts of the ports elsewhere
 * @param problems ports that are said to be at two hosts, or at one that cannot be reached
 */
public record Placement(Map<MacAddress, Vtep> places, List<Problem> problems) {

  /**
   * Decides for a network.
   *
   * @param local this host
   * @param ports the ports of this host, of any network
   * @param locations where ports are said to be
   * @param tunnels the hosts that the data plane has tunnels to; empty where one device sends to
   *     every host
   */
  public static Placement of(
      Network network,
      Vtep local,
      Collection<LocalPort> ports,
      List<Location> locations,
      Optional<? extends Set<IpAddress>> tunnels) {
    // One that is leaving is where others say, as soon as they do.
    Set<MacAddress> here =
        ports.stream()
            .filter(port -> port.vni().equals(network.vni()))
            .filter(LocalPort::isHere)
            .map(LocalPort::mac)
            .collect(Collectors.toSet());
    List<Problem> problems = new ArrayList<>(twins(network, ports));
    Map<MacAddress, Vtep> places = new HashMap<>();
    Set<MacAddress> disputed = new HashSet<>();
    for (Location location : locations) {
      MacAddress mac = location.mac();
      Vtep host = location.vtep();
      if (host.equals(local) || here.contains(mac)) {
        continue;
      }
      Optional<String> objection = objection(location, local, tunnels);
      if (objection.isPresent()) {
        problems.add(problem(network, objection.get()));
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
                    mac + " is claimed by two hosts; its FDB entry points to " + places.get(mac))));
    return new Placement(Collections.unmodifiableMap(places), List.copyOf(problems));
  }

  /** Of two VMs with one MAC address, one may have its link down; it may come up. */
  private static List<Problem> twins(Network network, Collection<LocalPort> ports) {
    Map<MacAddress, SortedSet<String>> vms = new TreeMap<>();
    for (LocalPort port : ports) {
      if (port.vni().equals(network.vni()) && port.isHere()) {
        vms.computeIfAbsent(port.mac(), mac -> new TreeSet<>()).add("'" + port.domainName() + "'");
      }
    }
    return vms.entrySet().stream()
        .filter(entry -> entry.getValue().size() > 1)
        .map(
            entry ->
                problem(
                    network,
                    "VMs "
                        + String.join(" and ", entry.getValue())
                        + " of this host have the MAC address "
                        + entry.getKey()
                        + "; give one of them another, or set the link of its NIC down with: virsh"
                        + " domif-setlink"))
        .toList();
  }

  /** Whether frames can be tunnelled from one host to another. */
  static boolean isReachable(Vtep local, Vtep host) {
    return !host.equals(local) && host.address().family() == local.address().family();
  }

  private static Optional<String> objection(
      Location location, Vtep local, Optional<? extends Set<IpAddress>> tunnels) {
    Vtep host = location.vtep();
    if (!isReachable(local, host)) {
      return Optional.of(
          location.mac()
              + " is at "
              + host
              + ", which cannot be reached from "
              + local
              + ": their IP versions differ");
    }
    return tunnels.isPresent() && !tunnels.get().contains(host.address())
        ? Optional.of(
            location.mac()
                + " is at "
                + host
                + ", to which there is no tunnel; frames for it are flooded; add the host to"
                + " 'peers'")
        : Optional.empty();
  }

  private static Problem problem(Network network, String message) {
    return new Problem("network '" + network.name() + "'", message);
  }
}

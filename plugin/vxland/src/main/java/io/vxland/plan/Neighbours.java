package io.vxland.plan;

import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whose the addresses in a network are. The host's own are left out.
 *
 * @param entries the cards of other hosts by their addresses. Of two that have the same address it
 *     is the lower one; one that a card of this host has is nobody else's
 * @param here the cards that run on this host by their addresses
 * @param problems the addresses that two cards have
 */
record Neighbours(
    SortedMap<IpAddress, MacAddress> entries,
    SortedMap<IpAddress, MacAddress> here,
    List<Problem> problems) {

  /** A card that has an address; those of this host come first. */
  private record Owner(MacAddress mac, boolean here, String name) implements Comparable<Owner> {
    @Override
    public int compareTo(Owner other) {
      int byPlace = Boolean.compare(other.here, here);
      return byPlace != 0 ? byPlace : mac.compareTo(other.mac);
    }
  }

  /**
   * Of a network.
   *
   * @param ports the cards of this host
   * @param locations the cards of other hosts
   */
  static Neighbours of(Network network, Collection<LocalPort> ports, List<Location> locations) {
    Set<IpAddress> own =
        network.options().addresses().stream().map(Prefix::address).collect(Collectors.toSet());
    SortedMap<IpAddress, List<Owner>> owners = new TreeMap<>();
    for (Location location : locations) {
      for (IpAddress address : location.addresses()) {
        if (!own.contains(address)) {
          owners
              .computeIfAbsent(address, any -> new ArrayList<>(1))
              .add(new Owner(location.mac(), false, location.mac() + " at " + location.vtep()));
        }
      }
    }
    SortedMap<IpAddress, List<Owner>> here = new TreeMap<>();
    for (LocalPort port : ports) {
      if (port.vni().equals(network.vni()) && port.state() != LocalPort.State.INCOMING) {
        for (IpAddress address : port.addresses()) {
          here.computeIfAbsent(address, any -> new ArrayList<>(1))
              .add(
                  new Owner(
                      port.mac(), true, "VM '" + port.domainName() + "' (" + port.mac() + ")"));
        }
      }
    }
    List<Problem> problems = new ArrayList<>();
    SortedMap<IpAddress, MacAddress> entries = new TreeMap<>();
    owners.forEach(
        (address, remote) -> {
          List<Owner> all = new ArrayList<>(here.getOrDefault(address, List.of()));
          all.addAll(remote);
          all.sort(null);
          check(network, address, all, problems);
          MacAddress lowest = remote.stream().map(Owner::mac).min(MacAddress::compareTo).get();
          if (all.get(0).mac().equals(lowest)) {
            entries.put(address, lowest);
          }
        });
    here.forEach(
        (address, local) -> {
          if (!owners.containsKey(address)) {
            local.sort(null);
            check(network, address, local, problems);
          }
        });
    return new Neighbours(entries, running(network, ports, own), problems);
  }

  private static SortedMap<IpAddress, MacAddress> running(
      Network network, Collection<LocalPort> ports, Set<IpAddress> own) {
    SortedMap<IpAddress, MacAddress> running = new TreeMap<>();
    for (LocalPort port : ports) {
      if (port.vni().equals(network.vni()) && port.state() == LocalPort.State.HERE) {
        port.addresses().stream()
            .filter(address -> !own.contains(address))
            .forEach(
                address ->
                    running.merge(
                        address, port.mac(), (one, two) -> one.compareTo(two) <= 0 ? one : two));
      }
    }
    return running;
  }

  /** A card that is on its way is claimed by two hosts, and still one. */
  private static void check(
      Network network, IpAddress address, List<Owner> sorted, List<Problem> problems) {
    Owner first = sorted.get(0);
    sorted.stream()
        .filter(other -> !other.mac().equals(first.mac()))
        .findFirst()
        .ifPresent(
            other ->
                problems.add(
                    new Problem(
                        "network '" + network.name() + "'",
                        address
                            + " belongs to two cards, "
                            + first.name()
                            + " and "
                            + other.name()
                            + "; the first is taken for its owner here, give one of the two"
                            + " another address")));
  }
}

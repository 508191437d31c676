package io.vxland.directory;

import io.vxland.model.Knowledge;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a host makes of a directory: who is believed to be there still, and of several that claim a
 * card, who has it.
 *
 * @param directory the directory
 * @param self the host
 * @param now {@link System#nanoTime}
 * @param grace for how many nanoseconds one believes that a host comes back whose lease has ended
 */
public record Belief(Directory directory, Vtep self, long now, long grace) {
  /**
   * What to know of the networks of this host.
   *
   * @param replicated those of which all hosts that have them are to be known, too
   */
  public Knowledge knowledge(Collection<Vni> networks, Collection<Vni> replicated) {
    Map<Vni, SortedSet<Vtep>> replication = new HashMap<>();
    Map<Vni, List<Location>> locations = new HashMap<>();
    replicated.forEach(vni -> replication.put(vni, others(vni)));
    networks.forEach(vni -> locations.put(vni, elsewhere(vni)));
    return new Knowledge(true, replication, locations);
  }

  /** The entries that {@link #knowledge} comes from. */
  public List<Stored> told(Collection<Vni> networks, Collection<Vni> replicated) {
    List<Stored> told = new ArrayList<>();
    replicated.forEach(
        vni ->
            others(vni)
                .forEach(host -> directory.get(new Key.Member(host, vni)).ifPresent(told::add)));
    networks.forEach(
        vni ->
            directory
                .cards(vni)
                .forEach(mac -> owner(vni, mac).filter(this::isElsewhere).ifPresent(told::add)));
    return told;
  }

  private boolean isElsewhere(Stored claim) {
    return !((Entry.Port) claim.entry()).vtep().equals(self);
  }

  private NavigableSet<Vtep> others(Vni vni) {
    NavigableSet<Vtep> others = new TreeSet<>();
    directory.members(vni).stream()
        .filter(host -> !host.equals(self) && isReachable(host) && isBelieved(host))
        .forEach(others::add);
    return others;
  }

  private List<Location> elsewhere(Vni vni) {
    List<Location> locations = new ArrayList<>();
    for (MacAddress mac : directory.cards(vni)) {
      owner(vni, mac)
          .filter(this::isElsewhere)
          .map(stored -> (Entry.Port) stored.entry())
          .ifPresent(port -> locations.add(port.location()));
    }
    return locations;
  }

  /**
   * The other hosts of which there is anything.
   *
   * @param name empty if it is gone
   * @param gone for how many nanoseconds; 0 if it is not
   */
  public record Host(Vtep vtep, String name, boolean alive, long gone) {}

  /** The other hosts that are there, and those that are gone and have left something. */
  public List<Host> hosts() {
    List<Host> hosts = new ArrayList<>();
    directory.alive().forEach((vtep, host) -> hosts.add(new Host(vtep, host.name(), true, 0)));
    directory
        .goneSince()
        .forEach((vtep, since) -> hosts.add(new Host(vtep, "", false, now - since)));
    hosts.removeIf(host -> host.vtep().equals(self));
    return hosts;
  }

  /** The claim to a card that counts. */
  public Optional<Stored> owner(Vni vni, MacAddress mac) {
    List<Stored> claims = directory.claims(vni, mac);
    for (int i = claims.size() - 1; i >= 0; i--) {
      if (isBelieved(((Entry.Port) claims.get(i).entry()).vtep())) {
        return Optional.of(claims.get(i));
      }
    }
    return Optional.empty();
  }

  /** There is no tunnel between hosts of which one has an IPv4 and one an IPv6 address. */
  private boolean isReachable(Vtep host) {
    return host.address().family() == self.address().family();
  }

  /** Whether what a host has said still counts; what this host has said always does. */
  public boolean isBelieved(Vtep host) {
    Long gone = directory.goneSince().get(host);
    return host.equals(self) || gone == null || now - gone < grace;
  }
}

package io.vxland.plan;

import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which port each address of a network belongs to: the one rule for every data plane.
 *
 * <p>Every port that is said to have an address claims it, wherever that port is. The claim of the
 * highest {@link Rank} holds: what an administrator names comes before what a guest was seen to
 * use. Where two ports have claims of the same rank the address is nobody's: ARP and ND requests
 * for it are then forwarded like any others, and whoever has it answers. This host answers only for
 * a port that has a place elsewhere ({@link Placement}). The addresses that the host itself has in
 * the network are left out, and so are multicast and unspecified ones.
 *
 * @param elsewhere the addresses that this host may answer for, and their ports
 * @param here the addresses of the ports that run on this host, and those ports
 * @param problems the addresses that two ports claim
 */
public record AddressOwners(
    SortedMap<IpAddress, MacAddress> elsewhere,
    SortedMap<IpAddress, MacAddress> here,
    List<Problem> problems) {

  /** How good a claim is, the best first. */
  private enum Rank {
    /** The metadata of a VM on this host name the address for its port. */
    NAMED_HERE,
    /** An administrator names the address for a port elsewhere, in metadata or as an entry. */
    NAMED_ELSEWHERE,
    /** The port is plugged in on this host, which sees what it sends. */
    HERE,
    /** The control plane says that a port elsewhere has the address. */
    ELSEWHERE;

    static Rank of(LocalPort port) {
      return port.named() ? NAMED_HERE : HERE;
    }

    static Rank of(Location location) {
      return location.named() ? NAMED_ELSEWHERE : ELSEWHERE;
    }

    boolean isNamed() {
      return this == NAMED_HERE || this == NAMED_ELSEWHERE;
    }
  }

  /**
   * A port that claims an address.
   *
   * @param name how an administrator finds it
   */
  private record Claim(Rank rank, MacAddress mac, String name) implements Comparable<Claim> {
    @Override
    public int compareTo(Claim other) {
      int byRank = rank.compareTo(other.rank);
      int byMac = byRank != 0 ? byRank : mac.compareTo(other.mac);
      return byMac != 0 ? byMac : name.compareTo(other.name);
    }
  }

  /** The claims by address, each list with the best one first. */
  private static final class Claims {
    private final Set<IpAddress> own;
    private final SortedMap<IpAddress, List<Claim>> byAddress = new TreeMap<>();

    Claims(Network network) {
      own = network.options().addresses().stream().map(Prefix::address).collect(Collectors.toSet());
    }

    void add(Claim claim, Collection<IpAddress> addresses) {
      for (IpAddress address : addresses) {
        if (!address.isMulticast() && !address.isUnspecified() && !own.contains(address)) {
          byAddress.computeIfAbsent(address, any -> new ArrayList<>(1)).add(claim);
        }
      }
    }

    SortedMap<IpAddress, List<Claim>> sorted() {
      byAddress.values().forEach(claims -> claims.sort(null));
      return byAddress;
    }
  }

  /**
   * Decides for a network.
   *
   * @param ports the ports of this host, of any network
   * @param locations where ports are said to be
   * @param placed the ports that have a place elsewhere
   */
  public static AddressOwners of(
      Network network,
      Collection<LocalPort> ports,
      List<Location> locations,
      Set<MacAddress> placed) {
    List<LocalPort> local =
        ports.stream()
            .filter(port -> port.vni().equals(network.vni()))
            .filter(port -> port.state() != LocalPort.State.INCOMING && port.linked())
            .sorted()
            .toList();
    Claims claims = new Claims(network);
    for (LocalPort port : local) {
      String name = "VM '" + port.domainName() + "' (" + port.mac() + ")";
      claims.add(new Claim(Rank.of(port), port.mac(), name), port.addresses());
    }
    for (Location location : locations) {
      String name = location.mac() + " at " + location.vtep();
      claims.add(new Claim(Rank.of(location), location.mac(), name), location.addresses());
    }
    Set<MacAddress> running =
        local.stream()
            .filter(LocalPort::isHere)
            .map(LocalPort::mac)
            .collect(Collectors.toCollection(TreeSet::new));
    SortedMap<IpAddress, MacAddress> elsewhere = new TreeMap<>();
    SortedMap<IpAddress, MacAddress> here = new TreeMap<>();
    List<Problem> problems = new ArrayList<>();
    claims
        .sorted()
        .forEach(
            (address, all) -> {
              Claim best = all.get(0);
              Optional<Claim> rival =
                  all.stream().filter(other -> !other.mac().equals(best.mac())).findFirst();
              rival.ifPresent(other -> problems.add(problem(network, address, best, other)));
              if (rival.filter(other -> other.rank() == best.rank()).isPresent()) {
                return;
              }
              if (running.contains(best.mac())) {
                here.put(address, best.mac());
              } else if (placed.contains(best.mac())) {
                elsewhere.put(address, best.mac());
              }
            });
    return new AddressOwners(
        Collections.unmodifiableSortedMap(elsewhere),
        Collections.unmodifiableSortedMap(here),
        List.copyOf(problems));
  }

  private static Problem problem(Network network, IpAddress address, Claim best, Claim rival) {
    return new Problem(
        "network '" + network.name() + "'",
        address
            + " is claimed by two ports, "
            + best.name()
            + " and "
            + rival.name()
            + outcome(best.rank(), rival.rank())
            + "; give one of the two another address");
  }

  private static String outcome(Rank best, Rank rival) {
    if (best == rival) {
      return "; ARP and ND requests for it are flooded";
    }
    return best.isNamed() && !rival.isNamed()
        ? "; the first owns it, because it is named for that port"
        : "; the first owns it, because it is on this host";
  }
}

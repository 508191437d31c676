package io.vxland.plan;

import io.vxland.model.Allowance;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.PortSecurity;
import io.vxland.model.Vtep;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Which MAC addresses a network's bridge keeps at the taps of this host, whoever sends from them:
 * by sticky entries (NTF_STICKY of linux/neighbour.h, Linux 4.20). They are the barrier behind
 * nftables, which whoever may run {@code nft flush ruleset} takes away. They go with their taps, so
 * what comes here while no daemon runs is learned as in any bridge.
 *
 * <p>A MAC address is kept only where no second port may have it by right. It moves as the frames
 * say while its VM is on its way from or to another host, and where it is also another port's: of
 * the same VM, for a bond sends with one MAC address from several NICs; of a VM whose metadata
 * allow it; of a host that claims it, too. A port whose link is down has none. If a port here may
 * send anything, nothing is kept.
 *
 * @param taps the MAC addresses that are kept, and where
 * @param movable those of this host's other ports, and of those that are on their way
 * @param exposed whether a frame from another host could move one that is to stay where it is: a
 *     port's that is not kept although ports are protected, or one that a migration redirects
 */
public record Pins(
    SortedMap<MacAddress, InterfaceName> taps, Set<MacAddress> movable, boolean exposed) {
  /** Nothing is kept. */
  public static final Pins NONE = new Pins(new TreeMap<>(), Set.of(), false);

  /** Copies the collections. */
  public Pins {
    taps = Collections.unmodifiableSortedMap(new TreeMap<>(taps));
    movable = Set.copyOf(movable);
  }

  /**
   * Decides for a network with a bridge of the kernel's. Not for one in which zebra takes part: it
   * tells other hosts that a sticky entry of this one never moves (RFC 7432, section 15.2).
   *
   * @param local this host
   * @param here the network's ports of this host
   * @param locations where ports of the network are said to be
   * @param handovers of the network
   */
  static Pins of(
      Network network,
      Vtep local,
      Collection<LocalPort> here,
      List<Location> locations,
      Collection<Handover> handovers) {
    Set<MacAddress> movable =
        handovers.stream()
            .filter(handover -> !(handover instanceof Handover.Ready))
            .map(Handover::mac)
            .collect(Collectors.toCollection(HashSet::new));
    Map<UUID, Integer> nics = new HashMap<>();
    Map<MacAddress, Integer> claims = new HashMap<>();
    List<LocalPort> linked = here.stream().filter(LocalPort::linked).toList();
    for (LocalPort port : linked) {
      nics.merge(port.domain(), 1, Integer::sum);
      claims.merge(port.mac(), 1, Integer::sum);
      port.allowance().macs().forEach(mac -> claims.merge(mac, 1, Integer::sum));
    }
    locations.stream()
        .filter(location -> !location.vtep().equals(local))
        .forEach(location -> claims.computeIfPresent(location.mac(), (mac, one) -> one + 1));
    boolean none =
        network.options().security() == PortSecurity.NONE
            || here.stream().anyMatch(port -> isUnfiltered(port.allowance()));
    boolean exposed = !movable.isEmpty();
    SortedMap<MacAddress, InterfaceName> taps = new TreeMap<>();
    for (LocalPort port : linked) {
      if (none
          || port.state() != LocalPort.State.HERE
          || port.tap().isEmpty()
          || nics.get(port.domain()) > 1
          || claims.get(port.mac()) > 1
          || movable.contains(port.mac())) {
        movable.add(port.mac());
        exposed |= !none && port.state() == LocalPort.State.HERE && port.tap().isPresent();
      } else {
        taps.put(port.mac(), port.tap().get());
      }
    }
    return new Pins(taps, movable, exposed);
  }

  private static boolean isUnfiltered(Allowance allowance) {
    return allowance.security().filter(PortSecurity.NONE::equals).isPresent();
  }
}

package io.vxland.plan;

import io.vxland.model.Allowance;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.PortSecurity;
import io.vxland.model.Vni;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Finds what belongs to whom in the networks that have taps on this host. Of a network that has
 * none yet nothing is said but that it is to be filtered: the table is there then before its first
 * VM, whose start waits for a few elements only.
 *
 * <p>A MAC address belongs to the port that has it: of a VM here, in whatever state, of a port that
 * a control plane or an {@code entry} places elsewhere, or of the bridge. An IP address belongs to
 * the port for which an administrator names it, and to the host that has it. An address that a
 * guest was merely seen to use belongs to nobody here: cluster software moves addresses from one
 * guest to another with the same frames that an attacker would send.
 *
 * <p>What belongs to one port of a VM in a network its other ports there may use, too: a bond in a
 * guest sends from two NICs with one MAC address.
 */
public final class PortFilters {
  private PortFilters() {}

  /**
   * A network on this host.
   *
   * @param security what its ports may send, unless a port's own choice is another
   * @param macs the MAC addresses that the host itself has in it
   * @param addresses the IP addresses that the host itself has in it
   */
  public record Home(PortSecurity security, Set<MacAddress> macs, Set<IpAddress> addresses) {
    /** Copies the sets. */
    public Home {
      macs = Set.copyOf(macs);
      addresses = Set.copyOf(addresses);
    }
  }

  /**
   * The filters of those networks whose taps are to be filtered, and of further taps that ask for
   * it.
   */
  public static SortedMap<Vni, PortFilter> of(Inputs inputs, Map<Vni, Home> homes) {
    Map<Vni, List<LocalPort>> byNetwork = new HashMap<>();
    for (LocalPort port : inputs.ports()) {
      if (homes.containsKey(port.vni())) {
        byNetwork.computeIfAbsent(port.vni(), any -> new ArrayList<>()).add(port);
      }
    }
    Map<InterfaceName, Vni> taps = new HashMap<>();
    byNetwork.forEach(
        (vni, ports) ->
            ports.forEach(
                port -> port.tap().ifPresent(tap -> taps.merge(tap, vni, PortFilters::lesser))));
    SortedMap<Vni, PortFilter> filters = new TreeMap<>();
    homes.forEach(
        (vni, home) -> {
          if (home.security() != PortSecurity.NONE) {
            filters.put(vni, PortFilter.none(vni));
          }
        });
    byNetwork.forEach(
        (vni, ports) -> {
          List<Location> locations = inputs.knowledge().locations().getOrDefault(vni, List.of());
          PortFilter filter = of(vni, homes.get(vni), ports, locations, taps);
          if (!filter.ports().isEmpty()) {
            filters.put(vni, filter);
          }
        });
    return Collections.unmodifiableSortedMap(filters);
  }

  /** A tap that is said to be in two networks is stale news in one of them. */
  private static Vni lesser(Vni one, Vni other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static PortFilter of(
      Vni vni,
      Home home,
      List<LocalPort> ports,
      List<Location> locations,
      Map<InterfaceName, Vni> networks) {
    Set<MacAddress> macs = new HashSet<>(home.macs());
    Set<IpAddress> addresses = new HashSet<>(home.addresses());
    for (Location location : locations) {
      macs.add(location.mac());
      if (location.named()) {
        addresses.addAll(location.addresses());
      }
    }
    Map<UUID, PortFilter.Port> byDomain = new HashMap<>();
    for (LocalPort port : ports) {
      macs.add(port.mac());
      Set<IpAddress> own = new HashSet<>(port.named() ? port.addresses() : List.of());
      addresses.addAll(own);
      own.addAll(port.allowance().addresses());
      Set<MacAddress> ownMacs = new HashSet<>(port.allowance().macs());
      ownMacs.add(port.mac());
      byDomain.merge(port.domain(), new PortFilter.Port(ownMacs, own), PortFilter.Port::and);
    }
    // What a host knows of a VM that has just come may be older than what the VM's metadata say.
    Map<MacAddress, UUID> owners = new HashMap<>();
    ports.forEach(port -> owners.put(port.mac(), port.domain()));
    for (Location location : locations) {
      UUID owner = location.named() ? owners.get(location.mac()) : null;
      if (owner != null) {
        byDomain.merge(
            owner,
            new PortFilter.Port(Set.of(), Set.copyOf(location.addresses())),
            PortFilter.Port::and);
      }
    }
    SortedMap<InterfaceName, PortFilter.Port> taps = new TreeMap<>();
    for (LocalPort port : ports) {
      PortSecurity security = port.allowance().security().orElse(home.security());
      PortFilter.Port own = byDomain.get(port.domain());
      port.tap()
          .filter(tap -> networks.get(tap).equals(vni) && security != PortSecurity.NONE)
          .ifPresent(
              tap ->
                  taps.merge(
                      tap,
                      new PortFilter.Port(
                          own.macs(), own.addresses(), limits(security, port.allowance(), own)),
                      PortFilter.Port::and));
    }
    return new PortFilter(vni, macs, addresses, taps);
  }

  /** A port for which no address is named may use any that belongs to nobody. */
  private static Set<PortFilter.Limit> limits(
      PortSecurity security, Allowance allowance, PortFilter.Port own) {
    if (security != PortSecurity.STRICT) {
      return Set.of();
    }
    Set<PortFilter.Limit> limits = EnumSet.of(PortFilter.Limit.OWN_MACS);
    if (!allowance.dhcpServer()) {
      limits.add(PortFilter.Limit.NO_DHCP_SERVER);
    }
    if (!allowance.router()) {
      limits.add(PortFilter.Limit.NO_ROUTER);
      if (!own.addresses().isEmpty()) {
        limits.add(PortFilter.Limit.OWN_ADDRESSES);
      }
    }
    return limits;
  }

  /** The same filter for a network of which a routing daemon has told the kernel. */
  static PortFilter with(PortFilter filter, List<Location> routed) {
    if (routed.isEmpty() || filter.ports().isEmpty()) {
      return filter;
    }
    Set<MacAddress> macs = new HashSet<>(filter.macs());
    routed.forEach(location -> macs.add(location.mac()));
    return new PortFilter(filter.vni(), macs, filter.addresses(), filter.ports());
  }
}

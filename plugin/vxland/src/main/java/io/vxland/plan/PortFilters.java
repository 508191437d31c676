package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Prefix;
import io.vxland.model.Vni;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Finds what belongs to whom in the networks that have taps on this host.
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
final class PortFilters {
  /** What means itself in nft's quotes, which know a closing {@code *} and {@code $}. */
  private static final Pattern SAYABLE = Pattern.compile("[A-Za-z0-9_.+=%,;@~#&-]+");

  private PortFilters() {}

  /**
   * The filters of the networks that have both a bridge and taps here.
   *
   * @param problems takes the taps that cannot be filtered
   */
  static SortedMap<Vni, PortFilter> of(
      Inputs inputs, Map<Vni, Segment> segments, Consumer<Problem> problems) {
    Map<Vni, List<LocalPort>> byNetwork = new HashMap<>();
    for (LocalPort each : inputs.ports()) {
      LocalPort port = sayable(each, problems);
      if (segments.containsKey(port.vni()) && segments.get(port.vni()).bridge().isPresent()) {
        byNetwork.computeIfAbsent(port.vni(), any -> new ArrayList<>()).add(port);
      }
    }
    Map<InterfaceName, Vni> taps = new HashMap<>();
    byNetwork.forEach(
        (vni, ports) ->
            ports.forEach(
                port -> port.tap().ifPresent(tap -> taps.merge(tap, vni, PortFilters::lesser))));
    SortedMap<Vni, PortFilter> filters = new TreeMap<>();
    byNetwork.forEach(
        (vni, ports) -> {
          if (taps.containsValue(vni)) {
            List<Location> locations = inputs.knowledge().locations().getOrDefault(vni, List.of());
            filters.put(vni, of(segments.get(vni), ports, locations, taps));
          }
        });
    return Collections.unmodifiableSortedMap(filters);
  }

  private static LocalPort sayable(LocalPort port, Consumer<Problem> problems) {
    if (port.tap().filter(tap -> !SAYABLE.matcher(tap.value()).matches()).isEmpty()) {
      return port;
    }
    problems.accept(
        new Problem(
            "VM '" + port.domainName() + "'",
            "what its tap "
                + port.tap().get()
                + " sends cannot be filtered, for nft has no way to write that name; give its"
                + " <interface> another <target dev='...'/>"));
    return new LocalPort(
        port.domain(),
        port.domainName(),
        port.mac(),
        port.vni(),
        port.bridge(),
        Optional.empty(),
        port.portId(),
        port.state(),
        port.addresses(),
        port.named(),
        port.mtu());
  }

  /** A tap that is said to be in two networks is stale news in one of them. */
  private static Vni lesser(Vni one, Vni other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static PortFilter of(
      Segment segment,
      List<LocalPort> ports,
      List<Location> locations,
      Map<InterfaceName, Vni> networks) {
    Set<MacAddress> macs = new HashSet<>();
    Set<IpAddress> addresses = new HashSet<>();
    segment.bridge().ifPresent(bridge -> macs.add(bridge.mac()));
    segment.addresses().stream().map(Prefix::address).forEach(addresses::add);
    for (Location location : locations) {
      macs.add(location.mac());
      if (location.named()) {
        addresses.addAll(location.addresses());
      }
    }
    Map<UUID, PortFilter.Port> byDomain = new HashMap<>();
    for (LocalPort port : ports) {
      macs.add(port.mac());
      List<IpAddress> named = port.named() ? port.addresses() : List.of();
      addresses.addAll(named);
      byDomain.merge(
          port.domain(),
          new PortFilter.Port(Set.of(port.mac()), Set.copyOf(named)),
          PortFilter.Port::and);
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
      port.tap()
          .filter(tap -> networks.get(tap).equals(segment.vni()))
          .ifPresent(tap -> taps.merge(tap, byDomain.get(port.domain()), PortFilter.Port::and));
    }
    return new PortFilter(segment.vni(), macs, addresses, taps);
  }

  /** The same filter for a network of which a routing daemon has told the kernel. */
  static PortFilter with(PortFilter filter, List<Location> routed) {
    if (routed.isEmpty()) {
      return filter;
    }
    Set<MacAddress> macs = new HashSet<>(filter.macs());
    routed.forEach(location -> macs.add(location.mac()));
    return new PortFilter(filter.vni(), macs, filter.addresses(), filter.ports());
  }
}

package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.DesiredState.Waiting;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The migration tunnels of the segments, by the rules that all data planes share. */
final class Tunnels {
  private final Inputs inputs;
  private final Consumer<Problem> problems;
  private final Map<Vni, MigrationWishes> wishes;

  /** The taps of NICs that nwfilter has rules for. */
  private final Set<InterfaceName> filtered;

  Tunnels(Inputs inputs, Consumer<Problem> problems) {
    this.inputs = inputs;
    this.problems = problems;
    this.wishes = MigrationWishes.of(inputs.handovers(), inputs.vtep());
    this.filtered =
        inputs.ports().stream()
            .filter(port -> port.barriers().filtered())
            .flatMap(port -> port.tap().stream())
            .collect(Collectors.toSet());
  }

  private MigrationWishes wishes(Vni vni) {
    return wishes.getOrDefault(vni, MigrationWishes.NONE);
  }

  /** The cards of a network that are on their way here, with their taps. */
  SortedMap<MacAddress, InterfaceName> incoming(Vni vni) {
    return wishes(vni).incoming();
  }

  /**
   * The taps that are not in bridges of the kernel.
   *
   * @param vnis the networks that are on switches
   */
  Map<InterfaceName, Waiting> onSwitches(Set<Vni> vnis) {
    Map<InterfaceName, Waiting> taps = new HashMap<>();
    inputs.ports().stream()
        .filter(port -> vnis.contains(port.vni()))
        .forEach(port -> port.tap().ifPresent(tap -> taps.put(tap, Waiting.NO)));
    for (Vni vni : vnis) {
      wishes(vni).deliveries().values().forEach(tap -> taps.put(tap, Waiting.STILL));
      incoming(vni).values().forEach(tap -> taps.put(tap, Waiting.YES));
    }
    return Collections.unmodifiableMap(taps);
  }

  /** The tunnel of a segment; empty if no port is on its way, or there can be none. */
  Optional<MigrationTunnel> of(Segment segment) {
    Vni vni = segment.vni();
    if (!wishes.containsKey(vni) || segment.bridge().isEmpty()) {
      return Optional.empty();
    }
    SortedSet<IpAddress> replication = replication(segment);
    Map<MacAddress, Vtep> unicast = unicast(vni);
    if (replication.isEmpty() && unicast.isEmpty()) {
      return Optional.empty();
    }
    return MigrationWishes.tunnelVni(segment.network(), vni, inputs.networks(), problems)
        .map(
            tunnelVni ->
                new MigrationTunnel(
                    spec(segment.vxlan(), vni, tunnelVni),
                    outlet(segment.vxlan(), vni),
                    replication,
                    unicast,
                    wishes(vni).redirected().keySet(),
                    unfiltered(wishes(vni).deliveries())));
  }

  /** What is delivered goes past nwfilter's rules, so a NIC that has some gets nothing that way. */
  private SortedMap<MacAddress, InterfaceName> unfiltered(
      SortedMap<MacAddress, InterfaceName> deliveries) {
    if (filtered.isEmpty()) {
      return deliveries;
    }
    SortedMap<MacAddress, InterfaceName> left = new TreeMap<>(deliveries);
    left.values().removeAll(filtered);
    return left;
  }

  private static VxlanSpec spec(VxlanSpec like, Vni network, Vni tunnelVni) {
    return new VxlanSpec(
        MigrationTunnel.device(network),
        DerivedMac.of(like.local(), network, DerivedMac.Role.TUNNEL),
        like.mtu(),
        tunnelVni,
        like.local(),
        like.port(),
        false,
        OptionalInt.empty(),
        false,
        like.ttl(),
        like.destination(),
        like.link(),
        0,
        like.checksums(),
        like.marks());
  }

  private static OutletSpec outlet(VxlanSpec like, Vni network) {
    return new OutletSpec(
        MigrationTunnel.outlet(network),
        DerivedMac.of(like.local(), network, DerivedMac.Role.OUTLET),
        like.mtu(),
        MigrationTunnel.device(network));
  }

  /** Also where the network itself floods nothing: nobody else says where the VM goes. */
  private SortedSet<IpAddress> replication(Segment segment) {
    if (segment.vxlan().destination().isPresent()) {
      return segment.replication();
    }
    SortedSet<IpAddress> hosts = new TreeSet<>();
    inputs.knowledge().hosts(segment.vni()).stream()
        .filter(host -> Placement.isReachable(segment.vxlan().local(), host))
        .forEach(host -> hosts.add(host.address()));
    return Collections.unmodifiableSortedSet(hosts);
  }

  private Map<MacAddress, Vtep> unicast(Vni vni) {
    Map<MacAddress, Vtep> hosts = new TreeMap<>();
    wishes(vni).redirected().forEach((mac, to) -> to.ifPresent(host -> hosts.put(mac, host)));
    return Collections.unmodifiableMap(hosts);
  }
}

package io.vxland.plan.ovs;

import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.SwitchOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.AddressOwners;
import io.vxland.plan.Inputs;
import io.vxland.plan.MigrationWishes;
import io.vxland.plan.Placement;
import io.vxland.plan.PortFilter;
import io.vxland.plan.PortFilters;
import io.vxland.plan.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What is wanted for the ports of a network, by the rules that all data planes share. */
final class CardDesire {
  private final Inputs inputs;
  private final Vtep local;
  private final Map<Vni, List<LocalPort>> ports;
  private final Map<Vni, MigrationWishes> wishes;
  private final SortedMap<Vni, PortFilter> filters;
  private final Consumer<Problem> problems;

  CardDesire(Inputs inputs, Consumer<Problem> problems) {
    this.inputs = inputs;
    this.local = inputs.vtep().orElseThrow();
    this.ports = inputs.ports().stream().collect(Collectors.groupingBy(LocalPort::vni));
    this.wishes = MigrationWishes.of(inputs.handovers(), inputs.vtep());
    this.filters = PortFilters.of(inputs, homes(inputs));
    this.problems = problems;
  }

  /** The host itself has no address in a network on a switch. */
  private static Map<Vni, PortFilters.Home> homes(Inputs inputs) {
    Map<Vni, PortFilters.Home> homes = new HashMap<>();
    for (Network network : inputs.sortedNetworks()) {
      if (network.template() == Template.OVS_TUN) {
        homes.putIfAbsent(
            network.vni(), new PortFilters.Home(network.options().security(), Set.of(), Set.of()));
      }
    }
    return homes;
  }

  Cards of(Network network, SortedSet<IpAddress> peers) {
    Vni vni = network.vni();
    MigrationWishes moves = wishes.getOrDefault(vni, MigrationWishes.NONE);
    SortedMap<MacAddress, Optional<IpAddress>> redirected = new TreeMap<>();
    moves.redirected().forEach((mac, to) -> redirected.put(mac, to.map(Vtep::address)));
    List<LocalPort> here = ports.getOrDefault(vni, List.of());
    List<Location> locations = inputs.knowledge().locations().getOrDefault(vni, List.of());
    Placement placement = Placement.of(network, local, here, locations, Optional.of(peers));
    placement.problems().forEach(problems);
    SortedMap<MacAddress, IpAddress> places = new TreeMap<>();
    placement.places().forEach((mac, host) -> places.put(mac, host.address()));
    AddressOwners owners = AddressOwners.of(network, here, locations, placement.places().keySet());
    owners.problems().forEach(problems);
    return new Cards(
        network.tag(),
        peers.isEmpty() || !wishes.containsKey(vni)
            ? Optional.empty()
            : MigrationWishes.tunnelVni(network.name(), vni, inputs.networks(), problems),
        network.options().ovs().ports() == SwitchOptions.Ports.FLOW
            ? Optional.of(local.address())
            : Optional.empty(),
        peers,
        redirected,
        moves.late(),
        moves.deliveries(),
        new TreeSet<>(moves.incoming().keySet()),
        places,
        owners.elsewhere(),
        Optional.ofNullable(filters.get(vni)).filter(filter -> !filter.ports().isEmpty()));
  }
}

package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.openflow.Port;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** By which numbers flows know the ports of a switch; what has none yet is not there for them. */
final class PortNumbers {
  private final SortedMap<InterfaceName, ActualPort> ports;

  PortNumbers(ActualSwitch there) {
    ports = new TreeMap<>(there.ports());
  }

  /** Our tunnels of a network to other hosts, by key; that of its migrations is not among them. */
  SortedMap<Tunnel.Key, Port> tunnels(Vni vni) {
    SortedMap<Tunnel.Key, Port> numbers = all(vni);
    numbers.remove(Tunnel.Key.migrations(vni));
    return numbers;
  }

  /** The tunnel of a network's migrations. */
  Optional<Port> migrations(Vni vni) {
    return Optional.ofNullable(all(vni).get(Tunnel.Key.migrations(vni)));
  }

  /** The tunnel of all networks. */
  Optional<Port> shared() {
    return ports.values().stream()
        .filter(port -> Tunnel.Key.of(port).filter(Tunnel.Key.SHARED::equals).isPresent())
        .flatMap(port -> port.number().stream())
        .findFirst();
  }

  private SortedMap<Tunnel.Key, Port> all(Vni vni) {
    SortedMap<Tunnel.Key, Port> numbers = new TreeMap<>();
    for (ActualPort port : ports.values()) {
      if (port.owner().equals(Optional.of(SwitchOwnership.Owner.of(vni)))) {
        Tunnel.Key.of(port)
            .ifPresent(key -> port.number().ifPresent(number -> numbers.putIfAbsent(key, number)));
      }
    }
    return numbers;
  }

  /**
   * The tap of a card. A name may be another VM's by now: libvirt writes down whose it is, and of
   * what it writes only the card's address stays the same from one start to the next.
   */
  Optional<Port> tap(InterfaceName name, MacAddress mac) {
    return tap(name, Set.of(mac));
  }

  /** The same of a VM whose NICs have these MAC addresses. */
  Optional<Port> tap(InterfaceName name, Set<MacAddress> macs) {
    return Optional.ofNullable(ports.get(name))
        .filter(port -> port.owner().isEmpty())
        .filter(port -> port.attached().map(macs::contains).orElse(true))
        .flatMap(ActualPort::number);
  }

  /** The ports that are in one VLAN only. */
  List<Port> access(VlanTag tag) {
    return ports.entrySet().stream()
        .filter(entry -> entry.getValue().tag().equals(Optional.of(tag)))
        .filter(entry -> !isOfMigrations(entry.getValue()))
        .map(Map.Entry::getValue)
        .flatMap(port -> port.number().stream())
        .sorted((one, other) -> Integer.compareUnsigned(one.number(), other.number()))
        .toList();
  }

  /** The guard is above all that is asked of such a port. */
  private static boolean isOfMigrations(ActualPort port) {
    return Tunnel.Key.of(port).filter(Tunnel.Key::isOfMigrations).isPresent();
  }
}

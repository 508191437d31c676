package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.Network;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Devices that lead to another network. As a port of a network's bridge, such a device joins the
 * two networks; where two hosts do that, frames loop through it and the tunnel.
 */
public final class Uplinks {
  private Uplinks() {}

  /** All of them, whatever they are a port of. */
  public static Set<InterfaceName> all(ActualState actual) {
    return actual.links().values().stream()
        .filter(link -> link.kind() instanceof Kind.Uplink)
        .map(Link::name)
        .collect(Collectors.toSet());
  }

  /** The ports of any bridges that may be one, without those that bear our mark. */
  static List<Link> ports(ActualState actual) {
    return actual.links().values().stream()
        .filter(link -> link.master().isPresent() && link.owned().isEmpty())
        .filter(link -> link.kind() instanceof Kind.Uplink || link.kind() instanceof Kind.Vxlan)
        .toList();
  }

  /** The first by name that is a port of the bridge of a network. */
  static Optional<InterfaceName> of(Vni vni, InterfaceName bridge, List<Link> ports) {
    return ports.stream()
        .filter(link -> link.master().equals(Optional.of(bridge)))
        .map(Link::name)
        // Ours, if a crash kept it from getting its alias.
        .filter(name -> !name.equals(Network.vxlanDevice(vni)))
        .filter(name -> !MigrationTunnel.isNamedAsOne(name))
        .min(InterfaceName::compareTo);
  }

  /** The networks on Linux bridges that have one. */
  public static Set<Vni> joined(Collection<Network> networks, ActualState actual) {
    List<Link> ports = ports(actual);
    return networks.stream()
        .filter(network -> network.template() == Template.BRIDGE)
        .filter(
            network ->
                network.bridge().flatMap(bridge -> of(network.vni(), bridge, ports)).isPresent())
        .map(Network::vni)
        .collect(Collectors.toSet());
  }
}

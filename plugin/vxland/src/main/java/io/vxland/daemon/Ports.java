package io.vxland.daemon;

import io.vxland.libvirt.xml.DomainDescription;
import io.vxland.libvirt.xml.Nic;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.plan.Problem;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Finds those cards of a domain that are plugged into networks of ours. */
final class Ports {
  private final World world;

  Ports(World world) {
    this.world = world;
  }

  /** Returns the ports of a domain, all in one state. */
  List<LocalPort> of(DomainDescription domain, LocalPort.State state) {
    return of(domain, state, world.view().networks());
  }

  /** What is wrong with a domain's metadata. */
  static List<Problem> remarks(DomainDescription domain) {
    return domain.remarks().stream()
        .map(remark -> new Problem("VM '" + domain.name() + "'", remark))
        .toList();
  }

  static List<LocalPort> of(
      DomainDescription domain, LocalPort.State state, Set<Network> networks) {
    return domain.nics().stream()
        .flatMap(nic -> port(domain, nic, state, networks).stream())
        .toList();
  }

  private static Optional<LocalPort> port(
      DomainDescription domain, Nic nic, LocalPort.State state, Set<Network> networks) {
    return networks.stream()
        .filter(network -> network.bridge().isPresent() && isPluggedInto(nic, network))
        .sorted()
        .findFirst()
        .map(
            network ->
                new LocalPort(
                    domain.uuid(),
                    domain.name(),
                    nic.mac(),
                    network.vni(),
                    network.bridge().get(),
                    nic.tap(),
                    nic.portId(),
                    state,
                    nic.addresses(),
                    true,
                    OptionalInt.of(nic.mtu().orElse(Nic.ETHERNET_MTU)),
                    nic.allowance(),
                    nic.barriers(),
                    nic.linked()));
  }

  /** A name tells more than a bridge: libvirt shows both once the card is plugged. */
  private static boolean isPluggedInto(Nic nic, Network network) {
    Optional<NetworkName> name = nic.network();
    Optional<InterfaceName> bridge = nic.bridge();
    if (name.isPresent() && network.origin() != Network.Origin.CONFIGURATION) {
      return name.get().equals(network.name());
    }
    return bridge.isPresent() && bridge.equals(network.bridge());
  }
}

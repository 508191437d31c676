package io.vxland.plan;

import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.Network;
import io.vxland.model.Prefix;
import io.vxland.model.Vtep;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that the desired state is a function of.
 *
 * @param vtep this host's tunnel end point; empty while no underlay address is known
 * @param underlay the device that has it; empty while it is down or unknown
 * @param networks every network that libvirt or the configuration asks for
 * @param ports the VMs' cards on this host
 * @param knowledge what the control plane says
 * @param handovers what is done for VMs on their way from this host or to it
 * @param accept networks of hosts from which tunnelled packets are taken though nobody names them;
 *     one of length 0 means anybody
 * @param hosts the hosts that the control plane knows, whether or not they have a network of ours
 */
public record Inputs(
    Optional<Vtep> vtep,
    Optional<Underlay> underlay,
    Set<Network> networks,
    Set<LocalPort> ports,
    Knowledge knowledge,
    Set<Handover> handovers,
    List<Prefix> accept,
    Set<Vtep> hosts) {

  /** With no other hosts than those that the networks have. */
  public Inputs(
      Optional<Vtep> vtep,
      Optional<Underlay> underlay,
      Set<Network> networks,
      Set<LocalPort> ports,
      Knowledge knowledge,
      Set<Handover> handovers) {
    this(vtep, underlay, networks, ports, knowledge, handovers, List.of(), Set.of());
  }

  /**
   * What carries the tunnels.
   *
   * @param device the one that has the VTEP's address, which may be {@code lo}
   * @param outlets those by which packets leave for other hosts; empty while that is unknown
   * @param mtu the least MTU of these, in bytes
   */
  public record Underlay(InterfaceName device, List<InterfaceName> outlets, int mtu) {
    /** Copies the list. */
    public Underlay {
      outlets = List.copyOf(outlets);
    }

    /** One device for both. */
    public Underlay(InterfaceName device, int mtu) {
      this(device, List.of(device), mtu);
    }

    /** The device that multicast packets are sent by. */
    public InterfaceName ofGroups() {
      return outlets.isEmpty() || outlets.contains(device) ? device : outlets.get(0);
    }
  }

  /** Copies the sets. */
  public Inputs {
    networks = Set.copyOf(networks);
    ports = Set.copyOf(ports);
    handovers = Set.copyOf(handovers);
    accept = List.copyOf(accept);
    hosts = Set.copyOf(hosts);
  }

  /**
   * The networks in an order that does not depend on how they came; those last that may not be
   * meant to be ours, so that they take nothing from one that is.
   */
  public List<Network> sortedNetworks() {
    return networks.stream()
        .sorted(
            Comparator.comparing(
                    (Network network) -> network.origin() == Network.Origin.BRIDGE_NAME)
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }
}

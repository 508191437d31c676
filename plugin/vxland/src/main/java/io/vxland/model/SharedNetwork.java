package io.vxland.model;

import java.util.Optional;

/**
 * A network that all hosts have.
 *
 * @param name libvirt's name for it, on every host
 * @param vni its VXLAN network identifier
 * @param template the kind of data plane
 * @param bridge the bridge that VMs plug into
 * @param tag what tells it from other networks on the same switch; empty on a bridge of its own
 */
public record SharedNetwork(
    NetworkName name, Vni vni, Template template, InterfaceName bridge, Optional<VlanTag> tag) {

  /** Of a network with a bridge. */
  public static SharedNetwork of(Network network) {
    return new SharedNetwork(
        network.name(),
        network.vni(),
        network.template(),
        network.bridge().orElseGet(() -> network.template().defaultBridge(network.vni())),
        network.tag());
  }

  /** As a host has it. */
  public Network network(OverlayOptions options) {
    return new Network(
        name, vni, Optional.of(bridge), tag, template, Network.Origin.SHARED, options);
  }
}

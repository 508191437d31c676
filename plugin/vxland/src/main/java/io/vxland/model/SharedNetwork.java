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
 * @param flood what its metadata say of frames without a known place
 * @param security what its metadata say of what NICs may send
 */
public record SharedNetwork(
    NetworkName name,
    Vni vni,
    Template template,
    InterfaceName bridge,
    Optional<VlanTag> tag,
    Flooding flood,
    PortSecurity security) {

  /** Refuses a flooding that the template cannot do. */
  public SharedNetwork {
    flood.mustSuit(template);
  }

  /** One of which nothing else is said. */
  public SharedNetwork(
      NetworkName name, Vni vni, Template template, InterfaceName bridge, Optional<VlanTag> tag) {
    this(name, vni, template, bridge, tag, Flooding.ALL, PortSecurity.KNOWN);
  }

  /** Of a network with a bridge, as libvirt has it. */
  public static SharedNetwork of(Network network) {
    return new SharedNetwork(
        network.name(),
        network.vni(),
        network.template(),
        network.bridge().orElseGet(() -> network.template().defaultBridge(network.vni())),
        network.tag(),
        network.options().flood(),
        network.options().security());
  }

  /**
   * As a host's libvirt has it.
   *
   * @param options of the network, but for what is flooded and what NICs may send
   */
  public Network network(OverlayOptions options) {
    return new Network(
        name,
        vni,
        Optional.of(bridge),
        tag,
        template,
        Network.Origin.SHARED,
        options.with(flood).with(security));
  }
}

package io.vxland.model;

import java.util.Optional;

/**
 * A network as somebody wants it on this host.
 *
 * @param name libvirt's name for it, or the section's name in the configuration
 * @param vni its VXLAN network identifier
 * @param bridge the bridge that VMs plug into; empty for a bare VXLAN device, which only the
 *     configuration can ask for
 * @param tag what tells it from other networks on the same switch; empty on a bridge of its own
 * @param template the kind of data plane
 * @param origin who asked for it
 * @param options the rest
 */
public record Network(
    NetworkName name,
    Vni vni,
    Optional<InterfaceName> bridge,
    Optional<VlanTag> tag,
    Template template,
    Origin origin,
    OverlayOptions options)
    implements Comparable<Network> {

  /** Seconds after which the kernel forgets a learned place by itself (FDB_AGE_DEFAULT). */
  public static final int KERNEL_AGEING = 300;

  /** Who asked for a network. */
  public enum Origin {
    /** A network definition of libvirt that says so in its metadata. */
    LIBVIRT,
    /** The same, and its metadata says that all hosts have it. */
    SHARED,
    /**
     * A network definition of libvirt of which only the bridge's name looks like ours: it steps
     * back if somebody else made that bridge.
     */
    BRIDGE_NAME,
    /** A section of the configuration, without libvirt. */
    CONFIGURATION
  }

  /** A network on a bridge of its own. */
  public Network(
      NetworkName name,
      Vni vni,
      Optional<InterfaceName> bridge,
      Template template,
      Origin origin,
      OverlayOptions options) {
    this(name, vni, bridge, Optional.empty(), template, origin, options);
  }

  /** The name of the bridge of a VNI of which nothing else is said: {@code br5001}. */
  public static InterfaceName defaultBridge(Vni vni) {
    return new InterfaceName("br" + vni);
  }

  /** Whether both can be on one bridge: on Open vSwitch, where each has a tag of its own. */
  public boolean canShareBridgeWith(Network other) {
    return template == Template.OVS_TUN
        && other.template == Template.OVS_TUN
        && tag.isPresent()
        && other.tag.isPresent()
        && !tag.equals(other.tag);
  }

  /** The same network with other options. */
  public Network with(OverlayOptions others) {
    return new Network(name, vni, bridge, tag, template, origin, others);
  }

  /** The same network, asked for by somebody else. */
  public Network from(Origin other) {
    return new Network(name, vni, bridge, tag, template, other, options);
  }

  /** The name of the VXLAN device of a VNI: {@code vxlan5001}. */
  public static InterfaceName vxlanDevice(Vni vni) {
    return new InterfaceName("vxlan" + vni);
  }

  /** Reads the VNI out of a bridge name of the form {@code br<vni>}; empty for any other name. */
  public static Optional<Vni> vniOfBridge(InterfaceName bridge) {
    String name = bridge.value();
    if (!name.startsWith("br")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Vni.parse(name.substring(2)));
    } catch (InvalidValueException notANumber) {
      return Optional.empty();
    }
  }

  /** By name, then by the rest of what tells two apart. */
  @Override
  public int compareTo(Network other) {
    int byName = name.compareTo(other.name);
    if (byName != 0) {
      return byName;
    }
    int byVni = vni.compareTo(other.vni);
    return byVni != 0 ? byVni : origin.compareTo(other.origin);
  }
}

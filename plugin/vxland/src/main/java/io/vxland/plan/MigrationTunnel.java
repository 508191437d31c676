package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The second VXLAN device of a network, which is there while a card of it may leave this host, or
 * is on its way here. Frames for a paused VM travel in a VNI of their own: in the network's own,
 * every host that gets one would learn its sender to be behind the host that passed it on, and
 * would deliver it a second time.
 *
 * <p>The device that receives is no port of the bridge, and the port that sends does not receive:
 * no host ever bridges what another one has redirected. A rule of nftables takes it out, into the
 * tap of the VM that is on its way here; without the rule it ends at the device.
 *
 * @param spec the device, of the VNI that {@link #tunnelVni} tells
 * @param outlet the bridge's port into it
 * @param replication the destinations of the all-zeros MAC, the device's own default included
 * @param unicast the hosts that redirected cards are known to go to
 * @param redirected the cards that the bridge finds behind the device
 * @param deliveries the taps that take the cards' frames out of the device
 */
public record MigrationTunnel(
    VxlanSpec spec,
    OutletSpec outlet,
    SortedSet<IpAddress> replication,
    Map<MacAddress, Vtep> unicast,
    Set<MacAddress> redirected,
    SortedMap<MacAddress, InterfaceName> deliveries) {

  /**
   * How the outlet behaves as a port: nothing is learned from it, and nothing is flooded into it,
   * so that only an FDB entry sends frames there. What the host itself multicasts or broadcasts on
   * its bridge goes there nevertheless (br_flood in br_forward.c), and ends at the peers' devices.
   */
  public static final Segment.PortFlags PORT = new Segment.PortFlags(false, false, false);

  private static final String PREFIX = "vxmig";
  private static final String OUTLET_PREFIX = "vxout";
  private static final int LAST_VNI = 0xFF_FFFF;

  /** The name of the device of a network: {@code vxmig5001}. */
  public static InterfaceName device(Vni network) {
    return new InterfaceName(PREFIX + network);
  }

  /** The name of the bridge's port into it: {@code vxout5001}. */
  public static InterfaceName outlet(Vni network) {
    return new InterfaceName(OUTLET_PREFIX + network);
  }

  /** Whether a device has a name that {@link #outlet(Vni)} gives. */
  public static boolean isNamedAsOutlet(InterfaceName name) {
    return networkOf(OUTLET_PREFIX, name).isPresent();
  }

  /** The VNI that its frames bear: counted down from the last. The last network has none. */
  public static Optional<Vni> tunnelVni(Vni network) {
    return network.value() == LAST_VNI
        ? Optional.empty()
        : Optional.of(new Vni(LAST_VNI - network.value()));
  }

  /** Whether a device has a name that {@link #device} gives. */
  public static boolean isNamedAsOne(InterfaceName name) {
    return networkOf(PREFIX, name).isPresent();
  }

  /**
   * Whether a device is what a crash has left of one: see {@link Ownership}. The device itself says
   * which VTEP its address was computed from.
   */
  static boolean isHalfMade(ActualState.Link link) {
    Optional<Vni> network = networkOf(PREFIX, link.name());
    return network.isPresent()
        && link.alias().isEmpty()
        && link.kind() instanceof ActualState.Kind.Vxlan kind
        && tunnelVni(network.get()).filter(vni -> vni.value() == kind.vni()).isPresent()
        && kind.local().filter(local -> isDerived(link, local, network.get())).isPresent();
  }

  private static boolean isDerived(ActualState.Link link, IpAddress local, Vni network) {
    try {
      return DerivedMac.of(new Vtep(local), network, DerivedMac.Role.TUNNEL).equals(link.mac());
    } catch (InvalidValueException notVtep) {
      return false;
    }
  }

  private static Optional<Vni> networkOf(String prefix, InterfaceName name) {
    if (!name.value().startsWith(prefix)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Vni.parse(name.value().substring(prefix.length())));
    } catch (InvalidValueException notOurForm) {
      return Optional.empty();
    }
  }
}

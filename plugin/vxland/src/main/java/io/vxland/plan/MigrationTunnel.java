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
 * The second VXLAN device of a network, which stands while a card of it is on its way from this
 * host or to it. Frames for a paused VM travel in a VNI of their own: in the network's own, every
 * host that gets one would learn its sender to be behind the host that passed it on, and would
 * deliver it a second time.
 *
 * @param spec the device, of the VNI that {@link #tunnelVni} tells
 * @param replication the destinations of the all-zeros MAC, the device's own default included
 * @param unicast the hosts that redirected cards are known to go to
 * @param redirected the cards that the bridge finds behind the device
 * @param deliveries the taps that take the cards' frames out of the device
 */
public record MigrationTunnel(
    VxlanSpec spec,
    SortedSet<IpAddress> replication,
    Map<MacAddress, Vtep> unicast,
    Set<MacAddress> redirected,
    SortedMap<MacAddress, InterfaceName> deliveries) {

  /**
   * How the device behaves as a port: nothing is learned from it, and nothing is flooded into it,
   * so that only an FDB entry sends frames there. What the host itself multicasts or broadcasts on
   * its bridge goes there nevertheless (br_flood in br_forward.c), and ends at the peers' guards.
   */
  public static final Segment.PortFlags PORT = new Segment.PortFlags(false, false, false);

  private static final String PREFIX = "vxmig";
  private static final int LAST_VNI = 0xFF_FFFF;

  /** The name of the device of a network: {@code vxmig5001}. */
  public static InterfaceName device(Vni network) {
    return new InterfaceName(PREFIX + network);
  }

  /** The VNI that its frames bear: counted down from the last. The last network has none. */
  public static Optional<Vni> tunnelVni(Vni network) {
    return network.value() == LAST_VNI
        ? Optional.empty()
        : Optional.of(new Vni(LAST_VNI - network.value()));
  }

  /** Whether a device has a name that {@link #device} gives. */
  public static boolean isNamedAsOne(InterfaceName name) {
    return networkOf(name).isPresent();
  }

  /**
   * Whether a device is what a crash has left of one: see {@link Ownership}. The device itself says
   * which VTEP its address was computed from.
   */
  static boolean isHalfMade(ActualState.Link link) {
    Optional<Vni> network = networkOf(link.name());
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

  private static Optional<Vni> networkOf(InterfaceName name) {
    if (!name.value().startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Vni.parse(name.value().substring(PREFIX.length())));
    } catch (InvalidValueException notOurForm) {
      return Optional.empty();
    }
  }
}

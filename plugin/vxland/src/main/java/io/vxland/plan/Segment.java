package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.NetworkName;
import io.vxland.model.Prefix;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * One network on this host, as it should be in the kernel.
 *
 * @param network its name
 * @param claim how strongly it is wanted
 * @param vni its VNI
 * @param bridge the bridge; empty for a bare VXLAN device
 * @param vxlan the VXLAN device
 * @param port how the VXLAN device behaves as a port of the bridge
 * @param replication the destinations of the all-zeros MAC, the device's own default included
 * @param unicast the places of MACs
 * @param neighbours per device, the MACs of addresses
 * @param addresses the host's own addresses
 */
public record Segment(
    NetworkName network,
    Claim claim,
    Vni vni,
    Optional<BridgeSpec> bridge,
    VxlanSpec vxlan,
    PortFlags port,
    SortedSet<IpAddress> replication,
    Map<MacAddress, Vtep> unicast,
    Map<InterfaceName, SortedMap<IpAddress, MacAddress>> neighbours,
    SortedSet<Prefix> addresses) {

  /** How strongly a segment is wanted. */
  public enum Claim {
    /** Somebody else's device of its name is a problem to be settled. */
    FIRM,
    /** Somebody else's device of its name means that it was never meant to be ours. */
    YIELDING
  }

  /**
   * Flags of a bridge port (IFLA_BRPORT_* of linux/if_link.h).
   *
   * @param learning whether the bridge learns MACs on it
   * @param suppress whether the bridge answers ARP and ND itself where it can
   */
  public record PortFlags(boolean learning, boolean suppress) {}

  /** The device that has the host's own addresses: the bridge, or the VXLAN device without one. */
  public InterfaceName addressDevice() {
    return bridge.map(BridgeSpec::name).orElse(vxlan.name());
  }
}

package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Prefix;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the kernel has, as far as the planner needs it.
 *
 * @param links every network device, also those of others
 * @param forwarding what the VXLAN devices of ours have in their FDB
 * @param neighbours the permanent neighbour entries of our devices
 * @param addresses the addresses of our devices
 */
public record ActualState(
    Map<InterfaceName, Link> links,
    Map<InterfaceName, Forwarding> forwarding,
    Map<InterfaceName, Map<IpAddress, Neighbour>> neighbours,
    Map<InterfaceName, Map<Prefix, Boolean>> addresses) {

  /** A kernel with nothing in it. */
  public static final ActualState EMPTY = new ActualState(Map.of(), Map.of(), Map.of(), Map.of());

  /**
   * A network device.
   *
   * @param name its name
   * @param alias its alias; "" for none
   * @param mac its address; zero where it has none of 48 bits
   * @param mtu its MTU
   * @param up whether it is administratively up
   * @param master the bridge it is a port of
   * @param kind what it is
   * @param addressGeneration whether the kernel gives it IPv6 addresses of its own accord
   * @param port its flags as a port of a bridge
   */
  public record Link(
      InterfaceName name,
      String alias,
      MacAddress mac,
      int mtu,
      boolean up,
      Optional<InterfaceName> master,
      Kind kind,
      boolean addressGeneration,
      Optional<Segment.PortFlags> port) {

    /** The VNI that our alias on it tells; empty if it is somebody else's. */
    public Optional<Vni> owned() {
      return Ownership.vniOf(alias);
    }
  }

  /** What kind of device it is, with what the planner compares. */
  public sealed interface Kind {
    /**
     * A bridge.
     *
     * @param plain whether it has neither spanning tree nor multicast snooping
     */
    record Bridge(boolean plain) implements Kind {}

    /** A VXLAN device of one VNI; see {@link VxlanSpec} for the fields. */
    record Vxlan(
        int vni,
        Optional<IpAddress> local,
        UdpPort port,
        boolean learning,
        int ageing,
        boolean proxy,
        int ttl,
        Optional<IpAddress> destination,
        boolean linked)
        implements Kind {}

    /** Anything else. */
    record Other() implements Kind {}
  }

  /**
   * The FDB of a VXLAN device.
   *
   * @param replication the destinations of the all-zeros MAC
   * @param unicast the static and permanent entries, ours and other people's
   */
  public record Forwarding(Set<Destination> replication, Map<MacAddress, UnicastEntry> unicast) {
    /** An empty FDB. */
    public static final Forwarding EMPTY = new Forwarding(Set.of(), Map.of());
  }

  /**
   * Where the tunnel sends.
   *
   * @param address the underlay address
   * @param port a UDP port other than the device's, or 0
   * @param vni a VNI other than the device's, or 0
   */
  public record Destination(IpAddress address, int port, int vni) {
    /** A destination by the device's own port and VNI. */
    public static Destination of(IpAddress address) {
      return new Destination(address, 0, 0);
    }

    @Override
    public String toString() {
      return address + (port == 0 ? "" : " port " + port) + (vni == 0 ? "" : " vni " + vni);
    }
  }

  /**
   * The place of a MAC.
   *
   * @param destination where it is
   * @param ours whether it bears our mark
   */
  public record UnicastEntry(Destination destination, boolean ours) {}

  /**
   * A permanent neighbour entry.
   *
   * @param mac the MAC of the address
   * @param ours whether it bears our mark
   */
  public record Neighbour(MacAddress mac, boolean ours) {}
}

package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;
import io.vxland.model.NetworkName;
import io.vxland.model.Prefix;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.ActualState.Forwarding;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

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
 * @param incoming the cards that run elsewhere and are on their way into a tap of this host
 * @param tunnel the migration tunnel; empty if no card is on its way, or there can be none
 * @param clamp whether TCP's segments through the tunnel are kept to what it carries
 * @param uplink whether the bridge may have a port to another network
 * @param pins which MACs the bridge keeps at its taps, whoever sends from them
 * @param evpn there where zebra writes what it knows of other hosts: then places are not ours, and
 *     of the replication list only what others have configured, which zebra may have as well
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
    SortedSet<Prefix> addresses,
    SortedMap<MacAddress, InterfaceName> incoming,
    Optional<MigrationTunnel> tunnel,
    boolean clamp,
    boolean uplink,
    Pins pins,
    Optional<Evpn> evpn) {

  /**
   * The MTU of a VXLAN device in a bridge. A bridge drops what is larger than the device's MTU
   * without a word (is_skb_forwardable in net/core/dev.c); the device itself answers what does not
   * fit the path with "fragmentation needed" or "packet too big" (skb_tunnel_check_pmtu in
   * ip_tunnel_core.c, since Linux 5.9), and over IPv4 sends the rest in fragments. So it gets all.
   */
  public static final Mtu ROOM = new Mtu(65_000);

  /**
   * What zebra finds in the kernel of this host's own.
   *
   * @param cards the cards that are here, with their taps
   * @param duplicates the cards that zebra has seen come and go too often
   * @param hosts the other hosts that zebra sends to what has no known place
   */
  public record Evpn(
      SortedMap<MacAddress, InterfaceName> cards,
      Set<MacAddress> duplicates,
      SortedSet<IpAddress> hosts) {

    /**
     * Whether another host insists on a card as this one does, and has it at the moment. Two that
     * both insist would replace each other's entry for ever. zebra counts how often (RFC 7432,
     * section 15.1), and the host that it tells first gives in.
     */
    boolean isLost(MacAddress mac, Forwarding present) {
      return duplicates.contains(mac) && present != null && present.behindTunnel().contains(mac);
    }
  }

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
   * @param unknown whether the bridge sends it unicasts that it has no entry for
   * @param flood whether the bridge sends it multicasts and broadcasts; said of a port, if any of
   *     the two
   */
  public record PortFlags(boolean learning, boolean suppress, boolean unknown, boolean flood) {
    /** Those of a port that gets all that has no entry, or nothing of it. */
    public PortFlags(boolean learning, boolean suppress, boolean flood) {
      this(learning, suppress, flood, flood);
    }
  }

  /**
   * The MACs that the bridge must know behind the VXLAN device before it hears of them: it answers
   * ARP and ND only for those (br_do_suppress_arp in br_arp_nd_proxy.c), and sends the port
   * unicasts for no others if that floods none; and what goes to a VM that is still on its way must
   * not be flooded into its tap.
   */
  public Set<MacAddress> behindTunnel() {
    if (bridge.isEmpty() || evpn.isPresent()) {
      return Set.of();
    }
    Set<MacAddress> told = port.suppress() || !port.unknown() ? unicast.keySet() : Set.of();
    if (incoming.isEmpty() && tunnel.isEmpty()) {
      return told;
    }
    Set<MacAddress> all = new HashSet<>(told);
    tunnel.ifPresent(others -> all.removeAll(others.redirected()));
    all.addAll(comingFromElsewhere());
    return all;
  }

  /** The same of those that are still on their way, whoever tells of the others. */
  Set<MacAddress> comingFromElsewhere() {
    if (bridge.isEmpty()) {
      return Set.of();
    }
    Set<MacAddress> all = new HashSet<>(incoming.keySet());
    tunnel.ifPresent(others -> all.removeAll(others.redirected()));
    return all;
  }

  /** The hosts that get what has no known place, whoever says so to the kernel. */
  public SortedSet<IpAddress> peers() {
    SortedSet<IpAddress> all = new TreeSet<>(replication);
    evpn.ifPresent(told -> all.addAll(told.hosts()));
    return all;
  }

  /** The same segment with a migration tunnel. */
  Segment with(MigrationTunnel added) {
    return new Segment(
        network,
        claim,
        vni,
        bridge,
        vxlan,
        port,
        replication,
        unicast,
        neighbours,
        addresses,
        incoming,
        Optional.of(added),
        clamp,
        uplink,
        pins,
        evpn);
  }

  /** Whether a device is one of this network's. */
  public boolean has(InterfaceName device) {
    return vxlan.name().equals(device)
        || bridge.filter(spec -> spec.name().equals(device)).isPresent()
        || tunnel.filter(spec -> spec.spec().name().equals(device)).isPresent();
  }

  /** The largest IP packet that the network carries: the bridge's MTU. */
  public Mtu mtu() {
    return bridge.map(BridgeSpec::mtu).orElse(vxlan.mtu());
  }

  /** Whether the sender of a packet that is larger is told so. */
  public boolean tellsSenders() {
    return bridge.isPresent() && vxlan.mtu().equals(ROOM);
  }

  /** The device that has the host's own addresses: the bridge, or the VXLAN device without one. */
  public InterfaceName addressDevice() {
    return bridge.map(BridgeSpec::name).orElse(vxlan.name());
  }
}

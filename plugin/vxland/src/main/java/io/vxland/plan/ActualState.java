package io.vxland.plan;

import io.vxland.model.Checksums;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Prefix;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the kernel has, as far as the planner needs it.
 *
 * @param links every network device, also those of others
 * @param forwarding what the VXLAN devices of ours have in their FDB
 * @param neighbours the permanent neighbour entries of our devices
 * @param addresses the addresses of our devices
 * @param linkLocals the IPv6 link-local addresses that the kernel itself gave to others' devices in
 *     our bridges
 * @param learned what our bridges learned of frames, by port: on others' devices; on ours only
 *     where the bridge has a migration tunnel
 * @param told what a control plane has told our bridges to be behind others' ports
 * @param pinned what our bridges keep at others' ports, whoever sends it, and whether each entry is
 *     sticky, as ours are
 * @param guard what keeps frames out of migration tunnels from the bridges
 * @param vteps what drops tunnelled packets of strangers
 * @param frames what is done to frames for their size
 * @param filter what keeps taps from sending what they may not
 */
public record ActualState(
    Map<InterfaceName, Link> links,
    Map<InterfaceName, Forwarding> forwarding,
    Map<InterfaceName, Map<IpAddress, Neighbour>> neighbours,
    Map<InterfaceName, Map<Prefix, Boolean>> addresses,
    Map<InterfaceName, Set<Prefix>> linkLocals,
    Map<InterfaceName, Set<MacAddress>> learned,
    Map<InterfaceName, Set<MacAddress>> told,
    Map<InterfaceName, Map<MacAddress, Boolean>> pinned,
    Guard guard,
    VtepTable vteps,
    Frames frames,
    Filter filter) {

  /** A kernel with nothing in it. */
  public static final ActualState EMPTY =
      new ActualState(
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Guard.available(Map.of()),
          VtepTable.UNMANAGED,
          Frames.of(""),
          Filter.NONE);

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
   * @param queueLength how many frames may wait in it
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
      Optional<Segment.PortFlags> port,
      int queueLength) {

    /** The VNI that our alias on it tells; empty if it is somebody else's. */
    public Optional<Vni> owned() {
      return Ownership.vniOf(alias);
    }
  }

  /**
   * The chains of table {@code netdev vxland}, which is ours as a whole.
   *
   * @param state how much is known of them
   * @param reason what is missing; "" for nothing
   * @param deliveries per chain that is hooked to the device of its name, the taps that cards'
   *     frames go to; of what is unknown, what was last known
   */
  public record Guard(
      State state, String reason, Map<InterfaceName, Map<MacAddress, InterfaceName>> deliveries) {
    /** What one can know. */
    public enum State {
      /** They were read. */
      KNOWN,
      /** They may be there or not: reading them failed. */
      UNKNOWN,
      /** nft or kernel can do nothing of what is asked of them. */
      IMPOSSIBLE
    }

    /** Copies the map. */
    public Guard {
      deliveries = Map.copyOf(deliveries);
    }

    /** What is there. */
    public static Guard available(Map<InterfaceName, Map<MacAddress, InterfaceName>> deliveries) {
      return new Guard(State.KNOWN, "", deliveries);
    }

    /** There can be none, for a reason. */
    public static Guard missing(String reason) {
      return new Guard(State.IMPOSSIBLE, reason, Map.of());
    }

    /**
     * What is there could not be read, for a reason.
     *
     * @param before what was there when it was last read
     */
    public static Guard unknown(
        String reason, Map<InterfaceName, Map<MacAddress, InterfaceName>> before) {
      return new Guard(State.UNKNOWN, reason, before);
    }

    /** Whether it was read. */
    public boolean isKnown() {
      return state == State.KNOWN;
    }

    /** Whether anything can be done about them. */
    public boolean isPossible() {
      return state != State.IMPOSSIBLE;
    }
  }

  /**
   * The table of {@link VtepFilter}.
   *
   * @param isManaged whether there is a driver for it
   * @param missing why there can be none; "" if there can
   * @param isThere whether it is there
   * @param fingerprint what it was made for ({@link VtepFilter#fingerprint}); "" if it is not
   *     there, or is not as we make it
   * @param dropped how many packets it has dropped
   * @param strangers how many of those each sender sent; of the last hour, and of some senders
   */
  public record VtepTable(
      boolean isManaged,
      String missing,
      boolean isThere,
      String fingerprint,
      long dropped,
      SortedMap<IpAddress, Long> strangers) {
    /** Nobody looks after it. */
    public static final VtepTable UNMANAGED =
        new VtepTable(false, "", false, "", 0, new TreeMap<>());

    /** It is not there. */
    public static final VtepTable ABSENT = new VtepTable(true, "", false, "", 0, new TreeMap<>());

    /** There can be none, for a reason. */
    public static VtepTable missing(String reason) {
      return new VtepTable(true, reason, false, "", 0, new TreeMap<>());
    }

    /** It is there. */
    public static VtepTable of(
        String fingerprint, long dropped, SortedMap<IpAddress, Long> strangers) {
      return new VtepTable(true, "", true, fingerprint, dropped, strangers);
    }
  }

  /**
   * The tables of {@link FrameRules}.
   *
   * @param reason why nftables can do nothing to frames; empty if it can
   * @param taps whether it can to those that go into taps
   * @param fingerprint what {@link FrameRules#fingerprint} tells of the tables that are there
   */
  public record Frames(Optional<String> reason, boolean taps, String fingerprint) {
    /** Nothing can be done, and nobody has asked for it. */
    public static final Frames UNASKED = missing("");

    /** What is there. */
    public static Frames of(String fingerprint) {
      return new Frames(Optional.empty(), true, fingerprint);
    }

    /** There can be none, for a reason. */
    public static Frames missing(String reason) {
      return new Frames(Optional.of(reason), false, "");
    }
  }

  /**
   * Table {@code bridge vxland}, which is ours as a whole.
   *
   * @param isAvailable whether nft and kernel can do what is asked of them
   * @param reason what is missing; "" for nothing
   * @param stamps per network in it, the {@link PortFilter#stamp} of what is there
   * @param taps the filtered taps, with their networks
   * @param isKnown whether the driver knows what is behind the stamps: then a network can be
   *     changed without writing all of the table anew
   */
  public record Filter(
      boolean isAvailable,
      String reason,
      Map<Vni, Long> stamps,
      Map<InterfaceName, Vni> taps,
      boolean isKnown) {
    /** There is no such table. */
    public static final Filter NONE = new Filter(true, "", Map.of(), Map.of(), true);

    /** Copies the maps. */
    public Filter {
      stamps = Map.copyOf(stamps);
      taps = Map.copyOf(taps);
    }

    /** There can be none, for a reason. */
    public static Filter missing(String reason) {
      return new Filter(false, reason, Map.of(), Map.of(), false);
    }
  }

  /** What kind of device it is, with what the planner compares. */
  public sealed interface Kind {
    /**
     * What leads to another network: a NIC, a bond, a VLAN, a tunnel of somebody else's, or any
     * device that has an address of the host's.
     */
    record Uplink() implements Kind {}

    /**
     * A bridge.
     *
     * @param plain whether it has neither spanning tree nor multicast snooping, and learns nothing
     *     of frames that it does not forward
     * @param mostLearned how many MACs it learns, 0 for no limit; empty on a kernel that has none
     */
    record Bridge(boolean plain, OptionalInt mostLearned) implements Kind {
      /** One on a kernel without a limit. */
      public Bridge(boolean plain) {
        this(plain, OptionalInt.empty());
      }
    }

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
        boolean linked,
        int mostEntries,
        Checksums checksums,
        boolean marks)
        implements Kind {
      Reception reception() {
        return new Reception(port, checksums.zero6().accepts(), marks);
      }
    }

    /**
     * The port of a bridge into a migration tunnel.
     *
     * @param below the device that it is on
     * @param sendsOnly whether no frame ever comes out of it
     */
    record Outlet(Optional<InterfaceName> below, boolean sendsOnly) implements Kind {}

    /** Anything else. */
    record Other() implements Kind {}
  }

  /**
   * The FDB of a VXLAN device, and what its bridge knows behind it.
   *
   * @param replication the destinations of the all-zeros MAC
   * @param unicast the static and permanent entries, ours and other people's
   * @param behindTunnel the MACs that we told the bridge to be behind the device
   */
  public record Forwarding(
      Set<Destination> replication,
      Map<MacAddress, UnicastEntry> unicast,
      Set<MacAddress> behindTunnel) {
    /** An empty FDB. */
    public static final Forwarding EMPTY = new Forwarding(Set.of(), Map.of(), Set.of());
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
   * A neighbour entry that the kernel has not found out itself.
   *
   * @param mac the MAC of the address
   */
  public record Neighbour(MacAddress mac, Author author) {}

  /** Who wrote an entry. */
  public enum Author {
    /** It bears our mark. */
    VXLAND,
    /** A routing daemon, of a card on another host. */
    ROUTING,
    /** Anybody else. */
    SOMEBODY
  }
}

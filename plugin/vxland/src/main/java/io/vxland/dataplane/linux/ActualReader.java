package io.vxland.dataplane.linux;

import io.vxland.dataplane.FrameDriver;
import io.vxland.dataplane.PortFilterDriver;
import io.vxland.dataplane.VtepDriver;
import io.vxland.model.Checksums;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Prefix;
import io.vxland.model.UdpPort;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.AddrGenMode;
import io.vxland.netlink4j.model.Bridge;
import io.vxland.netlink4j.model.BridgePort;
import io.vxland.netlink4j.model.EntryState;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.InterfaceAddress;
import io.vxland.netlink4j.model.IpPrefix;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.Macvlan;
import io.vxland.netlink4j.model.Neighbour;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.Vxlan;
import io.vxland.plan.ActualState;
import io.vxland.plan.ActualState.Forwarding;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.MigrationTunnel;
import io.vxland.plan.Ownership;
import io.vxland.plan.Segment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the actual state: one dump each of links, FDB, neighbours and addresses. */
final class ActualReader {
  private static final int SCOPE_UNIVERSE = 0;

  /** What leads to other networks, by kind; "" is hardware. Taps and pairs lead to guests. */
  private static final Set<String> UPLINKS =
      Set.of(
          "", "bond", "team", "vlan", "macvlan", "macsec", "hsr", "gretap", "ip6gretap", "geneve");

  /** The upper half of fe80::/64. */
  private static final long LINK_LOCAL = 0xFE80_0000_0000_0000L;

  private static final int LINK_LOCAL_LENGTH = 64;

  private final RtnetlinkConnection connection;
  private final Deliveries deliveries;
  private final VtepDriver vteps;
  private final FrameDriver frames;
  private final Set<MacAddress> moving;
  private final PortFilterDriver filters;
  private final Map<Integer, InterfaceName> names = new HashMap<>();
  private final Map<InterfaceName, ActualState.Link> links = new HashMap<>();

  /** Our devices by index; what is in others does not concern the planner. */
  private final Map<Integer, InterfaceName> ours = new HashMap<>();

  /** The ports of others in our bridges. */
  private final Map<Integer, Link> guests = new HashMap<>();

  /** Devices with an address that others can reach. */
  private final Set<Integer> addressed = new HashSet<>();

  /** Ports of bridges. */
  private final Set<Integer> ports = new HashSet<>();

  /**
   * Creates one for one reading.
   *
   * @param moving the ports of which it must be read where they were learned
   */
  ActualReader(
      RtnetlinkConnection connection,
      Deliveries deliveries,
      Rulesets rulesets,
      Set<MacAddress> moving) {
    this.vteps = rulesets.vteps();
    this.frames = rulesets.frames();
    this.filters = rulesets.filters();
    this.connection = connection;
    this.deliveries = deliveries;
    this.moving = moving;
  }

  ActualState read() throws NetlinkException {
    List<Link> all = connection.links();
    List<InterfaceAddress> addresses = connection.addresses();
    addresses.stream()
        .filter(address -> address.scope() == SCOPE_UNIVERSE)
        .forEach(address -> addressed.add(address.ifindex()));
    for (Link link : all) {
      name(link).ifPresent(name -> names.put(link.index(), name));
      if (link.master() != 0) {
        ports.add(link.index());
      }
    }
    Map<Integer, InterfaceName> vxlans = new HashMap<>();
    for (Link link : all) {
      InterfaceName name = names.get(link.index());
      if (name != null) {
        links.put(name, link(name, link));
        if (Ownership.vniOf(link.alias()).isPresent()) {
          ours.put(link.index(), name);
          if (link.vxlan().isPresent() || links.get(name).kind() instanceof Kind.Outlet) {
            vxlans.put(link.index(), name);
          }
        }
      }
    }
    for (Link link : all) {
      if (ours.containsKey(link.master()) && !ours.containsKey(link.index())) {
        guests.put(link.index(), link);
      }
    }
    Map<InterfaceName, Forwarding> forwarding = Map.of();
    Map<InterfaceName, Set<MacAddress>> learned = Map.of();
    Map<InterfaceName, Set<MacAddress>> told = Map.of();
    Map<InterfaceName, Map<MacAddress, Boolean>> pinned = Map.of();
    if (!vxlans.isEmpty()) {
      Map<Integer, InterfaceName> taps = taps();
      ForwardingSink sink = new ForwardingSink(vxlans, listening(vxlans, taps), taps, moving);
      connection.dumpFdb(sink);
      forwarding = sink.forwarding();
      learned = sink.learned();
      told = sink.told();
      pinned = sink.pinned();
    }
    Map<InterfaceName, Set<Prefix>> linkLocals = new HashMap<>();
    return new ActualState(
        links,
        forwarding,
        neighbours(),
        addresses(addresses, linkLocals),
        linkLocals,
        learned,
        told,
        pinned,
        deliveries.read(links.keySet()),
        vteps.read(),
        frames.read(links.keySet()),
        filters.read());
  }

  /** The guests that have a name that we take. */
  private Map<Integer, InterfaceName> taps() {
    Map<Integer, InterfaceName> taps = new HashMap<>();
    for (int guest : guests.keySet()) {
      if (names.containsKey(guest)) {
        taps.put(guest, names.get(guest));
      }
    }
    return taps;
  }

  /**
   * Tens of thousands may be learned behind a VXLAN device: only for a migration is that gone
   * through.
   */
  private Map<Integer, InterfaceName> listening(
      Map<Integer, InterfaceName> vxlans, Map<Integer, InterfaceName> taps) {
    Map<Integer, InterfaceName> ports = new HashMap<>(taps);
    Set<InterfaceName> bridges = new HashSet<>();
    for (InterfaceName vxlan : vxlans.values()) {
      if (MigrationTunnel.isNamedAsOutlet(vxlan)) {
        links.get(vxlan).master().ifPresent(bridges::add);
      }
    }
    vxlans.forEach(
        (index, name) -> {
          if (links.get(name).master().filter(bridges::contains).isPresent()) {
            ports.put(index, name);
          }
        });
    return ports;
  }

  /**
   * The kernel takes names that we do not, in other scripts say; such a device is nobody's here.
   */
  private static Optional<InterfaceName> name(Link link) {
    try {
      return Optional.of(new InterfaceName(link.name()));
    } catch (InvalidValueException foreign) {
      return Optional.empty();
    }
  }

  private ActualState.Link link(InterfaceName name, Link link) {
    return new ActualState.Link(
        name,
        link.alias(),
        Values.model(link.address()),
        link.mtu(),
        link.isUp(),
        Optional.ofNullable(names.get(link.master())),
        kind(name, link),
        link.addrGenMode().filter(mode -> mode != AddrGenMode.NONE).isPresent(),
        link.bridgePort().map(ActualReader::flags),
        link.txQueueLength());
  }

  private static Segment.PortFlags flags(BridgePort port) {
    return new Segment.PortFlags(
        port.isOn(BridgePort.LEARNING),
        port.isOn(BridgePort.NEIGH_SUPPRESS),
        port.isOn(BridgePort.UNICAST_FLOOD),
        port.isOn(BridgePort.MCAST_FLOOD) || port.isOn(BridgePort.BCAST_FLOOD));
  }

  private Kind kind(InterfaceName name, Link link) {
    if (link.macvlan().isPresent() && MigrationTunnel.isNamedAsOutlet(name)) {
      boolean sendsOnly =
          link.macvlan().get().get(Macvlan.MODE).filter(m -> m == Macvlan.SOURCE).isPresent();
      return new Kind.Outlet(Optional.ofNullable(names.get(link.link())), sendsOnly);
    }
    if (link.bridge().isPresent()) {
      Bridge bridge = link.bridge().get();
      return new Kind.Bridge(
          bridge.get(Bridge.STP_STATE).orElse(0L) == 0
              && !bridge.get(Bridge.MCAST_SNOOPING).orElse(false)
              && bridge
                  .get(Bridge.SWITCHES)
                  .flatMap(all -> Bridge.isOn(all, Bridge.NO_LINK_LOCAL_LEARNING))
                  .orElse(true),
          number(bridge.get(Bridge.FDB_MAX_LEARNED)));
    }
    if (link.vxlan().isPresent()) {
      return vxlan(link.vxlan().get());
    }
    return addressed.contains(link.index()) || UPLINKS.contains(link.kind()) || leadsToABridge(link)
        ? new Kind.Uplink()
        : new Kind.Other();
  }

  /** One of a pair, whose other one is a port of a bridge here as well. */
  private boolean leadsToABridge(Link link) {
    return link.kind().equals("veth") && link.linkNetnsId() == -1 && ports.contains(link.link());
  }

  private static Kind vxlan(Vxlan vxlan) {
    int port = vxlan.get(Vxlan.PORT).orElse(0);
    if (port == 0) {
      return new Kind.Uplink();
    }
    return new Kind.Vxlan(
        vxlan.vni(),
        vxlan.local().map(Values::model),
        new UdpPort(port),
        vxlan.get(Vxlan.LEARNING).orElse(true),
        vxlan.get(Vxlan.AGEING).orElse(0L).intValue(),
        vxlan.get(Vxlan.PROXY).orElse(false),
        vxlan.get(Vxlan.TTL).orElse(0),
        vxlan.remote().map(Values::model),
        vxlan.get(Vxlan.LINK).orElse(0) != 0,
        number(vxlan.get(Vxlan.LIMIT)).orElse(0),
        new Checksums(
            vxlan.get(Vxlan.UDP_CSUM).orElse(true),
            Checksums.Zero6.of(
                vxlan.get(Vxlan.UDP_ZERO_CSUM6_TX).orElse(false),
                vxlan.get(Vxlan.UDP_ZERO_CSUM6_RX).orElse(false))),
        vxlan.get(Vxlan.GBP).orElse(false));
  }

  /** A limit beyond what we ever set is another one. */
  private static OptionalInt number(Optional<Long> limit) {
    return limit
        .map(value -> OptionalInt.of((int) Math.min(value, Integer.MAX_VALUE)))
        .orElseGet(OptionalInt::empty);
  }

  private Map<InterfaceName, Map<IpAddress, ActualState.Neighbour>> neighbours()
      throws NetlinkException {
    Map<InterfaceName, Map<IpAddress, ActualState.Neighbour>> byDevice = new HashMap<>();
    if (!ours.isEmpty()) {
      for (Neighbour neighbour : connection.neighbours()) {
        InterfaceName device = ours.get(neighbour.ifindex());
        boolean stays = neighbour.isPermanent() || neighbour.isExternallyLearned();
        if (device != null && stays && neighbour.linkAddress() != null) {
          byDevice
              .computeIfAbsent(device, name -> new HashMap<>())
              .put(
                  Values.model(neighbour.address()),
                  new ActualState.Neighbour(
                      Values.model(neighbour.linkAddress()), author(neighbour)));
        }
      }
    }
    return byDevice;
  }

  private static ActualState.Author author(Neighbour neighbour) {
    if (neighbour.isExternallyLearned()) {
      return ActualState.Author.ROUTING;
    }
    return neighbour.protocol() == Ownership.PROTOCOL
        ? ActualState.Author.VXLAND
        : ActualState.Author.SOMEBODY;
  }

  private Map<InterfaceName, Map<Prefix, Boolean>> addresses(
      List<InterfaceAddress> addresses, Map<InterfaceName, Set<Prefix>> linkLocals) {
    Map<InterfaceName, Map<Prefix, Boolean>> byDevice = new HashMap<>();
    if (!ours.isEmpty()) {
      for (InterfaceAddress address : addresses) {
        InterfaceName device = ours.get(address.ifindex());
        if (device != null) {
          byDevice
              .computeIfAbsent(device, name -> new HashMap<>())
              .put(Values.model(address.address()), address.protocol() == Ownership.PROTOCOL);
        } else if (isGuestsByKernel(address)) {
          linkLocals
              .computeIfAbsent(names.get(address.ifindex()), name -> new HashSet<>())
              .add(Values.model(address.address()));
        }
      }
    }
    return byDevice;
  }

  /**
   * Whether the kernel gave an address to somebody else's device in a bridge of ours. It marks
   * those since 5.18; before that they are known by being made of the device's own address (RFC
   * 4291, appendix A), which is how it makes them unless told otherwise.
   */
  private boolean isGuestsByKernel(InterfaceAddress address) {
    Link guest = guests.get(address.ifindex());
    IpPrefix prefix = address.address();
    if (guest == null
        || !names.containsKey(address.ifindex())
        || prefix.length() != LINK_LOCAL_LENGTH
        || !prefix.address().isV6()) {
      return false;
    }
    IpAddress ip = Values.model(prefix.address());
    boolean byMark = address.protocol() == InterfaceAddress.KERNEL_LINK_LOCAL;
    boolean byForm =
        address.protocol() == 0 && guest.address().isMac() && ip.low() == eui64(guest.address());
    return ip.high() == LINK_LOCAL && (byMark || byForm);
  }

  private static long eui64(LinkAddress address) {
    long mac = address.toLong();
    return ((mac >>> 24) << 40 | 0xFF_FE00_0000L | (mac & 0xFF_FFFF)) ^ 0x0200_0000_0000_0000L;
  }

  /**
   * See {@link Ownership}: static, and neither permanent nor FRR's, which marks what it writes as
   * externally learned, or as sticky where the other host calls it so (RFC 7432, section 15.2).
   */
  static boolean isOurs(FdbEntry entry) {
    return (entry.state() & EntryState.NOARP) != 0
        && (entry.state() & EntryState.PERMANENT) == 0
        && (entry.flags() & EntryState.STICKY) == 0
        && !entry.isExternallyLearned();
  }
}

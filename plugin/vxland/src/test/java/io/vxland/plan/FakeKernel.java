package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Prefix;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.Destination;
import io.vxland.plan.ActualState.Forwarding;
import io.vxland.plan.ActualState.Frames;
import io.vxland.plan.ActualState.Guard;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import io.vxland.plan.ActualState.Neighbour;
import io.vxland.plan.ActualState.UnicastEntry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A kernel in memory: takes changes as the real one would, and refuses what it would refuse. */
public final class FakeKernel {
  static final int QUEUE_LENGTH = 1000;

  public final Map<InterfaceName, Link> links = new TreeMap<>();
  final Map<InterfaceName, Set<Destination>> replication = new HashMap<>();
  final Map<InterfaceName, Map<MacAddress, UnicastEntry>> unicast = new HashMap<>();
  final Map<InterfaceName, Set<MacAddress>> behindTunnel = new HashMap<>();

  /** Those of a tap that no frame moves. */
  final Map<InterfaceName, Set<MacAddress>> pinned = new HashMap<>();

  final Map<InterfaceName, Map<IpAddress, Neighbour>> neighbours = new HashMap<>();
  final Map<InterfaceName, Map<Prefix, Boolean>> addresses = new HashMap<>();
  final Map<InterfaceName, Set<Prefix>> linkLocals = new HashMap<>();
  final Map<InterfaceName, Set<MacAddress>> learned = new HashMap<>();
  final Map<InterfaceName, Map<MacAddress, InterfaceName>> guards = new TreeMap<>();

  final Map<Vni, PortFilter> filters = new TreeMap<>();

  /** Why there can be no guards; empty if there can. */
  String noGuards = "";

  /** Why it is not known which guards there are; empty if it is. */
  String unknownGuards = "";

  public ActualState read() {
    Map<InterfaceName, Forwarding> forwarding = new HashMap<>();
    links
        .keySet()
        .forEach(
            name ->
                forwarding.put(
                    name,
                    new Forwarding(
                        Set.copyOf(replication.getOrDefault(name, Set.of())),
                        Map.copyOf(unicast.getOrDefault(name, Map.of())),
                        Set.copyOf(behindTunnel.getOrDefault(name, Set.of())))));
    return new ActualState(
        Map.copyOf(links),
        forwarding,
        Map.copyOf(neighbours),
        Map.copyOf(addresses),
        Map.copyOf(linkLocals),
        Map.copyOf(learned),
        told(),
        pinnedToTaps(),
        guard(),
        ActualState.VtepTable.UNMANAGED,
        frames,
        filter());
  }

  private Guard guard() {
    if (!noGuards.isEmpty()) {
      return Guard.missing(noGuards);
    }
    return unknownGuards.isEmpty() ? Guard.available(guards) : Guard.unknown(unknownGuards, guards);
  }

  private ActualState.Filter filter() {
    Map<Vni, Long> stamps = new HashMap<>();
    Map<InterfaceName, Vni> taps = new HashMap<>();
    filters.forEach(
        (vni, filter) -> {
          stamps.put(vni, filter.stamp());
          filter.ports().keySet().forEach(tap -> taps.put(tap, vni));
        });
    return new ActualState.Filter(true, "", stamps, taps, true);
  }

  private Map<InterfaceName, Set<MacAddress>> told() {
    Map<InterfaceName, Set<MacAddress>> told = new HashMap<>();
    behindTunnel.forEach(
        (port, cards) -> {
          if (links.get(port).kind() instanceof Kind.Other) {
            Set<MacAddress> moving = new HashSet<>(cards);
            moving.removeAll(pinned.getOrDefault(port, Set.of()));
            told.put(port, Set.copyOf(moving));
          }
        });
    return told;
  }

  private Map<InterfaceName, Map<MacAddress, Boolean>> pinnedToTaps() {
    Map<InterfaceName, Map<MacAddress, Boolean>> taps = new HashMap<>();
    pinned.forEach(
        (port, cards) -> {
          Map<MacAddress, Boolean> sticky = new HashMap<>();
          cards.forEach(mac -> sticky.put(mac, true));
          taps.put(port, Map.copyOf(sticky));
        });
    return taps;
  }

  /** A bridge hears a card on a port: it is there now, whatever it was told. */
  void hear(String port, MacAddress mac) {
    InterfaceName name = new InterfaceName(port);
    InterfaceName bridge = present(name).master().orElseThrow();
    if (isPinned(bridge, mac)) {
      return;
    }
    forget(bridge, mac);
    learned.computeIfAbsent(name, p -> new HashSet<>()).add(mac);
  }

  private void forget(InterfaceName bridge, MacAddress mac) {
    for (Map<InterfaceName, Set<MacAddress>> each : List.of(behindTunnel, learned, pinned)) {
      each.forEach(
          (port, cards) -> {
            if (isPortOf(port, bridge)) {
              cards.remove(mac);
            }
          });
    }
  }

  private boolean isPinned(InterfaceName bridge, MacAddress mac) {
    return pinned.entrySet().stream()
        .anyMatch(entry -> isPortOf(entry.getKey(), bridge) && entry.getValue().contains(mac));
  }

  private boolean isTold(InterfaceName bridge, MacAddress mac) {
    return behindTunnel.entrySet().stream()
        .anyMatch(entry -> isPortOf(entry.getKey(), bridge) && entry.getValue().contains(mac));
  }

  private static void add(
      Map<InterfaceName, Set<MacAddress>> ports, InterfaceName port, MacAddress mac) {
    ports.computeIfAbsent(port, p -> new HashSet<>()).add(mac);
  }

  private void unplug(InterfaceName port) {
    behindTunnel.remove(port);
    pinned.remove(port);
    learned.remove(port);
  }

  /** A device that somebody else made. */
  public void foreign(String name, Kind kind, String master) {
    links.put(
        new InterfaceName(name),
        new Link(
            new InterfaceName(name),
            "",
            new MacAddress(0xFE54_0000_0000L + links.size()),
            1500,
            true,
            Optional.of(master).filter(m -> !m.isEmpty()).map(InterfaceName::new),
            kind,
            true,
            Optional.empty(),
            QUEUE_LENGTH));
  }

  /** The replication lists that have anything in them. */
  Map<InterfaceName, Set<Destination>> replicationLists() {
    Map<InterfaceName, Set<Destination>> lists = new HashMap<>(replication);
    lists.values().removeIf(Set::isEmpty);
    return lists;
  }

  private Frames frames = Frames.of("");

  void apply(Plan plan) {
    plan.changes().forEach(this::apply);
  }

  /** nftables has been flushed, or can do nothing. */
  void frames(Frames now) {
    frames = now;
  }

  public void apply(Change change) {
    InterfaceName device = change.device();
    if (change instanceof Change.TreatFrames treat) {
      treat.rules().taps().values().forEach(taps -> taps.forEach(this::present));
      frames = Frames.of(treat.rules().fingerprint());
    } else if (change instanceof Change.LeaveFrames) {
      frames = Frames.of("");
    } else if (change instanceof Change.AddPortFilter add) {
      filters.merge(add.filter().vni(), add.filter(), PortFilter::and);
    } else if (change instanceof Change.SetPortFilter set) {
      filters.put(set.filter().vni(), set.filter());
    } else if (change instanceof Change.RemovePortFilter remove) {
      filters.remove(remove.vni());
    } else if (change instanceof Change.CreateBridge create) {
      absent(device);
      links.put(
          device,
          new Link(
              device,
              Ownership.alias(create.vni()),
              create.spec().mac(),
              create.spec().mtu().bytes(),
              false,
              Optional.empty(),
              new Kind.Bridge(true),
              true,
              Optional.empty(),
              QUEUE_LENGTH));
    } else if (change instanceof Change.CreateVxlan create) {
      absent(device);
      VxlanSpec spec = create.spec();
      refuseSameVni(spec);
      links.put(
          device,
          new Link(
              device,
              Ownership.alias(create.network()),
              spec.mac(),
              spec.mtu().bytes(),
              false,
              Optional.empty(),
              kind(spec),
              true,
              Optional.empty(),
              QUEUE_LENGTH));
      spec.destination().ifPresent(peer -> replicas(device).add(Destination.of(peer)));
    } else if (change instanceof Change.CreateOutlet create) {
      absent(device);
      OutletSpec spec = create.spec();
      if (present(spec.below()).mac().equals(spec.mac())) {
        throw new IllegalStateException(device + " has the address of the device below");
      }
      links.put(
          device,
          new Link(
              device,
              Ownership.alias(create.network()),
              spec.mac(),
              spec.mtu().bytes(),
              false,
              Optional.empty(),
              new Kind.Outlet(Optional.of(spec.below()), true),
              true,
              Optional.empty(),
              QUEUE_LENGTH));
    } else if (change instanceof Change.UnguardTunnel) {
      if (links.containsKey(device)) {
        throw new IllegalStateException(device + " is there, and then without its guard");
      }
      guards.remove(device);
    } else {
      Link link = present(device);
      if (change instanceof Change.DeleteLink) {
        links.remove(device);
        outletsOn(device).forEach(outlet -> apply(new Change.DeleteLink(outlet)));
        replication.remove(device);
        unicast.remove(device);
        unplug(device);
        links.keySet().stream().filter(port -> isPortOf(port, device)).forEach(this::unplug);
        neighbours.remove(device);
        addresses.remove(device);
        links.replaceAll(
            (name, other) ->
                other.master().equals(Optional.of(device)) ? with(other, Optional.empty()) : other);
      } else if (change instanceof Change.SetMaster set) {
        if (!(present(set.bridge()).kind() instanceof Kind.Bridge)) {
          throw new IllegalStateException(set.bridge() + " is no bridge");
        }
        mustOnlySend(link);
        unplug(device);
        links.put(device, with(link, Optional.of(set.bridge())));
      } else if (change instanceof Change.ClearMaster) {
        unplug(device);
        links.put(device, with(link, Optional.empty()));
      } else {
        applyTo(link, change);
      }
    }
  }

  private void applyTo(Link link, Change change) {
    InterfaceName device = link.name();
    if (change instanceof Change.AddReplica add) {
      replicas(device).add(Destination.of(add.peer()));
    } else if (change instanceof Change.RemoveReplica remove) {
      replicas(device).remove(remove.peer());
    } else if (change instanceof Change.PlaceMac place) {
      unicast
          .computeIfAbsent(device, d -> new TreeMap<>())
          .put(place.mac(), new UnicastEntry(Destination.of(place.peer()), true));
    } else if (change instanceof Change.RemoveMac remove) {
      unicast.get(device).remove(remove.mac());
    } else if (change instanceof Change.PlaceBehindPort place) {
      if (link.master().isEmpty()) {
        throw new IllegalStateException(device + " is no port of a bridge");
      }
      if (isPinned(link.master().get(), place.mac())) {
        throw new IllegalStateException(place.mac() + " would stay sticky behind " + device);
      }
      forget(link.master().get(), place.mac());
      add(behindTunnel, device, place.mac());
    } else if (change instanceof Change.PinToPort pin) {
      boolean told = isTold(link.master().orElseThrow(), pin.mac());
      forget(link.master().get(), pin.mac());
      add(pinned, device, pin.mac());
      if (told) {
        add(behindTunnel, device, pin.mac());
      }
    } else if (change instanceof Change.PlaceOnPort place) {
      boolean told = isTold(link.master().orElseThrow(), place.mac());
      forget(link.master().get(), place.mac());
      add(told ? behindTunnel : learned, device, place.mac());
    } else if (change instanceof Change.RemoveBehindPort remove) {
      boolean told = behindTunnel.getOrDefault(device, new HashSet<>()).remove(remove.mac());
      boolean kept = pinned.getOrDefault(device, new HashSet<>()).remove(remove.mac());
      if (!told && !kept) {
        throw new IllegalStateException(remove.mac() + " is not behind " + device);
      }
    } else if (change instanceof Change.GuardTunnel) {
      guards.put(device, new TreeMap<>());
    } else if (change instanceof Change.Deliver deliver) {
      present(deliver.tap());
      if (guard(device).putIfAbsent(deliver.mac(), deliver.tap()) != null) {
        throw new IllegalStateException(deliver.mac() + " is delivered twice");
      }
    } else if (change instanceof Change.StopDelivery stop) {
      if (guard(device).remove(stop.mac()) == null) {
        throw new IllegalStateException(stop.mac() + " is not delivered");
      }
    } else if (change instanceof Change.SetNeighbour set) {
      neighbours
          .computeIfAbsent(device, d -> new TreeMap<>())
          .put(set.address(), new Neighbour(set.mac(), ActualState.Author.VXLAND));
    } else if (change instanceof Change.RemoveNeighbour remove) {
      neighbours.get(device).remove(remove.address());
    } else if (change instanceof Change.AddAddress add) {
      addresses.computeIfAbsent(device, d -> new TreeMap<>()).put(add.address(), true);
    } else if (change instanceof Change.RemoveAddress remove) {
      if (linkLocals.containsKey(device)) {
        linkLocals.get(device).remove(remove.address());
        return;
      }
      addresses.get(device).remove(remove.address());
      if (addresses.get(device).keySet().stream().noneMatch(FakeKernel::isIpv4)) {
        flush(device, IpAddress.Family.V4);
      }
    } else {
      links.put(device, changed(link, change));
    }
  }

  private Map<MacAddress, InterfaceName> guard(InterfaceName tunnel) {
    if (!guards.containsKey(tunnel)) {
      throw new IllegalStateException("no guard of " + tunnel);
    }
    return guards.get(tunnel);
  }

  private void refuseSameVni(VxlanSpec spec) {
    for (Link link : links.values()) {
      if (link.kind() instanceof Kind.Vxlan other
          && other.vni() == spec.vni().value()
          && other.port().equals(spec.port())) {
        throw new IllegalStateException(link.name() + " has VNI " + other.vni());
      }
    }
  }

  /**
   * What must hold at every moment: no port of a bridge is one that a tunnel's frames come from.
   */
  private static void mustOnlySend(Link link) {
    boolean sendsOnly = link.kind() instanceof Kind.Outlet outlet && outlet.sendsOnly();
    if (MigrationTunnel.isNamedAsOne(link.name())
        || (MigrationTunnel.isNamedAsOutlet(link.name()) && !sendsOnly)) {
      throw new IllegalStateException(link.name() + " lets frames into a bridge");
    }
  }

  /** They go with the device below. */
  private List<InterfaceName> outletsOn(InterfaceName device) {
    return links.values().stream()
        .filter(
            link ->
                link.kind() instanceof Kind.Outlet outlet
                    && outlet.below().equals(Optional.of(device)))
        .map(Link::name)
        .toList();
  }

  private static boolean isIpv4(Prefix address) {
    return address.address().family() == IpAddress.Family.V4;
  }

  private void flush(InterfaceName device, IpAddress.Family family) {
    neighbours
        .getOrDefault(device, new TreeMap<>())
        .keySet()
        .removeIf(address -> address.family() == family);
  }

  private Link changed(Link link, Change change) {
    String alias =
        change instanceof Change.SetAlias set ? Ownership.alias(set.vni()) : link.alias();
    MacAddress mac = change instanceof Change.SetMac set ? set.mac() : link.mac();
    int mtu = change instanceof Change.SetMtu set ? set.mtu().bytes() : link.mtu();
    if (change instanceof Change.SetMac) {
      flush(link.name(), IpAddress.Family.V4);
      flush(link.name(), IpAddress.Family.V6);
    }
    int queue = change instanceof Change.SetQueueLength set ? set.frames() : link.queueLength();
    boolean up =
        change instanceof Change.SetUp || (link.up() && !(change instanceof Change.SetDown));
    boolean generates = !(change instanceof Change.NoAddressGeneration) && link.addressGeneration();
    Kind kind = link.kind();
    if (change instanceof Change.ChangeVxlan set) {
      Kind.Vxlan before = (Kind.Vxlan) kind;
      kind = kind(set.spec());
      before.destination().ifPresent(peer -> replicas(link.name()).remove(Destination.of(peer)));
      set.spec().destination().ifPresent(peer -> replicas(link.name()).add(Destination.of(peer)));
    } else if (change instanceof Change.PlainBridge) {
      kind = new Kind.Bridge(true);
    }
    Optional<Segment.PortFlags> port =
        change instanceof Change.SetPortFlags set ? Optional.of(set.flags()) : link.port();
    return new Link(link.name(), alias, mac, mtu, up, link.master(), kind, generates, port, queue);
  }

  /** Somebody else changes a link that is there. */
  void alter(InterfaceName name, UnaryOperator<Link> change) {
    links.computeIfPresent(name, (same, link) -> change.apply(link));
  }

  private static Link with(Link link, Optional<InterfaceName> master) {
    return LinkChanges.master(master).apply(link);
  }

  private static Kind kind(VxlanSpec spec) {
    return new Kind.Vxlan(
        spec.vni().value(),
        Optional.of(spec.local().address()),
        new UdpPort(spec.port().value()),
        spec.learning(),
        spec.ageing().orElse(Network.KERNEL_AGEING),
        spec.proxy(),
        spec.ttl().orElse(0),
        spec.destination(),
        spec.link().isPresent(),
        spec.mostEntries(),
        spec.checksums(),
        spec.marks());
  }

  private Set<Destination> replicas(InterfaceName device) {
    return replication.computeIfAbsent(device, d -> new HashSet<>());
  }

  private boolean isPortOf(InterfaceName port, InterfaceName bridge) {
    Link link = links.get(port);
    return link != null && link.master().equals(Optional.of(bridge));
  }

  private Link present(InterfaceName name) {
    if (!links.containsKey(name)) {
      throw new IllegalStateException("no device " + name);
    }
    return links.get(name);
  }

  private void absent(InterfaceName name) {
    if (links.containsKey(name)) {
      throw new IllegalStateException("device " + name + " exists");
    }
  }
}

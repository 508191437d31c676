package io.vxland.plan;

import io.vxland.model.Flooding;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.Prefix;
import io.vxland.model.Template;
import io.vxland.model.TunnelType;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Turns the inputs into the desired state of the kernel. */
public final class Desire {
  /**
   * The bridge learns nothing of other hosts, and answers for those that zebra has told it of. All
   * is flooded: BGP withdraws a machine that migrates before it says where that is.
   */
  private static final Segment.PortFlags ROUTED = new Segment.PortFlags(false, true, true);

  /** A step of the room for entries that are not learned. */
  private static final int ROOM = 16_384;

  /** What a guest has that is told of no MTU, and what a NIC takes whatever it was told. */
  private static final int ETHERNET_MTU = 1500;

  private final Inputs inputs;

  /** Each network looks at its own alone: there may be thousands of both. */
  private final Map<Vni, List<LocalPort>> ports;

  private final Map<Vni, List<Handover>> handovers;
  private final SortedMap<Vni, Segment> segments = new TreeMap<>();
  private final Map<InterfaceName, Network> bridges = new HashMap<>();

  /** Networks that are not the kernel's, as far as they come first. */
  private final Map<Vni, NetworkName> others = new HashMap<>();

  private final Map<InterfaceName, NetworkName> othersBridges = new HashMap<>();

  private final List<Problem> problems = new ArrayList<>();
  private final Tunnels tunnels;

  private Desire(Inputs inputs) {
    this.inputs = inputs;
    this.ports = inputs.ports().stream().collect(Collectors.groupingBy(LocalPort::vni));
    this.handovers = inputs.handovers().stream().collect(Collectors.groupingBy(Handover::vni));
    this.tunnels = new Tunnels(inputs, problems::add);
  }

  /**
   * Computes the desired state; of two networks that exclude each other, the first by name wins.
   */
  public static DesiredState of(Inputs inputs) {
    return new Desire(inputs).state();
  }

  private DesiredState state() {
    if (inputs.vtep().isEmpty() || inputs.underlay().isEmpty()) {
      if (!inputs.networks().isEmpty()) {
        problems.add(
            new Problem(
                "underlay",
                inputs.vtep().isEmpty()
                    ? "no address for tunnels: there is no default route; set [host] address"
                    : "no device has the address "
                        + inputs.vtep().get()
                        + "; until one has, the networks stay as they are"));
      }
      return new DesiredState(
          segments,
          problems,
          List.of(),
          Map.of(),
          new TreeMap<>(),
          Map.of(),
          FrameRules.NONE,
          false,
          VtepFilter.NONE);
    }
    for (Network network : inputs.sortedNetworks()) {
      if (network.template() == Template.BRIDGE) {
        add(network);
      } else {
        others.putIfAbsent(network.vni(), network.name());
        network.bridge().ifPresent(bridge -> othersBridges.putIfAbsent(bridge, network.name()));
      }
    }
    segments.replaceAll((vni, segment) -> tunnels.of(segment).map(segment::with).orElse(segment));
    SortedMap<Vni, PortFilter> filters = filters();
    problems.addAll(Isolation.missing(segments, inputs.ports()));
    Collections.sort(problems);
    return new DesiredState(
        Collections.unmodifiableSortedMap(segments),
        List.copyOf(problems),
        plugs(),
        tunnels.onSwitches(others.keySet()),
        filters,
        tapMtus(),
        FrameRules.of(segments.values(), clampedTaps(), inputs.ports()),
        inputs.knowledge().complete(),
        VtepDesire.of(inputs));
  }

  /** Those of taps of which nft can be told. */
  private SortedMap<Vni, PortFilter> filters() {
    SortedMap<Vni, PortFilter> filters = new TreeMap<>();
    PortFilters.of(inputs, homes())
        .forEach(
            (vni, filter) -> {
              PortFilter said = filter.only(NftNames::isSayable);
              filters.put(vni, said.ports().isEmpty() ? PortFilter.none(vni) : said);
              filter.ports().keySet().stream()
                  .filter(tap -> !NftNames.isSayable(tap))
                  .forEach(tap -> problems.add(unsayable(tap)));
            });
    return filters;
  }

  private static Problem unsayable(InterfaceName tap) {
    return new Problem(
        "tap '" + tap + "'",
        "frames from it cannot be filtered, because nft does not accept its name; give its"
            + " <interface> another <target dev='...'/>");
  }

  /** The networks whose taps can be filtered: those with a bridge. */
  private Map<Vni, PortFilters.Home> homes() {
    Map<Vni, PortFilters.Home> homes = new HashMap<>();
    for (Network network : inputs.sortedNetworks()) {
      Segment segment = segments.get(network.vni());
      if (segment != null
          && segment.network().equals(network.name())
          && segment.bridge().isPresent()) {
        homes.put(
            network.vni(),
            new PortFilters.Home(
                network.options().security(),
                Set.of(segment.bridge().get().mac()),
                segment.addresses().stream().map(Prefix::address).collect(Collectors.toSet())));
      }
    }
    return homes;
  }

  private List<DesiredState.Plug> plugs() {
    return inputs.ports().stream()
        .filter(port -> port.tap().isPresent() && segments.containsKey(port.vni()))
        .sorted()
        .map(
            port ->
                new DesiredState.Plug(port.domainName(), port.tap().orElseThrow(), port.bridge()))
        .toList();
  }

  /** A tap takes from its network, and from VMs beside it, all that a guest may send. */
  private Map<InterfaceName, Integer> tapMtus() {
    Map<InterfaceName, Integer> mtus = new HashMap<>();
    for (LocalPort port : inputs.ports()) {
      Segment segment = segments.get(port.vni());
      if (port.tap().isPresent() && (segment != null || others.containsKey(port.vni()))) {
        int network = segment == null ? 0 : segment.mtu().bytes();
        int guest = Math.max(ETHERNET_MTU, port.mtu().orElse(0));
        mtus.merge(port.tap().get(), Math.max(network, guest), Math::max);
      }
    }
    return mtus;
  }

  /** The taps in switches whose networks keep TCP to what they carry. */
  private Map<InterfaceName, Mtu> clampedTaps() {
    Map<InterfaceName, Mtu> clamped = new HashMap<>();
    for (Network network : inputs.sortedNetworks()) {
      if (network.template() != Template.BRIDGE
          && network.options().clamp()
          && network.name().equals(others.get(network.vni()))) {
        try {
          Mtu mtu =
              TenantMtu.of(
                  network,
                  network.options().ovs().tunnel(),
                  inputs.underlay().orElseThrow(),
                  inputs.vtep().orElseThrow(),
                  said -> {});
          inputs.ports().stream()
              .filter(port -> port.vni().equals(network.vni()))
              .forEach(port -> port.tap().ifPresent(tap -> clamped.put(tap, mtu)));
        } catch (InvalidValueException saidElsewhere) {
          // The switch's own desire refuses the network.
        }
      }
    }
    return clamped;
  }

  private void add(Network network) {
    Segment sameVni = segments.get(network.vni());
    if (sameVni != null) {
      refuse(network, "VNI " + network.vni() + " already belongs to '" + sameVni.network() + "'");
      return;
    }
    NetworkName onSwitch = others.get(network.vni());
    if (onSwitch != null) {
      refuse(network, "VNI " + network.vni() + " already belongs to '" + onSwitch + "'");
      return;
    }
    Network sameBridge = network.bridge().map(bridges::get).orElse(null);
    if (sameBridge != null) {
      refuse(
          network,
          "bridge "
              + network.bridge().get()
              + " already belongs to '"
              + sameBridge.name()
              + "' (VNI "
              + sameBridge.vni()
              + ")");
      return;
    }
    NetworkName otherBridge = network.bridge().map(othersBridges::get).orElse(null);
    if (otherBridge != null) {
      refuse(
          network,
          "bridge "
              + network.bridge().get()
              + " already belongs to '"
              + otherBridge
              + "' as an Open vSwitch bridge");
      return;
    }
    try {
      segments.put(network.vni(), segment(network));
      network.bridge().ifPresent(bridge -> bridges.put(bridge, network));
    } catch (InvalidValueException impossible) {
      refuse(network, impossible.getMessage());
    }
  }

  private void refuse(Network network, String reason) {
    problems.add(
        new Problem("network '" + network.name() + "'", reason + "; this network is left out"));
  }

  private Segment segment(Network network) {
    Vtep local = inputs.vtep().orElseThrow();
    Inputs.Underlay underlay = inputs.underlay().orElseThrow();
    OverlayOptions options = network.options();
    Vni vni = network.vni();
    List<LocalPort> here = ports.getOrDefault(vni, List.of());
    Optional<Segment.Evpn> evpn =
        inputs
            .knowledge()
            .routing()
            .map(routing -> EvpnDesire.of(network, routing, here, problems::add));
    Mtu mtu = TenantMtu.of(network, TunnelType.VXLAN, underlay, local, problems::add);
    Optional<IpAddress> destination = destination(options.replication());
    List<Location> locations =
        evpn.isPresent() ? List.of() : inputs.knowledge().locations().getOrDefault(vni, List.of());
    boolean group = options.replication() instanceof Replication.Group;
    VxlanSpec vxlan =
        new VxlanSpec(
            Network.vxlanDevice(vni),
            DerivedMac.of(local, vni, DerivedMac.Role.VXLAN),
            // A device that is bound to another may not have more than that one leaves.
            network.bridge().isPresent() && !group ? Segment.ROOM : mtu,
            vni,
            local,
            options.port(),
            evpn.isEmpty() && options.learning(),
            options.ageing(),
            evpn.isEmpty() && options.proxy(),
            options.ttl(),
            destination,
            group ? Optional.of(underlay.ofGroups()) : Optional.empty(),
            evpn.isEmpty() && options.learning() ? mostEntries(options, locations.size()) : 0,
            options.checksums(),
            options.isolation());
    Optional<BridgeSpec> bridge =
        network
            .bridge()
            .map(
                name ->
                    new BridgeSpec(
                        name,
                        DerivedMac.of(local, vni, DerivedMac.Role.BRIDGE),
                        mtu,
                        options.mostLearned()));
    SortedSet<IpAddress> replication = replication(network, local, destination);
    Placement placement = Placement.of(network, local, here, locations, Optional.empty());
    problems.addAll(placement.problems());
    Pins pins =
        evpn.isPresent() || bridge.isEmpty()
            ? Pins.NONE
            : Pins.of(network, local, here, locations, handovers.getOrDefault(vni, List.of()));
    AddressOwners owners = AddressOwners.of(network, here, locations, placement.places().keySet());
    problems.addAll(owners.problems());
    Map<InterfaceName, SortedMap<IpAddress, MacAddress>> byDevice =
        evpn.isPresent()
            ? bridge.map(device -> Map.of(device.name(), owners.here())).orElse(Map.of())
            : neighbourDevices(options, vxlan, bridge, owners.elsewhere());
    return new Segment(
        network.name(),
        network.origin() == Network.Origin.BRIDGE_NAME
            ? Segment.Claim.YIELDING
            : Segment.Claim.FIRM,
        vni,
        bridge,
        vxlan,
        evpn.isPresent() ? ROUTED : portFlags(network, pins),
        replication,
        placement.places(),
        byDevice,
        new TreeSet<>(options.addresses()),
        tunnels.incoming(vni),
        Optional.empty(),
        options.clamp(),
        options.uplink(),
        pins,
        evpn);
  }

  /**
   * The bridge learns what is behind the tunnel, lest it floods all taps with it, and for a MAC
   * address that is no port's, such as a VRRP router's, moves there from a tap. Where places are
   * told and answered for, it learns nothing while a frame could move a known one: the hosts that
   * are not told yet that a VM has moved still send here, and their frames are to be redirected.
   */
  private Segment.PortFlags portFlags(Network network, Pins pins) {
    OverlayOptions options = network.options();
    return new Segment.PortFlags(
        options.learning() || !options.suppress() || !pins.exposed(),
        options.suppress(),
        isFlooded(network),
        true);
  }

  /**
   * Whether unicasts to unknown places are flooded. Who learns places from what is flooded and is
   * told of none would lose a machine for good that is silent for a while.
   */
  private boolean isFlooded(Network network) {
    OverlayOptions options = network.options();
    if (options.flood() != Flooding.BROADCASTS || network.bridge().isEmpty()) {
      return true;
    }
    if (options.learning() && options.entries().isEmpty()) {
      problems.add(
          new Problem(
              "network '" + network.name() + "'",
              "flood is broadcast, but this network learns from frames, so all frames to unknown"
                  + " addresses are flooded; use etcd without [control] peers, or set an 'entry'"
                  + " for each machine"));
      return true;
    }
    return false;
  }

  /**
   * To the kernel, entries that were written count like those that were learned, and it does not
   * change the limit of a device that is there: so there is room for many more.
   */
  private static int mostEntries(OverlayOptions options, int places) {
    return options.mostLearned() + (places / ROOM + 1) * ROOM;
  }

  private static Optional<IpAddress> destination(Replication replication) {
    if (replication instanceof Replication.Remote remote) {
      return Optional.of(remote.peer().address());
    }
    if (replication instanceof Replication.Group group) {
      return Optional.of(group.group());
    }
    return Optional.empty();
  }

  private SortedSet<IpAddress> replication(
      Network network, Vtep local, Optional<IpAddress> destination) {
    NavigableSet<IpAddress> addresses = new TreeSet<>();
    destination.ifPresent(addresses::add);
    if (network.options().flood() != Flooding.NOTHING && destination.isEmpty()) {
      inputs
          .knowledge()
          .replication()
          .getOrDefault(network.vni(), new TreeSet<>())
          .forEach(vtep -> addresses.add(vtep.address()));
      addresses.remove(local.address());
    }
    for (IpAddress address : addresses) {
      if (address.family() != local.address().family()) {
        throw new InvalidValueException(
            "peer " + address + " and this host's " + local + " have different IP versions");
      }
    }
    return Collections.unmodifiableSortedSet(addresses);
  }

  /**
   * The bridge answers for a suppressing port, the VXLAN device as a proxy, either for the host.
   */
  private static Map<InterfaceName, SortedMap<IpAddress, MacAddress>> neighbourDevices(
      OverlayOptions options,
      VxlanSpec vxlan,
      Optional<BridgeSpec> bridge,
      SortedMap<IpAddress, MacAddress> neighbours) {
    Map<InterfaceName, SortedMap<IpAddress, MacAddress>> byDevice = new TreeMap<>();
    if (!neighbours.isEmpty()) {
      if (bridge.isPresent() && (options.suppress() || !options.addresses().isEmpty())) {
        byDevice.put(bridge.get().name(), neighbours);
      }
      if (options.proxy() || bridge.isEmpty()) {
        byDevice.put(vxlan.name(), neighbours);
      }
    }
    return Collections.unmodifiableMap(byDevice);
  }
}

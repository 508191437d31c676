package io.vxland.plan;

import io.vxland.model.Flooding;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.Prefix;
import io.vxland.model.SwitchOptions;
import io.vxland.model.Template;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** Inputs for tests: small ones by hand, and arbitrary ones from a seed. */
final class Worlds {
  static final Vtep SELF = Vtep.parse("10.99.0.1");
  static final Vtep SECOND = Vtep.parse("10.99.0.2");
  static final Vtep THIRD = Vtep.parse("10.99.0.3");
  static final Inputs.Underlay UNDERLAY = new Inputs.Underlay(new InterfaceName("eth0"), 1500);

  private Worlds() {}

  static Network network(String name, int vni, OverlayOptions options) {
    return new Network(
        new NetworkName(name),
        new Vni(vni),
        Optional.of(Network.defaultBridge(new Vni(vni))),
        Template.BRIDGE,
        Network.Origin.LIBVIRT,
        options);
  }

  static Network network(String name, int vni) {
    return network(name, vni, OverlayOptions.DEFAULTS);
  }

  static Inputs inputs(Set<Network> networks, Set<LocalPort> ports, Knowledge knowledge) {
    return inputs(networks, ports, knowledge, Set.of());
  }

  static Inputs inputs(
      Set<Network> networks, Set<LocalPort> ports, Knowledge knowledge, Set<Handover> handovers) {
    return new Inputs(
        Optional.of(SELF), Optional.of(UNDERLAY), networks, ports, knowledge, handovers);
  }

  /** Every network replicated to the same peers, and machines placed as told. */
  static Knowledge knowledge(
      Set<Network> networks, List<Vtep> peers, Map<Vni, List<Location>> locations) {
    Map<Vni, SortedSet<Vtep>> replication = new HashMap<>();
    networks.forEach(network -> replication.put(network.vni(), new TreeSet<>(peers)));
    return new Knowledge(true, replication, locations);
  }

  static Inputs blue() {
    Set<Network> networks = Set.of(network("blue", 5001));
    return inputs(networks, Set.of(), knowledge(networks, List.of(SECOND, THIRD), Map.of()));
  }

  static LocalPort port(String mac, int vni, LocalPort.State state) {
    return new LocalPort(
        new UUID(0, 1),
        "vm1",
        MacAddress.parse(mac),
        new Vni(vni),
        Network.defaultBridge(new Vni(vni)),
        Optional.of(new InterfaceName("vnet0")),
        Optional.empty(),
        state);
  }

  /** An arbitrary world with VMs on their way; the same for the same seed. */
  static Inputs arbitraryWithHandovers(long seed) {
    Inputs world = arbitrary(seed);
    Random random = new Random(~seed);
    Set<Handover> handovers = new HashSet<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      handovers.add(handover(random));
    }
    return inputs(world.networks(), world.ports(), world.knowledge(), handovers);
  }

  private static Handover handover(Random random) {
    Vni vni = vni(random);
    return switch (random.nextInt(4)) {
      case 0 -> new Handover.Ready(vni, mac(random));
      case 1 ->
          new Handover.Redirect(
              vni,
              mac(random),
              random.nextBoolean() ? Optional.of(vtep(random)) : Optional.empty());
      default ->
          new Handover.Delivery(
              vni,
              mac(random),
              new InterfaceName("vnet" + random.nextInt(4)),
              random.nextBoolean());
    };
  }

  /** Among them one that has no tunnel, and two of which each has the other's tunnel's VNI. */
  private static Vni vni(Random random) {
    int[] odd = {0xFF_FFFF, 0xFF_FFFE};
    int choice = random.nextInt(8);
    return new Vni(choice < 6 ? 1 + choice : odd[choice - 6]);
  }

  /** An arbitrary world; the same for the same seed. */
  static Inputs arbitrary(long seed) {
    Random random = new Random(seed);
    // By name: libvirt and the configuration have each name once.
    Map<NetworkName, Network> networks = new HashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      int vni = vni(random).value();
      Optional<InterfaceName> bridge =
          switch (random.nextInt(4)) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(new InterfaceName("tenant" + random.nextInt(3)));
            default -> Optional.of(Network.defaultBridge(new Vni(vni)));
          };
      Network network =
          new Network(
              new NetworkName("net" + random.nextInt(8)),
              new Vni(vni),
              bridge,
              Template.BRIDGE,
              random.nextBoolean() ? Network.Origin.LIBVIRT : Network.Origin.CONFIGURATION,
              options(random));
      networks.put(network.name(), network);
    }
    Map<Vni, List<Location>> locations = new HashMap<>();
    for (int i = random.nextInt(20); i > 0; i--) {
      locations
          .computeIfAbsent(new Vni(1 + random.nextInt(6)), vni -> new ArrayList<>())
          .add(
              new Location(
                  mac(random),
                  vtep(random),
                  random.nextBoolean() ? List.of() : List.of(tenant(random))));
    }
    Set<LocalPort> ports = new HashSet<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      LocalPort.State[] states = LocalPort.State.values();
      ports.add(
          port(
              mac(random).toString(),
              1 + random.nextInt(6),
              states[random.nextInt(states.length)]));
    }
    List<Vtep> peers = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      peers.add(vtep(random));
    }
    Set<Network> all = Set.copyOf(networks.values());
    return inputs(all, ports, knowledge(all, peers, locations));
  }

  private static OverlayOptions options(Random random) {
    Replication replication =
        switch (random.nextInt(5)) {
          case 0 -> new Replication.Remote(SECOND);
          case 1 -> new Replication.Group(IpAddress.parse("239.1.1." + (1 + random.nextInt(3))));
          case 2 -> new Replication.Peers(List.of(SECOND));
          default -> new Replication.ControlPlane();
        };
    return new OverlayOptions(
        new UdpPort(random.nextBoolean() ? 4789 : 8472),
        random.nextBoolean() ? Optional.empty() : Optional.of(new Mtu(1400)),
        random.nextBoolean(),
        random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(60),
        random.nextBoolean(),
        random.nextBoolean(),
        List.of(Flooding.values()).get(random.nextInt(3)),
        random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(8),
        replication,
        random.nextBoolean() ? List.of() : List.of(Prefix.parse("7.7.7.1/24")),
        List.of(),
        SwitchOptions.DEFAULTS);
  }

  private static MacAddress mac(Random random) {
    return new MacAddress(0x5254_0000_0000L + random.nextInt(6));
  }

  private static Vtep vtep(Random random) {
    return Vtep.parse("10.99.0." + (1 + random.nextInt(5)));
  }

  private static IpAddress tenant(Random random) {
    return IpAddress.parse("7.7.7." + (1 + random.nextInt(6)));
  }
}

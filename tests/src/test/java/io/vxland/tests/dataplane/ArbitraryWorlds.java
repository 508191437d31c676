package io.vxland.tests.dataplane;

import io.vxland.model.Checksums;
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
import io.vxland.plan.Inputs;
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

/** An arbitrary world of one underlay family; the same for the same seed. */
final class ArbitraryWorlds {
  private static final int VNIS = 4;

  /** The tap of the world's VM. */
  static final InterfaceName TAP = new InterfaceName("vnet0");

  private final Random random;
  private final boolean v6;

  /** Of all networks: they share sockets. */
  private final boolean accepting;

  private final boolean isolating;

  private ArbitraryWorlds(long seed) {
    this.random = new Random(seed);
    this.v6 = random.nextInt(4) == 0;
    this.accepting = random.nextInt(4) == 0;
    this.isolating = random.nextInt(4) == 0;
  }

  static Inputs of(long seed) {
    return new ArbitraryWorlds(seed).inputs();
  }

  private Inputs inputs() {
    Set<Network> networks = new HashSet<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      networks.add(network(new Vni(1 + random.nextInt(VNIS))));
    }
    Map<Vni, SortedSet<Vtep>> replication = new HashMap<>();
    Map<Vni, List<Location>> locations = new HashMap<>();
    for (Network network : networks) {
      SortedSet<Vtep> peers = new TreeSet<>();
      List<Location> places = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        peers.add(host());
        places.add(
            new Location(card(), host(), random.nextBoolean() ? List.of() : List.of(tenant())));
      }
      replication.put(network.vni(), peers);
      locations.put(network.vni(), places);
    }
    return new Inputs(
        Optional.of(Vtep.parse(v6 ? "fd99::1" : "10.99.0.1")),
        Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), 1500)),
        networks,
        Set.of(port(networks)),
        new Knowledge(true, replication, locations),
        handovers(networks));
  }

  /** A VM whose tap is in a network, if somebody has made it. */
  private LocalPort port(Set<Network> networks) {
    Network network = networks.stream().sorted().findFirst().orElseThrow();
    return new LocalPort(
        new UUID(0, 1),
        "vm",
        card(),
        network.vni(),
        network.bridge().orElse(Network.defaultBridge(network.vni())),
        Optional.of(TAP),
        Optional.empty(),
        LocalPort.State.INCOMING);
  }

  private Set<Handover> handovers(Set<Network> networks) {
    Set<Handover> handovers = new HashSet<>();
    networks.stream()
        .sorted()
        .forEach(network -> handover(network.vni()).ifPresent(handovers::add));
    return handovers;
  }

  private Optional<Handover> handover(Vni vni) {
    return switch (random.nextInt(6)) {
      case 0 -> Optional.of(new Handover.Ready(vni, card()));
      case 1 -> Optional.of(new Handover.Redirect(vni, card(), Optional.empty()));
      case 2 -> Optional.of(new Handover.Redirect(vni, card(), Optional.of(host())));
      case 3 -> Optional.of(new Handover.Delivery(vni, card(), TAP, random.nextBoolean()));
      default -> Optional.empty();
    };
  }

  private Network network(Vni vni) {
    Optional<InterfaceName> bridge =
        switch (random.nextInt(4)) {
          case 0 -> Optional.empty();
          case 1 -> Optional.of(new InterfaceName("tenant" + random.nextInt(2)));
          default -> Optional.of(Network.defaultBridge(vni));
        };
    return new Network(
        new NetworkName("net" + random.nextInt(5)),
        vni,
        bridge,
        Template.BRIDGE,
        Network.Origin.CONFIGURATION,
        options());
  }

  private OverlayOptions options() {
    Replication replication =
        switch (random.nextInt(5)) {
          case 0 -> new Replication.Remote(host());
          case 1 ->
              new Replication.Group(
                  IpAddress.parse((v6 ? "ff0e::" : "239.1.1.") + (1 + random.nextInt(2))));
          default -> new Replication.ControlPlane();
        };
    OverlayOptions options =
        new OverlayOptions(
                new UdpPort(random.nextInt(3) == 0 ? 8472 : 4789),
                random.nextBoolean() ? Optional.empty() : Optional.of(new Mtu(1400)),
                random.nextBoolean(),
                random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(60),
                random.nextInt(3) == 0,
                random.nextBoolean(),
                List.of(Flooding.values()).get(random.nextInt(3)),
                random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(8),
                replication,
                switch (random.nextInt(3)) {
                  case 0 -> List.of(Prefix.parse("7.7.7.1/24"));
                  case 1 -> List.of(Prefix.parse("fd07::1/64"));
                  default -> List.of();
                },
                List.of(),
                SwitchOptions.DEFAULTS)
            .with(
                new Checksums(
                    random.nextInt(6) > 0, Checksums.Zero6.of(random.nextInt(6) == 0, accepting)));
    return isolating ? options.isolating() : options;
  }

  private MacAddress card() {
    return new MacAddress(0x5254_0000_0000L + random.nextInt(4));
  }

  private Vtep host() {
    return Vtep.parse((v6 ? "fd99::" : "10.99.0.") + (2 + random.nextInt(3)));
  }

  private IpAddress tenant() {
    return IpAddress.parse((random.nextBoolean() ? "7.7.7." : "fd07::") + (2 + random.nextInt(4)));
  }

  /**
   * What somebody may do to devices of ours between two plans, as a script: the same for the same
   * seed.
   */
  static String drift(long seed, List<String> bridges, List<String> vxlans) {
    Random random = new Random(seed);
    StringBuilder script = new StringBuilder();
    for (String bridge : bridges) {
      List<String> changes =
          List.of(
              "ip link set " + bridge + " type bridge mcast_snooping 1",
              "ip link set " + bridge + " address 02:00:00:00:00:99",
              "ip link set " + bridge + " mtu 1300",
              "ip link set " + bridge + " addrgenmode eui64",
              "ip link set " + bridge + " down",
              "ip link set " + bridge + " alias vxland:vni=99");
      script.append(changes.get(random.nextInt(changes.size()))).append('\n');
    }
    for (String vxlan : vxlans) {
      List<String> changes =
          List.of(
              "ip link set " + vxlan + " nomaster",
              "ip link set " + vxlan + " address 02:00:00:00:00:98",
              "ip link set " + vxlan + " mtu 1300",
              "ip link set " + vxlan + " addrgenmode eui64",
              "ip link set " + vxlan + " down",
              "ip link set " + vxlan + " type vxlan ttl 77");
      script.append(changes.get(random.nextInt(changes.size()))).append('\n');
    }
    return script.toString();
  }
}

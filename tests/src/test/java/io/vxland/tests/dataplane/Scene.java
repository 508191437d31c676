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
import io.vxland.model.PortSecurity;
import io.vxland.model.Prefix;
import io.vxland.model.SwitchOptions;
import io.vxland.model.Template;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Inputs;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/** One network, VNI 5001, and what is known of it; each method returns a changed copy. */
final class Scene {
  static final Vni VNI = new Vni(5001);
  static final MacAddress CARD = MacAddress.parse("52:54:00:00:00:01");
  static final IpAddress TENANT = IpAddress.parse("7.7.7.2");

  static final Scene BLUE = new Scene();

  /** The same over IPv6. */
  static final Scene BLUE_OVER_IPV6 = BLUE.from("fd99::1", "fd99::2", "fd99::3");

  /** Nothing is wanted, and that is known for certain. */
  static final Inputs NOTHING = BLUE.inputs(1, 0);

  private boolean bridged = true;
  private int port = 4789;
  private boolean learning = true;
  private OptionalInt ageing = OptionalInt.empty();
  private boolean proxy;
  private boolean suppress;
  private Flooding flood = Flooding.ALL;
  private OptionalInt ttl = OptionalInt.empty();
  private int mostLearned = OverlayOptions.DEFAULT_LEARNED;
  private Optional<Mtu> mtu = Optional.empty();
  private Replication replication = new Replication.ControlPlane();
  private List<Prefix> addresses = List.of();
  private Vtep vtep = Vtep.parse("10.99.0.1");
  private int underlayMtu = 1500;
  private List<Vtep> peers = List.of(Vtep.parse("10.99.0.2"), Vtep.parse("10.99.0.3"));
  private List<Location> locations = List.of();
  private Set<Handover> handovers = Set.of();
  private Set<LocalPort> ports = Set.of();
  private boolean isolation;

  private Scene() {}

  private Scene with(Consumer<Scene> change) {
    Scene copy = new Scene();
    copy.bridged = bridged;
    copy.port = port;
    copy.learning = learning;
    copy.ageing = ageing;
    copy.proxy = proxy;
    copy.suppress = suppress;
    copy.flood = flood;
    copy.ttl = ttl;
    copy.mostLearned = mostLearned;
    copy.mtu = mtu;
    copy.replication = replication;
    copy.addresses = addresses;
    copy.vtep = vtep;
    copy.underlayMtu = underlayMtu;
    copy.peers = peers;
    copy.locations = locations;
    copy.handovers = handovers;
    copy.ports = ports;
    copy.isolation = isolation;
    change.accept(copy);
    return copy;
  }

  Scene unbridged() {
    return with(copy -> copy.bridged = false);
  }

  Scene port(int value) {
    return with(copy -> copy.port = value);
  }

  Scene nolearning() {
    return with(copy -> copy.learning = false);
  }

  Scene ageing(int seconds) {
    return with(copy -> copy.ageing = OptionalInt.of(seconds));
  }

  Scene proxy() {
    return with(copy -> copy.proxy = true);
  }

  Scene suppress() {
    return with(copy -> copy.suppress = true);
  }

  Scene flood(Flooding value) {
    return with(copy -> copy.flood = value);
  }

  Scene learningAtMost(int macs) {
    return with(copy -> copy.mostLearned = macs);
  }

  Scene ttl(int hops) {
    return with(copy -> copy.ttl = OptionalInt.of(hops));
  }

  Scene mtu(int bytes) {
    return with(copy -> copy.mtu = Optional.of(new Mtu(bytes)));
  }

  Scene remote(String peer) {
    return with(copy -> copy.replication = new Replication.Remote(Vtep.parse(peer)));
  }

  Scene group(String group) {
    return with(copy -> copy.replication = new Replication.Group(IpAddress.parse(group)));
  }

  Scene address(String prefix) {
    return with(copy -> copy.addresses = List.of(Prefix.parse(prefix)));
  }

  Scene from(String host, String... others) {
    return with(
        copy -> {
          copy.vtep = Vtep.parse(host);
          copy.peers = Arrays.stream(others).map(Vtep::parse).toList();
        });
  }

  Scene underlayMtu(int bytes) {
    return with(copy -> copy.underlayMtu = bytes);
  }

  Scene cardAt(String host) {
    return with(
        copy -> copy.locations = List.of(new Location(CARD, Vtep.parse(host), List.of(TENANT))));
  }

  /** A VM runs here, with its tap vnet0 in the network's bridge. */
  Scene tap() {
    return with(
        copy ->
            copy.ports =
                Set.of(
                    new LocalPort(
                        new UUID(0, 1),
                        "vm",
                        CARD,
                        VNI,
                        Network.defaultBridge(VNI),
                        Optional.of(new InterfaceName("vnet0")),
                        Optional.empty(),
                        LocalPort.State.HERE)));
  }

  /** Its isolated ports are kept from those of other hosts. */
  Scene isolation(LocalPort... here) {
    return with(
        copy -> {
          copy.isolation = true;
          copy.ports = Set.of(here);
        });
  }

  /** A VM is on its way. */
  Scene handovers(Handover... values) {
    return with(copy -> copy.handovers = Set.of(values));
  }

  /** The network alone. */
  Inputs inputs() {
    return inputs(5001, 1);
  }

  /** A number of such networks, of consecutive VNIs. */
  Inputs inputs(int firstVni, int count) {
    Set<Network> networks = new TreeSet<>();
    Map<Vni, SortedSet<Vtep>> replicas = new HashMap<>();
    Map<Vni, List<Location>> places = new HashMap<>();
    for (int i = 0; i < count; i++) {
      Vni vni = new Vni(firstVni + i);
      networks.add(network(vni));
      replicas.put(vni, new TreeSet<>(peers));
      places.put(vni, locations);
    }
    return new Inputs(
        Optional.of(vtep),
        Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), underlayMtu)),
        networks,
        ports,
        new Knowledge(true, replicas, places),
        handovers);
  }

  private Network network(Vni vni) {
    return new Network(
        new NetworkName("net" + vni),
        vni,
        bridged ? Optional.of(Network.defaultBridge(vni)) : Optional.empty(),
        Template.BRIDGE,
        Network.Origin.CONFIGURATION,
        new OverlayOptions(
            new UdpPort(port),
            mtu,
            learning,
            ageing,
            proxy,
            suppress,
            flood,
            ttl,
            replication,
            addresses,
            List.of(),
            SwitchOptions.DEFAULTS,
            mostLearned,
            true,
            PortSecurity.KNOWN,
            false,
            Checksums.DEFAULTS,
            isolation));
  }
}

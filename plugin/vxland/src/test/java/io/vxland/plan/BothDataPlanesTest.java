package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.LocalPort.State;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.ovs.Cards;
import io.vxland.plan.ovs.SwitchDesire;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where a port is, whose an address is, and which of two handovers holds, is decided alike for a
 * Linux bridge and for Open vSwitch: the same inputs, the same decision.
 */
class BothDataPlanesTest {
  private static final Vni VNI = new Vni(5001);
  private static final String LOW = "52:54:00:00:00:01";
  private static final String HIGH = "52:54:00:00:00:02";
  private static final String SELF = "10.99.0.1";
  private static final String SECOND = "10.99.0.2";
  private static final String THIRD = "10.99.0.3";
  private static final String OTHER_FAMILY = "fd99::7";
  private static final String ADDRESS = "10.0.0.7";

  /**
   * What either data plane is asked to do for the network.
   *
   * @param places the host of each port elsewhere
   * @param answers the addresses that ARP and ND are answered for
   * @param redirected the hosts of redirected ports; "any" where the host is not known
   * @param deliveries the taps of ports that come here
   * @param problems what an administrator reads
   */
  private record Decision(
      SortedMap<String, String> places,
      SortedMap<String, String> answers,
      SortedMap<String, String> redirected,
      SortedMap<String, String> deliveries,
      List<String> problems) {}

  /** A case: what is known, and what follows. */
  private static final class Case {
    private final String name;
    private List<Location> locations = List.of();
    private Set<LocalPort> ports = Set.of();
    private Set<Handover> handovers = Set.of();
    private Set<Network> others = Set.of();
    private final SortedMap<String, String> places = new TreeMap<>();
    private final SortedMap<String, String> answers = new TreeMap<>();
    private final SortedMap<String, String> redirected = new TreeMap<>();
    private final SortedMap<String, String> deliveries = new TreeMap<>();
    private List<String> problems = List.of();

    Case(String name) {
      this.name = name;
    }

    Case known(Location... values) {
      locations = List.of(values);
      return this;
    }

    Case here(LocalPort... values) {
      ports = Set.of(values);
      return this;
    }

    Case handovers(Handover... values) {
      handovers = new HashSet<>(Arrays.asList(values));
      return this;
    }

    Case beside(Network... values) {
      others = Set.of(values);
      return this;
    }

    Case place(String mac, String host) {
      places.put(mac, host);
      return this;
    }

    Case answer(String address, String mac) {
      answers.put(address, mac);
      return this;
    }

    Case redirect(String mac, String host) {
      redirected.put(mac, host);
      return this;
    }

    Case delivery(String mac, String tap) {
      deliveries.put(mac, tap);
      return this;
    }

    Case problem(String... messages) {
      problems = List.of(messages);
      return this;
    }

    Decision expected() {
      return new Decision(places, answers, redirected, deliveries, problems);
    }

    Inputs inputs(Network network) {
      Set<Network> networks = new HashSet<>(others);
      networks.add(network);
      return Worlds.inputs(
          networks,
          ports,
          Worlds.knowledge(
              networks, List.of(Vtep.parse(SECOND), Vtep.parse(THIRD)), Map.of(VNI, locations)),
          handovers);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Location at(String mac, String host, String... addresses) {
    return new Location(
        MacAddress.parse(mac),
        Vtep.parse(host),
        Arrays.stream(addresses).map(IpAddress::parse).toList());
  }

  private static LocalPort here(String mac, State state, String... addresses) {
    return Worlds.port(mac, VNI.value(), state)
        .with(Arrays.stream(addresses).map(IpAddress::parse).toList());
  }

  private static Handover redirect(String mac, String host) {
    return new Handover.Redirect(VNI, MacAddress.parse(mac), Optional.of(Vtep.parse(host)));
  }

  private static Handover delivery(String mac, String tap) {
    return new Handover.Delivery(VNI, MacAddress.parse(mac), new InterfaceName(tap), false);
  }

  private static Network network(Template template, String name, Vni vni) {
    return new Network(
        new NetworkName(name),
        vni,
        Optional.of(Network.defaultBridge(vni)),
        template,
        Network.Origin.LIBVIRT,
        template == Template.BRIDGE ? OverlayOptions.TOLD : OverlayOptions.DEFAULTS);
  }

  static Stream<Case> cases() {
    Vni tunnel = MigrationTunnel.tunnelVni(VNI).orElseThrow();
    return Stream.of(
        new Case("a port is where it is said to be")
            .known(at(LOW, SECOND, ADDRESS))
            .place(LOW, SECOND)
            .answer(ADDRESS, LOW),
        new Case("of two hosts the lower one has the port, and both are named")
            .known(at(LOW, THIRD, ADDRESS), at(LOW, SECOND))
            .place(LOW, SECOND)
            .answer(ADDRESS, LOW)
            .problem(LOW + " is claimed by two hosts; its FDB entry points to " + SECOND),
        new Case("a host that cannot be reached has no place, and nothing is answered for it")
            .known(at(LOW, OTHER_FAMILY, ADDRESS))
            .problem(unreachable(LOW)),
        new Case("a host that can be reached comes before one that cannot")
            .known(at(LOW, OTHER_FAMILY), at(LOW, THIRD, ADDRESS))
            .place(LOW, THIRD)
            .answer(ADDRESS, LOW)
            .problem(unreachable(LOW)),
        new Case("what is said of this host is no place elsewhere").known(at(LOW, SELF, ADDRESS)),
        new Case("a port that is here is not elsewhere")
            .known(at(LOW, SECOND, ADDRESS))
            .here(here(LOW, State.HERE)),
        new Case("a port that leaves is where it is said to be")
            .known(at(LOW, SECOND, ADDRESS))
            .here(here(LOW, State.LEAVING, ADDRESS))
            .place(LOW, SECOND)
            .answer(ADDRESS, LOW),
        new Case("a port that comes is where it still is")
            .known(at(LOW, SECOND, ADDRESS))
            .here(here(LOW, State.INCOMING, ADDRESS))
            .place(LOW, SECOND)
            .answer(ADDRESS, LOW),
        new Case("an address that two ports elsewhere claim is nobody's")
            .known(at(HIGH, SECOND, ADDRESS), at(LOW, THIRD, ADDRESS))
            .place(HIGH, SECOND)
            .place(LOW, THIRD)
            .problem(disputed(LOW + " at " + THIRD, HIGH + " at " + SECOND)),
        new Case("a port that is at two hosts is one claimant")
            .known(at(LOW, SECOND, ADDRESS), at(LOW, THIRD, ADDRESS))
            .place(LOW, SECOND)
            .answer(ADDRESS, LOW)
            .problem(LOW + " is claimed by two hosts; its FDB entry points to " + SECOND),
        new Case("an address that a port at an unreachable host claims, too, is nobody's")
            .known(at(HIGH, SECOND, ADDRESS), at(LOW, OTHER_FAMILY, ADDRESS))
            .place(HIGH, SECOND)
            .problem(
                disputed(LOW + " at " + OTHER_FAMILY, HIGH + " at " + SECOND), unreachable(LOW)),
        new Case("an address of a port that runs here is not another's")
            .known(at(LOW, SECOND, ADDRESS))
            .here(here(HIGH, State.HERE, ADDRESS))
            .place(LOW, SECOND)
            .problem(preferred("VM 'vm1' (" + HIGH + ")", LOW + " at " + SECOND)),
        new Case("nobody has a group's address, or none")
            .known(at(LOW, SECOND, "224.0.0.1", "ff02::1", "0.0.0.0", "::", "fd07::7"))
            .place(LOW, SECOND)
            .answer("fd07::7", LOW),
        new Case("a redirect goes to the host that can be reached")
            .handovers(redirect(LOW, OTHER_FAMILY), redirect(LOW, THIRD))
            .redirect(LOW, THIRD),
        new Case("a redirect goes to the lower one of two hosts")
            .handovers(redirect(LOW, THIRD), redirect(LOW, SECOND))
            .redirect(LOW, SECOND),
        new Case("a redirect to a host that cannot be reached goes to all")
            .handovers(redirect(LOW, OTHER_FAMILY))
            .redirect(LOW, "any"),
        new Case("a redirect to this host goes to all")
            .handovers(redirect(LOW, SELF))
            .redirect(LOW, "any"),
        new Case("a port that comes here is not redirected")
            .handovers(redirect(LOW, SECOND), delivery(LOW, "vnet1"))
            .delivery(LOW, "vnet1"),
        new Case("of two taps the lower one gets it")
            .handovers(delivery(LOW, "vnet2"), delivery(LOW, "vnet1"))
            .delivery(LOW, "vnet1"),
        new Case("a migration's VNI that is another network's, of whichever kind")
            .handovers(redirect(LOW, SECOND))
            .beside(network(Template.OVS_TUN, "zebra", tunnel))
            .problem(taken(tunnel)),
        new Case("a migration's VNI that is another network's, of the kernel's")
            .handovers(redirect(LOW, SECOND))
            .beside(network(Template.BRIDGE, "zebra", tunnel))
            .problem(taken(tunnel)));
  }

  private static String unreachable(String mac) {
    return mac
        + " is at "
        + OTHER_FAMILY
        + ", which cannot be reached from "
        + SELF
        + ": their IP versions differ";
  }

  private static String disputed(String one, String other) {
    return ADDRESS
        + " is claimed by two ports, "
        + one
        + " and "
        + other
        + "; ARP and ND requests for it are flooded; give one of the two another address";
  }

  private static String preferred(String one, String other) {
    return ADDRESS
        + " is claimed by two ports, "
        + one
        + " and "
        + other
        + "; the first owns it, because it is named for that port; give one of the two another"
        + " address";
  }

  private static String taken(Vni tunnel) {
    return "frames for a VM that is paused by a migration are lost: the migration tunnel needs VNI "
        + tunnel
        + ", which belongs to network 'zebra'; choose another VNI";
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aLinuxBridge(Case known) {
    assertThat(onBridge(known)).isEqualTo(known.expected());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void openVswitch(Case known) {
    assertThat(onSwitch(known)).isEqualTo(known.expected());
  }

  @ParameterizedTest
  @EnumSource(Template.class)
  void theOrderInWhichItIsSaidDoesNotMatter(Template template) {
    cases()
        .forEach(
            known -> {
              Decision one = decide(template, known);
              known.locations =
                  known.locations.stream()
                      .sorted((left, right) -> right.toString().compareTo(left.toString()))
                      .toList();
              assertThat(decide(template, known)).as(known.name).isEqualTo(one);
            });
  }

  private static Decision decide(Template template, Case known) {
    return template == Template.BRIDGE ? onBridge(known) : onSwitch(known);
  }

  private static Decision onBridge(Case known) {
    DesiredState desired = Desire.of(known.inputs(network(Template.BRIDGE, "blue", VNI)));
    Segment segment = desired.segments().get(VNI);
    SortedMap<String, String> places = new TreeMap<>();
    segment.unicast().forEach((mac, host) -> places.put(mac.toString(), host.toString()));
    SortedMap<String, String> redirected = new TreeMap<>();
    SortedMap<String, String> deliveries = new TreeMap<>();
    segment
        .tunnel()
        .ifPresent(
            tunnel -> {
              tunnel.redirected().forEach(mac -> redirected.put(mac.toString(), "any"));
              tunnel
                  .unicast()
                  .forEach((mac, host) -> redirected.put(mac.toString(), host.toString()));
              deliveries.putAll(text(tunnel.deliveries()));
            });
    return new Decision(
        places,
        text(segment.neighbours().getOrDefault(Network.defaultBridge(VNI), new TreeMap<>())),
        redirected,
        deliveries,
        messages(desired.problems()));
  }

  private static Decision onSwitch(Case known) {
    var desired = SwitchDesire.of(known.inputs(network(Template.OVS_TUN, "blue", VNI)));
    Cards cards = desired.switches().get(Network.defaultBridge(VNI)).cards().get(VNI);
    SortedMap<String, String> redirected = new TreeMap<>();
    if (cards.tunnelKey().isPresent()) {
      cards
          .redirected()
          .forEach(
              (mac, host) ->
                  redirected.put(mac.toString(), host.map(IpAddress::toString).orElse("any")));
    }
    return new Decision(
        text(cards.places()),
        text(cards.answers()),
        redirected,
        text(cards.deliveries()),
        messages(desired.problems()));
  }

  private static SortedMap<String, String> text(Map<?, ?> map) {
    SortedMap<String, String> text = new TreeMap<>();
    map.forEach((key, value) -> text.put(key.toString(), value.toString()));
    return text;
  }

  private static List<String> messages(List<Problem> problems) {
    return problems.stream()
        .map(Problem::message)
        .filter(message -> !message.startsWith("UDP port "))
        .sorted()
        .toList();
  }
}

package io.vxland.daemon;

import io.vxland.api.Change;
import io.vxland.api.NetworkDetails;
import io.vxland.api.NetworkSummary;
import io.vxland.api.Peer;
import io.vxland.api.Port;
import io.vxland.api.Problem;
import io.vxland.api.Status;
import io.vxland.control.ControlPlane;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.PortSecurity;
import io.vxland.model.Prefix;
import io.vxland.model.StaticEntry;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.VtepTable;
import io.vxland.plan.NicMtu;
import io.vxland.plan.Segment;
import io.vxland.plan.ovs.Switch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the API shows of the daemon's values. */
final class Views {
  private static final int MOST_STRANGERS = 10;

  private Views() {}

  static Change change(io.vxland.plan.Change change) {
    Object step = change instanceof io.vxland.plan.Change.OnSwitch on ? on.step() : change;
    String kind =
        step.getClass()
            .getSimpleName()
            .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
            .toLowerCase(Locale.ROOT);
    return new Change(
        kind,
        change.device().value(),
        kind.replace('-', ' ') + " " + change.device(),
        change.command());
  }

  /** The planner writes what is wrong and what to do as two halves of a sentence. */
  static Problem problem(io.vxland.plan.Problem problem) {
    int half = problem.message().indexOf("; ");
    return half < 0
        ? new Problem(problem.subject(), problem.message(), "")
        : new Problem(
            problem.subject(),
            problem.message().substring(0, half),
            problem.message().substring(half + 2));
  }

  static Problem failure(io.vxland.dataplane.Dataplane.Failure failure, Outcome outcome) {
    if (failure.change() instanceof io.vxland.plan.Change.OnSwitch) {
      return new Problem(
          "port " + failure.change().device(),
          "Open vSwitch refused '" + failure.change().command() + "': " + failure.reason(),
          "vxland tries again; if the problem persists, see the logs in /var/log/openvswitch");
    }
    return new Problem(
        subject(failure.change().device(), outcome),
        "the kernel refused '" + failure.change().command() + "': " + failure.reason(),
        failure.remedy().isEmpty()
            ? "vxland tries again; if the problem persists, see the kernel's log"
            : failure.remedy());
  }

  private static String subject(InterfaceName device, Outcome outcome) {
    return outcome.desired().segments().values().stream()
        .filter(segment -> segment.has(device))
        .findFirst()
        .map(segment -> "network '" + segment.network() + "'")
        .orElse("device " + device);
  }

  static Port port(
      LocalPort port, World.View view, Outcome outcome, Map<InterfaceName, Long> denied) {
    Optional<Network> network =
        view.networks().stream()
            .filter(candidate -> candidate.vni().equals(port.vni()))
            .sorted()
            .findFirst();
    return new Port(
        port.domainName(),
        port.domain().toString(),
        port.mac().toString(),
        network.map(found -> found.name().value()).orElse(""),
        port.vni().value(),
        port.tap().map(InterfaceName::value).orElse(""),
        port.bridge().value(),
        Port.State.valueOf(port.state().name()),
        port.addresses().stream().map(IpAddress::toString).toList(),
        port.mtu().orElse(0),
        carried(port.vni(), outcome)
            .filter(mtu -> NicMtu.isTooLarge(port, mtu))
            .map(NicMtu::remedy)
            .orElse(""),
        port.allowance()
            .security()
            .or(() -> network.map(found -> found.options().security()))
            .map(PortSecurity::toString)
            .orElse(""),
        port.tap().map(tap -> denied.getOrDefault(tap, 0L)).orElse(0L));
  }

  /** The largest packet of a network, whichever data plane it is on. */
  private static Optional<Mtu> carried(Vni vni, Outcome outcome) {
    return Optional.ofNullable(outcome.desired().segments().get(vni))
        .map(Segment::mtu)
        .or(() -> outcome.switches().of(vni).map(Switch::mtu));
  }

  /**
   * Another host.
   *
   * @param known what the control plane says of it; empty if only a network's own options name it
   */
  static Peer peer(
      IpAddress vtep, Optional<ControlPlane.Host> known, List<String> networks, int entries) {
    return new Peer(
        vtep.toString(),
        known.map(ControlPlane.Host::name).orElse(""),
        known.map(ControlPlane.Host::source).orElse("configuration"),
        known
            .flatMap(ControlPlane.Host::alive)
            .map(alive -> alive ? Peer.State.ALIVE : Peer.State.GONE)
            .orElse(Peer.State.UNKNOWN),
        known.map(host -> host.gone().toSeconds()).orElse(0L),
        networks,
        entries);
  }

  /** The networks that are ours, by name: not those whose bridge turned out to be another's. */
  static List<Network> shown(World.View view, Outcome outcome) {
    return view.networks().stream()
        .filter(
            network ->
                network.origin() != Network.Origin.BRIDGE_NAME
                    || !outcome.yielded().contains(network.vni()))
        .sorted()
        .toList();
  }

  static NetworkSummary summary(Network network, World.View view, Outcome outcome) {
    Optional<Segment> segment = segment(network, outcome);
    Optional<Switch> onSwitch = outcome.switches().of(network.vni());
    World.LibvirtNetwork known = view.libvirt().get(network.name());
    return new NetworkSummary(
        network.name().value(),
        network.vni().value(),
        network.template().toString(),
        network.bridge().map(InterfaceName::value).orElse(""),
        segment.map(found -> found.vxlan().name().value()).orElse(""),
        segment.map(Segment::mtu).or(() -> onSwitch.map(Switch::mtu)).map(Mtu::bytes).orElse(0),
        network.options().port().value(),
        state(known),
        known != null && known.autostart(),
        (int) view.ports().stream().filter(port -> port.vni().equals(network.vni())).count(),
        peers(network, outcome).size(),
        (segment.isPresent() || onSwitch.isPresent())
            && outcome.standing().contains(network.vni()));
  }

  /** The hosts that get what has no known place. */
  private static List<IpAddress> peers(Network network, Outcome outcome) {
    Optional<Segment> segment = segment(network, outcome);
    return segment.isPresent()
        ? List.copyOf(segment.get().peers())
        : outcome.switches().of(network.vni()).stream()
            .flatMap(found -> found.peers(network.vni()).stream())
            .toList();
  }

  private static NetworkSummary.State state(World.LibvirtNetwork known) {
    if (known == null) {
      return NetworkSummary.State.CONFIGURATION;
    }
    return known.active() ? NetworkSummary.State.ACTIVE : NetworkSummary.State.INACTIVE;
  }

  static NetworkDetails details(
      Network network,
      World.View view,
      Outcome outcome,
      NetworkDetails.OnSwitch onSwitch,
      Map<InterfaceName, Long> denied) {
    OverlayOptions options = network.options();
    return new NetworkDetails(
        summary(network, view, outcome),
        new NetworkDetails.Options(
            replication(options.replication()),
            options.learning(),
            options.ageing().orElse(0),
            options.proxy(),
            options.suppress(),
            options.flood().toString(),
            options.security().toString(),
            options.ttl().orElse(0),
            options.addresses().stream().map(Prefix::toString).toList(),
            options.entries().stream().map(StaticEntry::toString).toList()),
        onSwitch,
        peers(network, outcome).stream().map(Object::toString).toList(),
        view.ports().stream()
            .filter(port -> port.vni().equals(network.vni()))
            .sorted()
            .map(port -> port(port, view, outcome, denied))
            .toList(),
        outcome.problems().stream()
            .filter(problem -> problem.subject().equals("network '" + network.name() + "'"))
            .map(Views::problem)
            .toList());
  }

  private static String replication(Replication replication) {
    if (replication instanceof Replication.Peers) {
      return "own list of peers";
    } else if (replication instanceof Replication.Remote remote) {
      return "one remote " + remote.peer();
    } else if (replication instanceof Replication.Group group) {
      return "group " + group.group();
    }
    return "peers of the control plane";
  }

  /** The segment that a network has in the desired state; empty if another took its VNI. */
  static Optional<Segment> segment(Network network, Outcome outcome) {
    return Optional.ofNullable(outcome.desired().segments().get(network.vni()))
        .filter(segment -> segment.network().equals(network.name()));
  }

  /** How many entries a segment asks for. */
  static int entries(Segment segment) {
    return segment.replication().size()
        + segment.unicast().size()
        + segment.neighbours().values().stream().mapToInt(Map::size).sum();
  }

  /** The same of a switch. */
  static int entries(Switch onSwitch) {
    return onSwitch.networks().keySet().stream().mapToInt(vni -> hosts(onSwitch, vni).size()).sum();
  }

  /** Where the entries of a network on a switch point to: its tunnels, and its fixed places. */
  static List<IpAddress> hosts(Switch onSwitch, Vni vni) {
    List<IpAddress> hosts = new ArrayList<>(onSwitch.peers(vni));
    hosts.addAll(onSwitch.cards().get(vni).places().values());
    return hosts;
  }

  /** What strangers sent; of many senders those with most packets. */
  static Status.Dropped dropped(VtepTable table) {
    return new Status.Dropped(
        table.dropped(),
        table.strangers().entrySet().stream()
            .sorted(
                Map.Entry.<IpAddress, Long>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(MOST_STRANGERS)
            .map(each -> new Status.Stranger(each.getKey().toString(), each.getValue()))
            .toList());
  }
}

package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the desired state with the actual one.
 *
 * <p>The order of a plan: hosts are accepted; devices are made; taps filtered; migration tunnels
 * guarded; attributes set; entries added or replaced; devices brought up; entries removed; devices
 * removed; guards removed. So a frame never meets a device that is half done, and a place that
 * moves is told before the old one is forgotten.
 */
public final class Planner {
  private final DesiredState desired;
  private final ActualState actual;
  private final boolean sweep;

  /** VXLAN devices that do not bear our mark. */
  private final List<ActualState.Link> strangers;

  private final List<ActualState.Link> uplinks;
  private final Map<UdpPort, Segment> sockets = new HashMap<>();
  private final List<Change> links = new ArrayList<>();
  private final List<Change> filters = new ArrayList<>();
  private final List<Change> guards = new ArrayList<>();
  private final List<Change> attributes = new ArrayList<>();
  private final List<Change> entries = new ArrayList<>();
  private final List<Change> frames = new ArrayList<>();
  private final List<Change> ups = new ArrayList<>();
  private final List<Change> removals = new ArrayList<>();
  private final Set<Vni> blocked = new HashSet<>();
  private final Set<Vni> yielded = new HashSet<>();
  private final List<Problem> problems;

  private Planner(DesiredState desired, ActualState actual, boolean inventoryComplete) {
    this.desired = desired;
    this.actual = actual;
    this.sweep = desired.complete() && inventoryComplete;
    this.strangers =
        actual.links().values().stream()
            .filter(link -> link.kind() instanceof ActualState.Kind.Vxlan)
            .filter(link -> link.owned().isEmpty())
            .toList();
    this.uplinks = Uplinks.ports(actual);
    this.problems = new ArrayList<>(desired.problems());
  }

  List<ActualState.Link> strangers() {
    return strangers;
  }

  /**
   * Makes the plan.
   *
   * @param desired what should be
   * @param actual what the kernel has
   * @param inventoryComplete whether libvirt has told all its networks; until it and the control
   *     plane have, the plan takes nothing away
   */
  public static Plan plan(DesiredState desired, ActualState actual, boolean inventoryComplete) {
    return new Planner(desired, actual, inventoryComplete).plan();
  }

  private Plan plan() {
    Set<InterfaceName> wanted = new HashSet<>();
    for (Segment segment : desired.segments().values()) {
      segment.bridge().ifPresent(bridge -> wanted.add(bridge.name()));
      wanted.add(segment.vxlan().name());
      segment
          .tunnel()
          .ifPresent(
              tunnel -> {
                wanted.add(tunnel.spec().name());
                wanted.add(tunnel.outlet().name());
              });
      new SegmentPlanner(segment, actual, sweep, this).plan();
    }
    desired.plugs().forEach(this::check);
    new TapPlanner(desired, actual, sweep, this).plan();
    checkGuard();
    planFrames();
    new PortFilterPlanner(desired, actual, sweep, this).plan();
    Sweeper sweeper = new Sweeper(desired, actual, wanted, this);
    List<Change> changes = new ArrayList<>();
    VtepPlanner vteps = new VtepPlanner(desired, actual);
    vteps.problem().ifPresent(problems::add);
    Set<Vni> notOurs = new HashSet<>(blocked);
    notOurs.addAll(yielded);
    // Who is to be sent to may answer at once.
    vteps.plan(sweep, notOurs).ifPresent(changes::add);
    if (sweep) {
      changes.addAll(sweeper.inTheWay());
    }
    changes.addAll(links);
    changes.addAll(filters);
    changes.addAll(guards);
    changes.addAll(attributes);
    changes.addAll(entries);
    changes.addAll(ups);
    changes.addAll(frames);
    changes.addAll(removals);
    if (sweep) {
      changes.addAll(sweeper.rest());
    }
    problems.sort(null);
    return new Plan(changes, problems, blocked, yielded);
  }

  /** A bridge that is deleted and made anew is without its taps, and libvirt does not notice. */
  private void check(DesiredState.Plug plug) {
    ActualState.Link tap = actual.links().get(plug.tap());
    if (tap != null && !tap.master().equals(Optional.of(plug.bridge()))) {
      problem(
          "VM '" + plug.domain() + "'",
          "its tap "
              + plug.tap()
              + " is not in bridge "
              + plug.bridge()
              + "; plug it in with: ip link set "
              + plug.tap()
              + " master "
              + plug.bridge());
    }
  }

  private void planFrames() {
    ActualState.Frames there = actual.frames();
    FrameRules rules =
        desired
            .frames()
            .without(unmade())
            .on(there.taps() ? taps() : Set.of(), actual.links().keySet());
    String without =
        there.reason().orElse(there.taps() ? "" : "the nftables of this kernel has no egress hook");
    if (!without.isEmpty() && !(desired.frames().isEmpty() || (there.taps() && rules.isEmpty()))) {
      problem(
          "frames",
          "TCP connections of guests whose MTU is too large may hang: "
              + without
              + "; to run without MSS clamping, set 'mss-clamp = no' in [host]");
    }
    there
        .reason()
        .ifPresent(
            reason ->
                desired
                    .frames()
                    .isolations()
                    .forEach(
                        each ->
                            problem(
                                "isolation",
                                "isolated ports behind "
                                    + each.vxlan()
                                    + " reach those of other hosts: "
                                    + reason)));
    if (there.reason().isPresent() || rules.fingerprint().equals(there.fingerprint())) {
      return;
    }
    if (!rules.isEmpty()) {
      frames.add(new Change.TreatFrames(rules));
    } else if (sweep && unmade().isEmpty()) {
      frames.add(new Change.LeaveFrames());
    }
  }

  /** The VXLAN devices of networks that are not made. */
  private Set<InterfaceName> unmade() {
    Set<InterfaceName> devices = new HashSet<>();
    for (Segment segment : desired.segments().values()) {
      if (blocked.contains(segment.vni()) || yielded.contains(segment.vni())) {
        devices.add(segment.vxlan().name());
      }
    }
    return devices;
  }

  /** What can be a tap. */
  private Set<InterfaceName> taps() {
    Set<InterfaceName> others = new HashSet<>();
    for (ActualState.Link link : actual.links().values()) {
      if (link.owned().isEmpty() && link.kind() instanceof ActualState.Kind.Other) {
        others.add(link.name());
      }
    }
    return others;
  }

  private void checkGuard() {
    boolean wanted =
        desired.segments().values().stream().anyMatch(segment -> segment.tunnel().isPresent());
    if (wanted && !actual.guard().isPossible()) {
      problem(
          "live migration",
          "frames for a VM that migrates to this host are lost while it is paused: "
              + actual.guard().reason()
              + " (dnf install nftables)");
    } else if (wanted && !actual.guard().isKnown()) {
      problem(
          "nftables",
          "the state of table netdev vxland is unknown: "
              + actual.guard().reason()
              + "; vxland writes it again and deletes nothing until then");
    }
  }

  /** What bridges and VXLAN devices have in common. */
  void common(ActualState.Link link, Vni network, MacAddress mac, Mtu mtu) {
    InterfaceName name = link.name();
    if (!link.owned().equals(Optional.of(network))) {
      attribute(new Change.SetAlias(name, network));
    }
    if (!link.mac().equals(mac)) {
      attribute(new Change.SetMac(name, mac));
    }
    if (link.mtu() != mtu.bytes()) {
      attribute(new Change.SetMtu(name, mtu));
    }
    if (link.addressGeneration()) {
      attribute(new Change.NoAddressGeneration(name));
    }
  }

  void link(Change change) {
    links.add(change);
  }

  /** Whether nothing can be made of a network now, for somebody else has its devices. */
  boolean isLeftOut(Vni vni) {
    return blocked.contains(vni) || yielded.contains(vni);
  }

  /** A network before this one that has the UDP port's socket, and takes packets otherwise. */
  Optional<Segment> receivingOtherwise(Segment segment) {
    return Optional.ofNullable(sockets.get(segment.vxlan().port()))
        .filter(first -> first.vxlan().reception().excludes(segment.vxlan().reception()));
  }

  /** The network has the socket of its UDP port, if none before it has. */
  void receives(Segment segment) {
    sockets.putIfAbsent(segment.vxlan().port(), segment);
  }

  /** Ports of bridges that lead to another network. */
  List<ActualState.Link> uplinks() {
    return uplinks;
  }

  void filter(Change change) {
    filters.add(change);
  }

  void guard(Change change) {
    guards.add(change);
  }

  void attribute(Change change) {
    attributes.add(change);
  }

  void entry(Change change) {
    entries.add(change);
  }

  void up(Change change) {
    ups.add(change);
  }

  void removal(Change change) {
    removals.add(change);
  }

  void problem(String subject, String message) {
    problems.add(new Problem(subject, message));
  }

  void blocked(Segment segment, String message) {
    if (segment.claim() == Segment.Claim.YIELDING) {
      yielded.add(segment.vni());
      return;
    }
    blockedForSure(segment, message);
  }

  /** Also one that would yield: its devices are there, and are ours. */
  void blockedForSure(Segment segment, String message) {
    blocked.add(segment.vni());
    problem("network '" + segment.network() + "'", message);
  }
}

package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.Vni;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares the desired state with the actual one.
 *
 * <p>The order of a plan: devices are made; their attributes set; entries added or replaced;
 * devices brought up; entries removed; devices removed. So a frame never meets a device that is
 * half done, and a place that moves is told before the old one is forgotten.
 */
public final class Planner {
  private final DesiredState desired;
  private final ActualState actual;
  private final boolean sweep;

  private final List<Change> links = new ArrayList<>();
  private final List<Change> attributes = new ArrayList<>();
  private final List<Change> entries = new ArrayList<>();
  private final List<Change> ups = new ArrayList<>();
  private final List<Change> removals = new ArrayList<>();
  private final Set<Vni> blocked = new HashSet<>();
  private final Set<Vni> yielded = new HashSet<>();
  private final List<Problem> problems;

  private Planner(DesiredState desired, ActualState actual, boolean inventoryComplete) {
    this.desired = desired;
    this.actual = actual;
    this.sweep = desired.complete() && inventoryComplete;
    this.problems = new ArrayList<>(desired.problems());
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
      new SegmentPlanner(segment, actual, sweep, this).plan();
    }
    desired.plugs().forEach(this::check);
    List<Change> changes = new ArrayList<>();
    changes.addAll(links);
    changes.addAll(attributes);
    changes.addAll(entries);
    changes.addAll(ups);
    changes.addAll(removals);
    if (sweep) {
      changes.addAll(sweepLinks(wanted));
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

  void link(Change change) {
    links.add(change);
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
    blocked.add(segment.vni());
    problem("network '" + segment.network() + "'", message);
  }

  /** VXLAN devices go before bridges, so that no frame enters a tunnel from half a segment. */
  private List<Change> sweepLinks(Set<InterfaceName> wanted) {
    Set<InterfaceName> inUse = new TreeSet<>();
    List<Change> bridges = new ArrayList<>();
    List<Change> devices = new ArrayList<>();
    List<ActualState.Link> unwanted =
        actual.links().values().stream()
            .filter(link -> link.owned().isPresent() && !wanted.contains(link.name()))
            .sorted((one, other) -> one.name().compareTo(other.name()))
            .toList();
    for (ActualState.Link link : unwanted) {
      if (link.kind() instanceof ActualState.Kind.Bridge) {
        List<InterfaceName> guests = foreignPorts(link.name());
        if (guests.isEmpty()) {
          bridges.add(new Change.DeleteLink(link.name()));
        } else {
          inUse.add(link.name());
          problem(
              "bridge " + link.name(),
              "no network wants it any more, but "
                  + guests
                  + " is plugged in; it stays as it is until that is gone");
        }
      }
    }
    for (ActualState.Link link : unwanted) {
      boolean bridge = link.kind() instanceof ActualState.Kind.Bridge;
      if (!bridge && link.master().filter(inUse::contains).isEmpty()) {
        devices.add(new Change.DeleteLink(link.name()));
      }
    }
    devices.addAll(bridges);
    return devices;
  }

  private List<InterfaceName> foreignPorts(InterfaceName bridge) {
    return actual.links().values().stream()
        .filter(link -> link.master().filter(bridge::equals).isPresent())
        .filter(link -> link.owned().isEmpty())
        .map(ActualState.Link::name)
        .sorted()
        .toList();
  }
}

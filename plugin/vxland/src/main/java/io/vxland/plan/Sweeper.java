package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Plans the end of devices and guards that are ours and that nobody wants. */
final class Sweeper {
  private final ActualState actual;
  private final Set<InterfaceName> wanted;
  private final Planner out;
  private final List<Link> unwanted;
  private final Set<Integer> vnis = new HashSet<>();
  private final Set<Reception> receptions = new HashSet<>();

  /**
   * Creates it.
   *
   * @param wanted the names of all devices that are wanted
   */
  Sweeper(DesiredState desired, ActualState actual, Set<InterfaceName> wanted, Planner out) {
    this.actual = actual;
    this.wanted = wanted;
    this.out = out;
    this.unwanted =
        actual.links().values().stream()
            .filter(link -> link.owned().isPresent() || MigrationTunnel.isHalfMade(link))
            .filter(link -> !wanted.contains(link.name()))
            .filter(link -> !goesWithTunnel(link))
            .sorted((one, other) -> one.name().compareTo(other.name()))
            .toList();
    for (Segment segment : desired.segments().values()) {
      vnis.add(segment.vni().value());
      receptions.add(segment.vxlan().reception());
      segment.tunnel().ifPresent(tunnel -> vnis.add(tunnel.spec().vni().value()));
    }
  }

  /** The kernel deletes an outlet with the device below. */
  private boolean goesWithTunnel(Link link) {
    return link.kind() instanceof Kind.Outlet outlet
        && outlet
            .below()
            .filter(below -> !wanted.contains(below))
            .map(actual.links()::get)
            .filter(below -> below.owned().isPresent() || MigrationTunnel.isHalfMade(below))
            .isPresent();
  }

  /**
   * The devices that have a VNI which a wanted one is to have, or hold the socket that it needs.
   * They go first of all.
   */
  List<Change> inTheWay() {
    List<Change> changes = new ArrayList<>();
    unwanted.stream()
        .filter(this::isInTheWay)
        .forEach(link -> changes.add(new Change.DeleteLink(link.name())));
    return changes;
  }

  private boolean isInTheWay(Link link) {
    return link.kind() instanceof Kind.Vxlan kind
        && (vnis.contains(kind.vni())
            || receptions.stream().anyMatch(wanted -> wanted.excludes(kind.reception())));
  }

  /**
   * The rest. VXLAN devices go before bridges, so that no frame enters a tunnel from half a
   * segment, and guards after what they guard.
   */
  List<Change> rest() {
    Set<InterfaceName> inUse = new TreeSet<>();
    List<Change> bridges = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    for (Link link : unwanted) {
      if (link.kind() instanceof Kind.Bridge) {
        List<InterfaceName> guests = foreignPorts(link.name());
        if (guests.isEmpty()) {
          bridges.add(new Change.DeleteLink(link.name()));
        } else {
          inUse.add(link.name());
          out.problem(
              "bridge " + link.name(),
              "no network uses it any more, but "
                  + guests
                  + " is plugged in; it stays until that is unplugged");
        }
      }
    }
    for (Link link : unwanted) {
      boolean stays =
          link.kind() instanceof Kind.Bridge
              || isInTheWay(link)
              || (link.master().filter(inUse::contains).isPresent()
                  && !MigrationTunnel.isNamedAsOne(link.name()));
      if (!stays) {
        changes.add(new Change.DeleteLink(link.name()));
      }
    }
    changes.addAll(bridges);
    actual.guard().deliveries().keySet().stream()
        .filter(tunnel -> !wanted.contains(tunnel))
        .sorted()
        .forEach(tunnel -> changes.add(new Change.UnguardTunnel(tunnel)));
    return changes;
  }

  private List<InterfaceName> foreignPorts(InterfaceName bridge) {
    return actual.links().values().stream()
        .filter(link -> link.master().filter(bridge::equals).isPresent())
        .filter(link -> link.owned().isEmpty())
        .map(Link::name)
        .sorted()
        .toList();
  }
}

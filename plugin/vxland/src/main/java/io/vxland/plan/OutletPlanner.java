package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import java.util.Optional;

/** Plans a bridge's port into a segment's migration tunnel. */
final class OutletPlanner {
  private final OutletSpec spec;
  private final Segment segment;
  private final Link link;
  private final boolean sweep;
  private final Planner out;

  OutletPlanner(OutletSpec spec, Segment segment, ActualState actual, boolean sweep, Planner out) {
    this.spec = spec;
    this.segment = segment;
    this.link = actual.links().get(spec.name());
    this.sweep = sweep;
    this.out = out;
  }

  /** Whether it is a port of its bridge once the plan is carried out. */
  boolean comesToBe() {
    return link == null || isThere() || sweep;
  }

  /** Whether what the kernel has behind it is behind it afterwards; a bridge forgets it else. */
  boolean stays() {
    return isThere() && link.master().equals(bridge());
  }

  /** Whether a device is what a crash has left of one; it is ours as the device below is. */
  boolean isHalfMade(Link other) {
    return other.name().equals(spec.name())
        && other.alias().isEmpty()
        && other.kind() instanceof Kind.Outlet outlet
        && outlet.below().equals(Optional.of(spec.below()));
  }

  /**
   * Plans it.
   *
   * @param freshBelow whether the plan makes the device below, with which a former one goes
   */
  void plan(boolean freshBelow) {
    if (freshBelow || !isThere()) {
      replace(freshBelow);
      return;
    }
    out.common(link, segment.vni(), spec.mac(), spec.mtu());
    if (!link.master().equals(bridge())) {
      enter();
    } else if (!link.port().equals(Optional.of(MigrationTunnel.PORT))) {
      out.attribute(new Change.SetPortFlags(spec.name(), MigrationTunnel.PORT));
    }
    if (!link.up()) {
      out.up(new Change.SetUp(spec.name()));
    }
  }

  private void replace(boolean freshBelow) {
    boolean goesWithTunnel = freshBelow && link != null && isOnTunnel(link);
    if (link != null && !goesWithTunnel) {
      if (!sweep) {
        return;
      }
      out.link(new Change.DeleteLink(spec.name()));
    }
    out.link(new Change.CreateOutlet(spec, segment.vni()));
    out.attribute(new Change.NoAddressGeneration(spec.name()));
    enter();
    out.up(new Change.SetUp(spec.name()));
  }

  private void enter() {
    bridge()
        .ifPresent(
            into -> {
              out.attribute(new Change.SetMaster(spec.name(), into));
              out.attribute(new Change.SetPortFlags(spec.name(), MigrationTunnel.PORT));
            });
  }

  private boolean isThere() {
    return link != null
        && isOnTunnel(link)
        && link.kind() instanceof Kind.Outlet outlet
        && outlet.sendsOnly();
  }

  private boolean isOnTunnel(Link port) {
    return port.kind() instanceof Kind.Outlet outlet
        && outlet.below().equals(Optional.of(spec.below()));
  }

  private Optional<InterfaceName> bridge() {
    return segment.bridge().map(BridgeSpec::name);
  }
}

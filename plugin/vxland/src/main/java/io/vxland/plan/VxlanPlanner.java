package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.Network;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import java.util.Optional;

/** Plans one VXLAN device and its place in a bridge: a segment's own, or its migration tunnel. */
final class VxlanPlanner {
  /** How the device stands before the entries in it are planned. */
  enum Standing {
    /** It is not what is wanted, and may not be taken away yet. */
    LEFT,
    /** The plan makes it. */
    FRESH,
    /** It becomes a port of its bridge, or is none; a bridge forgets what was behind another's. */
    MOVED,
    /** It is where it belongs. */
    STAYS
  }

  private final VxlanSpec spec;
  private final Vni network;
  private final Optional<InterfaceName> bridge;
  private final Segment.PortFlags flags;
  private final Link link;
  private final boolean sweep;
  private final Planner out;

  /** How many entries for ports elsewhere the device must take, beside the replication list's. */
  private final int places;

  /** Plans a segment's own device. */
  VxlanPlanner(Segment segment, ActualState actual, boolean sweep, Planner out) {
    this(
        segment.vxlan(),
        segment.vni(),
        segment.unicast().size(),
        segment.bridge().map(BridgeSpec::name),
        segment.port(),
        actual,
        sweep,
        out);
  }

  /** Plans a migration tunnel, which is in no bridge. */
  VxlanPlanner(
      MigrationTunnel tunnel, Vni network, ActualState actual, boolean sweep, Planner out) {
    this(
        tunnel.spec(),
        network,
        tunnel.unicast().size(),
        Optional.empty(),
        MigrationTunnel.PORT,
        actual,
        sweep,
        out);
  }

  private VxlanPlanner(
      VxlanSpec spec,
      Vni network,
      int places,
      Optional<InterfaceName> bridge,
      Segment.PortFlags flags,
      ActualState actual,
      boolean sweep,
      Planner out) {
    this.spec = spec;
    this.network = network;
    this.places = places;
    this.bridge = bridge;
    this.flags = flags;
    this.link = actual.links().get(spec.name());
    this.sweep = sweep;
    this.out = out;
  }

  /** Whether the device is there and can become what is wanted. */
  boolean isThere() {
    return link != null && link.kind() instanceof Kind.Vxlan kind && canBecome(kind);
  }

  /** Whether it is what is wanted once the plan is carried out. */
  boolean comesToBe() {
    return link == null || isThere() || sweep;
  }

  /** Plans the device. */
  Standing plan() {
    if (!isThere()) {
      return replace();
    }
    out.common(link, network, spec.mac(), spec.mtu());
    if (link.kind() instanceof Kind.Vxlan kind && !isAsWanted(kind)) {
      out.attribute(new Change.ChangeVxlan(spec));
    }
    planMembership();
    if (!link.up()) {
      out.up(new Change.SetUp(spec.name()));
    }
    return link.master().equals(bridge) ? Standing.STAYS : Standing.MOVED;
  }

  private Standing replace() {
    if (link != null) {
      if (!sweep) {
        return Standing.LEFT;
      }
      out.link(new Change.DeleteLink(spec.name()));
    }
    out.link(new Change.CreateVxlan(spec, network));
    out.attribute(new Change.NoAddressGeneration(spec.name()));
    bridge.ifPresent(this::enter);
    out.up(new Change.SetUp(spec.name()));
    return Standing.FRESH;
  }

  private void enter(InterfaceName into) {
    out.attribute(new Change.SetMaster(spec.name(), into));
    out.attribute(new Change.SetPortFlags(spec.name(), flags));
  }

  private void planMembership() {
    if (bridge.isEmpty()) {
      if (link.master().isPresent()) {
        out.attribute(new Change.ClearMaster(spec.name()));
      }
    } else if (!link.master().equals(bridge)) {
      enter(bridge.get());
    } else if (!link.port().equals(Optional.of(flags))) {
      out.attribute(new Change.SetPortFlags(spec.name(), flags));
    }
  }

  /**
   * What the kernel does not let one change, and what it would not rejoin (vxlan_nl2conf). It does
   * not change the limit on entries, either: a device keeps the one it was made with, as long as
   * that leaves room for what must be written.
   */
  private boolean canBecome(Kind.Vxlan kind) {
    boolean sameDestination = kind.destination().equals(spec.destination());
    boolean changeableDestination =
        kind.destination().stream().noneMatch(peer -> peer.isMulticast())
            && spec.destination().filter(peer -> !peer.isMulticast()).isPresent();
    return kind.vni() == spec.vni().value()
        && kind.port().equals(spec.port())
        && kind.proxy() == spec.proxy()
        && kind.checksums().equals(spec.checksums())
        && kind.marks() == spec.marks()
        && kind.linked() == spec.link().isPresent()
        && kind.local()
            .map(local -> local.family())
            .equals(Optional.of(spec.local().address().family()))
        && (sameDestination || changeableDestination)
        && (kind.mostEntries() == 0 || kind.mostEntries() > places);
  }

  private boolean isAsWanted(Kind.Vxlan kind) {
    return kind.local().equals(Optional.of(spec.local().address()))
        && kind.learning() == spec.learning()
        && kind.ageing() == spec.ageing().orElse(Network.KERNEL_AGEING)
        && kind.ttl() == spec.ttl().orElse(0)
        && kind.destination().equals(spec.destination());
  }
}

package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import java.util.Optional;

/** Plans the devices of one segment, then hands on to {@link EntryPlanner} for what is in them. */
final class SegmentPlanner {
  private final Segment segment;
  private final ActualState actual;
  private final boolean sweep;
  private final Planner out;

  SegmentPlanner(Segment segment, ActualState actual, boolean sweep, Planner out) {
    this.segment = segment;
    this.actual = actual;
    this.sweep = sweep;
    this.out = out;
  }

  void plan() {
    Optional<InterfaceName> taken = deviceOfOthers();
    if (taken.isPresent()) {
      Vni vni = segment.vni();
      out.blocked(
          segment,
          "device "
              + taken.get()
              + " exists and vxland did not make it; delete it, or hand it over with: ip link set "
              + taken.get()
              + " alias "
              + Ownership.alias(vni));
      return;
    }
    Optional<InterfaceName> rival = rivalVxlan();
    if (rival.isPresent()) {
      out.blocked(
          segment,
          "VNI "
              + segment.vni()
              + " on port "
              + segment.vxlan().port()
              + " already belongs to device "
              + rival.get()
              + ", which vxland did not make; delete it or choose another VNI");
      return;
    }
    segment.bridge().ifPresent(this::planBridge);
    planVxlan(segment.vxlan());
  }

  private Optional<InterfaceName> deviceOfOthers() {
    return segment
        .bridge()
        .map(BridgeSpec::name)
        .filter(this::isOthers)
        .or(() -> Optional.of(segment.vxlan().name()).filter(this::isOthers));
  }

  private boolean isOthers(InterfaceName name) {
    Link link = actual.links().get(name);
    return link != null && !isOurs(link);
  }

  /** See {@link Ownership}: by its alias, or by its address if a crash kept it from getting one. */
  private boolean isOurs(Link link) {
    if (link.owned().isPresent()) {
      return true;
    }
    boolean bridge =
        link.kind() instanceof Kind.Bridge
            && segment
                .bridge()
                .filter(spec -> isHalfMade(link, spec.name(), spec.mac()))
                .isPresent();
    boolean vxlan =
        link.kind() instanceof Kind.Vxlan kind
            && kind.vni() == segment.vni().value()
            && isHalfMade(link, segment.vxlan().name(), segment.vxlan().mac());
    return bridge || vxlan;
  }

  private static boolean isHalfMade(Link link, InterfaceName name, MacAddress mac) {
    return link.alias().isEmpty() && link.name().equals(name) && link.mac().equals(mac);
  }

  /** The kernel refuses a second device of one VNI and port (vxlan_vni_in_use in vxlan_core.c). */
  private Optional<InterfaceName> rivalVxlan() {
    return actual.links().values().stream()
        .filter(link -> !isOurs(link))
        .filter(
            link ->
                link.kind() instanceof Kind.Vxlan vxlan
                    && vxlan.vni() == segment.vni().value()
                    && vxlan.port().equals(segment.vxlan().port()))
        .map(Link::name)
        .sorted()
        .findFirst();
  }

  private void planBridge(BridgeSpec spec) {
    Link link = actual.links().get(spec.name());
    if (link != null && !(link.kind() instanceof Kind.Bridge)) {
      if (!sweep) {
        return;
      }
      out.link(new Change.DeleteLink(spec.name()));
      link = null;
    }
    if (link == null) {
      out.link(new Change.CreateBridge(spec, segment.vni()));
      out.attribute(new Change.NoAddressGeneration(spec.name()));
      out.up(new Change.SetUp(spec.name()));
      return;
    }
    planCommon(link, spec.mac(), spec.mtu());
    if (link.kind() instanceof Kind.Bridge bridge && !bridge.plain()) {
      out.attribute(new Change.PlainBridge(spec.name()));
    }
  }

  private void planVxlan(VxlanSpec spec) {
    Link link = actual.links().get(spec.name());
    EntryPlanner entries = new EntryPlanner(segment, actual, sweep, out);
    if (link != null && !(link.kind() instanceof Kind.Vxlan kind && canBecome(kind, spec))) {
      if (!sweep) {
        return;
      }
      out.link(new Change.DeleteLink(spec.name()));
      link = null;
    }
    if (link == null) {
      out.link(new Change.CreateVxlan(spec));
      out.attribute(new Change.NoAddressGeneration(spec.name()));
      segment
          .bridge()
          .ifPresent(
              bridge -> {
                out.attribute(new Change.SetMaster(spec.name(), bridge.name()));
                out.attribute(new Change.SetPortFlags(spec.name(), segment.port()));
              });
      out.up(new Change.SetUp(spec.name()));
      entries.planFresh();
      return;
    }
    planCommon(link, spec.mac(), spec.mtu());
    if (link.kind() instanceof Kind.Vxlan kind && !isAs(kind, spec)) {
      out.attribute(new Change.ChangeVxlan(spec));
    }
    planMembership(link);
    entries.plan();
  }

  private void planMembership(Link link) {
    Optional<InterfaceName> wanted = segment.bridge().map(BridgeSpec::name);
    if (wanted.isEmpty()) {
      if (link.master().isPresent()) {
        out.attribute(new Change.ClearMaster(link.name()));
      }
    } else if (!link.master().equals(wanted)) {
      out.attribute(new Change.SetMaster(link.name(), wanted.get()));
      out.attribute(new Change.SetPortFlags(link.name(), segment.port()));
    } else if (!link.port().equals(Optional.of(segment.port()))) {
      out.attribute(new Change.SetPortFlags(link.name(), segment.port()));
    }
  }

  private void planCommon(Link link, MacAddress mac, Mtu mtu) {
    InterfaceName name = link.name();
    if (!link.owned().equals(Optional.of(segment.vni()))) {
      out.attribute(new Change.SetAlias(name, segment.vni()));
    }
    if (!link.mac().equals(mac)) {
      out.attribute(new Change.SetMac(name, mac));
    }
    if (link.mtu() != mtu.bytes()) {
      out.attribute(new Change.SetMtu(name, mtu));
    }
    if (link.addressGeneration()) {
      out.attribute(new Change.NoAddressGeneration(name));
    }
    if (!link.up()) {
      out.up(new Change.SetUp(name));
    }
  }

  /** What the kernel does not let one change, and what it would not rejoin (vxlan_nl2conf). */
  private static boolean canBecome(Kind.Vxlan kind, VxlanSpec spec) {
    boolean sameDestination = kind.destination().equals(spec.destination());
    boolean changeableDestination =
        kind.destination().stream().noneMatch(peer -> peer.isMulticast())
            && spec.destination().filter(peer -> !peer.isMulticast()).isPresent();
    return kind.vni() == spec.vni().value()
        && kind.port().equals(spec.port())
        && kind.proxy() == spec.proxy()
        && kind.linked() == spec.link().isPresent()
        && kind.local()
            .map(local -> local.family())
            .equals(Optional.of(spec.local().address().family()))
        && (sameDestination || changeableDestination);
  }

  private static boolean isAs(Kind.Vxlan kind, VxlanSpec spec) {
    return kind.local().equals(Optional.of(spec.local().address()))
        && kind.learning() == spec.learning()
        && kind.ageing() == spec.ageing().orElse(Network.KERNEL_AGEING)
        && kind.ttl() == spec.ttl().orElse(0)
        && kind.destination().equals(spec.destination());
  }
}

package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

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
    Optional<Segment> differing = out.receivingOtherwise(segment);
    if (differing.isPresent()) {
      out.blocked(segment, receivedOtherwise(differing.get()));
      return;
    }
    Optional<InterfaceName> uplink =
        segment
            .bridge()
            .filter(bridge -> !segment.uplink())
            .flatMap(bridge -> Uplinks.of(segment.vni(), bridge.name(), out.uplinks()));
    if (uplink.isPresent()) {
      keepApart(uplink.get());
      return;
    }
    out.receives(segment);
    segment.bridge().ifPresent(this::planBridge);
    Set<MacAddress> pinned = new PinPlanner(segment, actual, sweep, out).plan();
    Optional<TunnelPlanner> tunnel =
        segment.tunnel().map(wanted -> new TunnelPlanner(segment, wanted, actual, sweep, out));
    Set<MacAddress> elsewhere = new HashSet<>(pinned);
    tunnel
        .filter(TunnelPlanner::takesCards)
        .flatMap(ready -> segment.tunnel())
        .map(MigrationTunnel::redirected)
        .ifPresent(elsewhere::addAll);
    planVxlan(elsewhere);
    tunnel.ifPresent(ready -> ready.plan(pinned));
  }

  private String receivedOtherwise(Segment other) {
    if (other.vxlan().marks() != segment.vxlan().marks()) {
      return "it cannot be made beside network '"
          + other.network()
          + "' on UDP port "
          + segment.vxlan().port()
          + ": only one of the two has 'isolation = yes'; set it for both, or another 'port' for one"
          + " of them, on all hosts";
    }
    return "it cannot be made beside network '"
        + other.network()
        + "' on UDP port "
        + segment.vxlan().port()
        + ": it "
        + (other.vxlan().checksums().zero6().accepts() ? "accepts" : "does not accept")
        + " packets without a checksum; set the same 'udp6-zero-checksum' for both, or another"
        + " 'port' for one of them";
  }

  /** Where two hosts have one, frames loop through it and the tunnel. */
  private void keepApart(InterfaceName uplink) {
    InterfaceName vxlan = segment.vxlan().name();
    Link link = actual.links().get(vxlan);
    if (link != null && link.up()) {
      out.link(new Change.SetDown(vxlan));
    }
    out.blockedForSure(
        segment,
        "bridge "
            + segment.bridge().orElseThrow().name()
            + " has "
            + uplink
            + " as a port, which leads to another network: frames would loop through it and the"
            + " tunnel, so "
            + vxlan
            + " is down; take it out with: ip link set "
            + uplink
            + " nomaster, or, if this host is a gateway, set 'allow-uplink = yes' in section"
            + " [network "
            + segment.network()
            + "]");
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
    return out.strangers().stream()
        .filter(link -> !isOurs(link) && !MigrationTunnel.isHalfMade(link))
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
      // After its ports have come: only then is it other than theirs, and no longer follows them.
      out.up(new Change.SetMtu(spec.name(), spec.mtu()));
      out.up(new Change.SetUp(spec.name()));
      return;
    }
    out.common(link, segment.vni(), spec.mac(), spec.mtu());
    if (!link.up()) {
      out.up(new Change.SetUp(spec.name()));
    }
    if (link.kind() instanceof Kind.Bridge bridge) {
      if (!bridge.plain()) {
        out.attribute(new Change.PlainBridge(spec.name()));
      }
      if (bridge.mostLearned().isPresent()
          && bridge.mostLearned().getAsInt() != spec.mostLearned()) {
        out.attribute(new Change.LimitLearning(spec.name(), spec.mostLearned()));
      }
    }
  }

  /**
   * A bridge whose MTU nobody has set to another one follows that of its ports, which come and go
   * (br_mtu_auto_adjust in br_if.c); one that this plan makes is told in any case.
   */
  private void keepMtu() {
    segment
        .bridge()
        .filter(spec -> actual.links().containsKey(spec.name()))
        .ifPresent(spec -> out.up(new Change.SetMtu(spec.name(), spec.mtu())));
  }

  private void planVxlan(Set<MacAddress> elsewhere) {
    VxlanPlanner device = new VxlanPlanner(segment, actual, sweep, out);
    EntryPlanner entries = new EntryPlanner(segment, actual, sweep, out, elsewhere);
    switch (device.plan()) {
      case FRESH -> {
        keepMtu();
        entries.planFresh();
      }
      case MOVED -> {
        keepMtu();
        entries.plan(false);
      }
      case STAYS -> entries.plan(true);
      case LEFT -> {}
    }
  }
}

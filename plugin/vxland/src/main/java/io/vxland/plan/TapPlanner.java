package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.Mtu;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Plans what is ours of the VMs' taps in our bridges: that the host itself says nothing on them,
 * and how many frames wait for a VM that is still on its way.
 */
final class TapPlanner {
  /**
   * Frames that a tap holds for a VM on its way, besides what it had. A length that is not less is
   * a raised one; so what it was before needs no remembering.
   */
  static final int RAISE = 20_000;

  private final DesiredState desired;
  private final ActualState actual;
  private final boolean sweep;
  private final Planner out;

  TapPlanner(DesiredState desired, ActualState actual, boolean sweep, Planner out) {
    this.desired = desired;
    this.actual = actual;
    this.sweep = sweep;
    this.out = out;
  }

  void plan() {
    Set<InterfaceName> plugged = new HashSet<>();
    for (DesiredState.Plug plug : desired.plugs()) {
      Link tap = actual.links().get(plug.tap());
      if (isTap(tap) && tap.master().filter(plug.bridge()::equals).isPresent()) {
        plugged.add(plug.tap());
      }
    }
    plugged.stream().sorted().forEach(this::quieten);
    desired.tapMtus().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(wanted -> widen(wanted.getKey(), wanted.getValue()));
    Set<InterfaceName> raised = new HashSet<>();
    Set<InterfaceName> kept = new HashSet<>();
    for (Segment segment : desired.segments().values()) {
      segment.tunnel().ifPresent(tunnel -> kept.addAll(tunnel.deliveries().values()));
      for (InterfaceName tap : segment.incoming().values()) {
        Link link = actual.links().get(tap);
        if (isTap(link) && link.master().equals(segment.bridge().map(BridgeSpec::name))) {
          raised.add(tap);
        }
      }
    }
    desired
        .onSwitches()
        .forEach(
            (tap, waiting) -> {
              if (waiting != DesiredState.Waiting.NO) {
                (waiting == DesiredState.Waiting.YES ? raised : kept).add(tap);
              }
            });
    actual.links().values().stream()
        .filter(link -> isTap(link) || isOnSwitch(link))
        .sorted((one, other) -> one.name().compareTo(other.name()))
        .forEach(tap -> planLength(tap, raised.contains(tap.name()), kept.contains(tap.name())));
  }

  /** Somebody else's device in a bridge of ours. */
  private boolean isTap(Link link) {
    return link != null
        && link.owned().isEmpty()
        && link.master()
            .map(actual.links()::get)
            .filter(bridge -> bridge.owned().isPresent() && bridge.kind() instanceof Kind.Bridge)
            .isPresent();
  }

  /** To the kernel it may be in no bridge at all. */
  private boolean isOnSwitch(Link link) {
    return desired.onSwitches().containsKey(link.name())
        && link.owned().isEmpty()
        && link.kind() instanceof Kind.Other;
  }

  /** A tap only limits what goes to its VM; there is nothing that a smaller MTU would help. */
  private void widen(InterfaceName name, int mtu) {
    Link tap = actual.links().get(name);
    if ((isTap(tap) || (tap != null && isOnSwitch(tap))) && tap.mtu() < mtu) {
      out.attribute(new Change.SetMtu(name, new Mtu(mtu)));
    }
  }

  private void quieten(InterfaceName tap) {
    if (actual.links().get(tap).addressGeneration()) {
      out.attribute(new Change.NoAddressGeneration(tap));
    }
    if (sweep) {
      actual.linkLocals().getOrDefault(tap, Set.of()).stream()
          .sorted()
          .forEach(address -> out.removal(new Change.RemoveAddress(tap, address)));
    }
  }

  /**
   * A queue is not cut short as soon as the VM runs: it still has to read what waits there, and the
   * kernel drops what is too much (ptr_ring_resize in ptr_ring.h).
   */
  private void planLength(Link tap, boolean raised, boolean kept) {
    int length = tap.queueLength();
    if (raised && length < RAISE) {
      out.attribute(new Change.SetQueueLength(tap.name(), length + RAISE));
    } else if (!raised && !kept && length >= RAISE && sweep) {
      out.removal(new Change.SetQueueLength(tap.name(), length - RAISE));
    }
  }
}

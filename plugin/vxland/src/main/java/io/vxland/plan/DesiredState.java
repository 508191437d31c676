package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.Vni;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What should be in the kernel.
 *
 * @param segments the networks by VNI
 * @param problems what is wanted and cannot be
 * @param plugs the taps that should be plugged in; libvirt does that, nobody else
 * @param onSwitches the taps that are plugged into switches: they are devices of the kernel, too
 * @param filters per network with taps in its bridge, what these may not send
 * @param tapMtus the least MTU of each VM's tap, in bytes
 * @param frames what is to be done to frames for their size
 * @param complete whether the control plane's first snapshot went into it
 * @param vteps from whom tunnelled packets are taken
 */
public record DesiredState(
    SortedMap<Vni, Segment> segments,
    List<Problem> problems,
    List<Plug> plugs,
    Map<InterfaceName, Waiting> onSwitches,
    SortedMap<Vni, PortFilter> filters,
    Map<InterfaceName, Integer> tapMtus,
    FrameRules frames,
    boolean complete,
    VtepFilter vteps) {

  /**
   * A VM's tap and its place.
   *
   * @param domain the VM's name
   * @param tap the device
   * @param bridge where it belongs
   */
  public record Plug(String domain, InterfaceName tap, InterfaceName bridge) {}

  /** Whether frames wait in a tap for its VM. */
  public enum Waiting {
    /** The VM is on its way here. */
    YES,
    /** It runs here by now, and may still have to read them. */
    STILL,
    /** No. */
    NO
  }

  /** Whether any tap is to be filtered. */
  public boolean filtersTaps() {
    return filters.values().stream().anyMatch(filter -> !filter.ports().isEmpty());
  }

  /** The same without the segments of some VNIs. */
  public DesiredState without(Set<Vni> vnis) {
    if (vnis.isEmpty()) {
      return this;
    }
    SortedMap<Vni, Segment> others = new TreeMap<>(segments);
    others.keySet().removeAll(vnis);
    SortedMap<Vni, PortFilter> otherFilters = new TreeMap<>(filters);
    otherFilters.keySet().removeAll(vnis);
    return new DesiredState(
        others, problems, plugs, onSwitches, otherFilters, tapMtus, frames, complete, vteps);
  }
}

package io.vxland.plan;

import io.vxland.model.Vni;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What should be in the kernel.
 *
 * @param segments the networks by VNI
 * @param problems what is wanted and cannot be
 * @param complete whether the control plane's first snapshot went into it
 */
public record DesiredState(
    SortedMap<Vni, Segment> segments, List<Problem> problems, boolean complete) {

  /** The same without the segments of some VNIs. */
  public DesiredState without(Set<Vni> vnis) {
    if (vnis.isEmpty()) {
      return this;
    }
    SortedMap<Vni, Segment> others = new TreeMap<>(segments);
    others.keySet().removeAll(vnis);
    return new DesiredState(others, problems, complete);
  }
}

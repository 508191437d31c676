package io.vxland.plan;

import io.vxland.model.Vni;
import java.util.List;
import java.util.SortedMap;

/**
 * What should be in the kernel.
 *
 * @param segments the networks by VNI
 * @param problems what is wanted and cannot be
 * @param complete whether the control plane's first snapshot went into it
 */
public record DesiredState(
    SortedMap<Vni, Segment> segments, List<Problem> problems, boolean complete) {}

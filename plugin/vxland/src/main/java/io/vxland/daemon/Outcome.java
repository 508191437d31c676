package io.vxland.daemon;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.Dataplane.Uplink;
import io.vxland.model.Location;
import io.vxland.model.NetworkName;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.VtepTable;
import io.vxland.plan.Change;
import io.vxland.plan.DesiredState;
import io.vxland.plan.FrameRules;
import io.vxland.plan.Problem;
import io.vxland.plan.VtepFilter;
import io.vxland.plan.ovs.DesiredSwitches;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a pass ended.
 *
 * @param worldVersion the version of the world that it saw
 * @param uplink where tunnels start
 * @param desired what should be
 * @param switches what should be in Open vSwitch
 * @param applied how many changes were made
 * @param remaining what is still to do
 * @param failures what the kernel or Open vSwitch refused
 * @param problems what an administrator has to settle
 * @param warnings what an administrator should know of and that is in nobody's way
 * @param blocked the VNIs of which nothing can be made until a problem is settled
 * @param yielded the VNIs that turned out to be none of ours
 * @param standing the VNIs whose segments are as they should be
 * @param absent the networks that are left out, blocked, or known to carry nothing
 * @param routed the cards of other hosts of which a routing daemon has told the kernel
 * @param vteps what was dropped of strangers' packets
 * @param error why the kernel could not be read at all; "" if it could
 */
record Outcome(
    long worldVersion,
    Uplink uplink,
    DesiredState desired,
    DesiredSwitches switches,
    Applied applied,
    List<Change> remaining,
    List<Failure> failures,
    List<Problem> problems,
    List<Problem> warnings,
    Set<Vni> blocked,
    Set<Vni> yielded,
    Set<Vni> standing,
    SortedSet<NetworkName> absent,
    Map<Vni, List<Location>> routed,
    VtepTable vteps,
    String error) {

  /**
   * How many changes were made.
   *
   * @param kernel in the kernel
   * @param switches in Open vSwitch
   */
  record Applied(int kernel, int switches) {
    static final Applied NONE = new Applied(0, 0);

    Applied and(Applied more) {
      return new Applied(kernel + more.kernel, switches + more.switches);
    }
  }

  /** Before the first pass. */
  static final Outcome NONE =
      failed(-1, new Uplink(Optional.empty(), Optional.empty()), "no pass yet");

  static Outcome failed(long worldVersion, Uplink uplink, String error) {
    return new Outcome(
        worldVersion,
        uplink,
        new DesiredState(
            new TreeMap<>(),
            List.of(),
            List.of(),
            Map.of(),
            new TreeMap<>(),
            Map.of(),
            FrameRules.NONE,
            false,
            VtepFilter.NONE),
        DesiredSwitches.NONE,
        Applied.NONE,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Set.of(),
        Set.of(),
        Set.of(),
        new TreeSet<>(),
        Map.of(),
        VtepTable.UNMANAGED,
        error);
  }

  boolean inSync() {
    return error.isEmpty()
        && !isDeaf()
        && remaining.isEmpty()
        && failures.isEmpty()
        && absent.isEmpty();
  }

  /** What others have should be here, too, once there is a way to them, and has not been heard. */
  private boolean isDeaf() {
    return uplink.vtep().isPresent() && uplink.underlay().isPresent() && !desired.complete();
  }

  /** What stands in the way on a switch may go without a word; the rest tells, or is somebody's. */
  boolean needsRetry() {
    return !error.isEmpty()
        || !remaining.isEmpty()
        || !failures.isEmpty()
        || blocked.stream().anyMatch(vni -> switches.of(vni).isPresent());
  }
}

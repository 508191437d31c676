package io.vxland.daemon;

import io.vxland.api.Migration.Role;
import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.plan.DesiredState;
import io.vxland.plan.MigrationTunnel;
import io.vxland.plan.Segment;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.FlowCounts;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what went through migration tunnels, before each pass, as the pass may take them down. A
 * count that cannot be read is missing from the journal, no more.
 */
final class Tally {
  private static final Logger log = LoggerFactory.getLogger(Tally.class);

  private final Journal journal;
  private Map<Vni, MigrationTunnel> tunnels = Map.of();

  Tally(Journal journal) {
    this.journal = journal;
  }

  /**
   * Reads the counters of the tunnels that the last pass has left standing, if anybody is on the
   * way: it starts a process.
   */
  void read(Dataplane dataplane) {
    if (tunnels.isEmpty() || journal.isIdle()) {
      return;
    }
    try {
      var delivered = dataplane.framesDelivered();
      for (Map.Entry<Vni, MigrationTunnel> entry : tunnels.entrySet()) {
        MigrationTunnel tunnel = entry.getValue();
        OptionalLong sent = dataplane.framesSent(tunnel.spec().name());
        if (sent.isPresent()) {
          // The device counts each copy that goes to a host of the replication list.
          journal.sent(entry.getKey(), sent.getAsLong() / Math.max(1, tunnel.replication().size()));
        }
        Map<MacAddress, Long> cards = delivered.getOrDefault(tunnel.spec().name(), Map.of());
        cards.forEach((mac, frames) -> journal.delivered(entry.getKey(), mac, frames));
      }
    } catch (DataplaneException unknown) {
      log.debug("frames of migrations are not counted: {}", unknown.getMessage());
    }
  }

  /** Takes the counters of flows; they are there without asking. */
  void read(ActualSwitches actual) {
    FlowCounts counts = FlowCounts.of(actual);
    counts.redirected().forEach((mac, frames) -> journal.frames(Role.SOURCE, mac, frames));
    counts.delivered().forEach((mac, frames) -> journal.frames(Role.DESTINATION, mac, frames));
  }

  /** These tunnels stand from now on. */
  void standing(DesiredState desired) {
    Map<Vni, MigrationTunnel> now = new TreeMap<>();
    for (Segment segment : desired.segments().values()) {
      segment.tunnel().ifPresent(tunnel -> now.put(segment.vni(), tunnel));
    }
    tunnels = now;
  }
}

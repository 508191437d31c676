package io.vxland.daemon;

import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.plan.DesiredState;
import io.vxland.plan.MigrationTunnel;
import io.vxland.plan.Segment;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Counts what went through migration tunnels, before each pass, as the pass may take them down. A
 * count that cannot be read is missing from the journal, no more.
 */
final class Tally {
  private final Journal journal;
  private Map<Vni, MigrationTunnel> tunnels = Map.of();

  Tally(Journal journal) {
    this.journal = journal;
  }

  /** Reads the counters of the tunnels that the last pass has left standing. */
  void read(Dataplane dataplane) throws DataplaneException {
    if (tunnels.isEmpty()) {
      return;
    }
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

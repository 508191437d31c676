package io.vxland.plan.ovs;

import io.vxland.openflow.Flow;
import java.util.Map;
import java.util.Optional;

/**
 * Our flows of a bridge.
 *
 * @param missing why they cannot be read; empty if they can
 * @param packets the flows, each with how many packets it has taken, without sign
 */
public record ActualFlows(Optional<String> missing, Map<Flow, Long> packets) {
  /** None is there. */
  public static final ActualFlows NONE = new ActualFlows(Optional.empty(), Map.of());

  /** Copies the map. */
  public ActualFlows {
    packets = Map.copyOf(packets);
  }

  /** They cannot be read. */
  public static ActualFlows missing(String reason) {
    return new ActualFlows(Optional.of(reason), Map.of());
  }
}

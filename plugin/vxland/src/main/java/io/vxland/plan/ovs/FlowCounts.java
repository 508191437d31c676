package io.vxland.plan.ovs;

import io.vxland.model.MacAddress;
import io.vxland.openflow.Field;
import io.vxland.openflow.Match;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many frames of cards on their way went through migration tunnels, as flows have counted. Open
 * vSwitch counts up to half a second late.
 *
 * @param redirected by card, into a tunnel
 * @param delivered by card, out of one
 */
public record FlowCounts(Map<MacAddress, Long> redirected, Map<MacAddress, Long> delivered) {
  /** Copies the maps. */
  public FlowCounts {
    redirected = Map.copyOf(redirected);
    delivered = Map.copyOf(delivered);
  }

  /** What the flows say that are there, also those that nobody wants any more. */
  public static FlowCounts of(ActualSwitches actual) {
    Map<MacAddress, Long> redirected = new TreeMap<>();
    Map<MacAddress, Long> delivered = new TreeMap<>();
    for (ActualSwitch there : actual.switches().values()) {
      there
          .flows()
          .packets()
          .forEach(
              (flow, packets) -> {
                Match.Bits mac = flow.match().fields().get(Field.ETH_DST);
                boolean into = flow.priority() == Flows.REDIRECT || flow.priority() == Flows.LATE;
                if (mac != null && packets >= 0 && into) {
                  redirected.merge(new MacAddress(mac.value().low()), packets, Long::sum);
                } else if (mac != null && packets >= 0 && flow.priority() == Flows.DELIVERY) {
                  delivered.merge(new MacAddress(mac.value().low()), packets, Long::sum);
                }
              });
    }
    return new FlowCounts(redirected, delivered);
  }
}

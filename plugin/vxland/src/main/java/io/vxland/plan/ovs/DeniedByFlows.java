package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.openflow.Field;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Match;
import io.vxland.openflow.Port;
import io.vxland.openflow.Value;
import io.vxland.plan.DeniedFrames;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts by flows what a switch's filters have dropped. Open vSwitch counts up to half a second
 * late, and forgets a claim some minutes after its last frame.
 */
public final class DeniedByFlows {
  private DeniedByFlows() {}

  /** What the flows say that are there; taps of which nothing was dropped are not among them. */
  public static Map<InterfaceName, DeniedFrames> of(ActualSwitches actual) {
    Map<InterfaceName, DeniedFrames> denied = new HashMap<>();
    actual.switches().values().forEach(there -> denied.putAll(of(there)));
    return denied;
  }

  private static Map<InterfaceName, DeniedFrames> of(ActualSwitch there) {
    Map<Port, InterfaceName> names = new HashMap<>();
    there.ports().forEach((name, port) -> port.number().ifPresent(at -> names.put(at, name)));
    Map<InterfaceName, DeniedFrames> denied = new HashMap<>();
    there
        .flows()
        .packets()
        .forEach(
            (flow, packets) -> {
              InterfaceName tap = tap(flow, names);
              if (tap != null && packets >= 0) {
                denied.merge(tap, of(flow, packets), DeniedFrames::and);
              }
            });
    denied.values().removeIf(each -> each.frames() == 0);
    return denied;
  }

  private static InterfaceName tap(Flow flow, Map<Port, InterfaceName> names) {
    Match.Bits port = flow.match().fields().get(Field.IN_PORT);
    return port == null ? null : names.get(new Port((int) port.value().low()));
  }

  private static DeniedFrames of(Flow flow, long packets) {
    Map<Field, Match.Bits> fields = flow.match().fields();
    if (flow.table() == PortFilterFlows.DENIED) {
      return new DeniedFrames(packets, Map.of(), Map.of(), 0, 0);
    } else if (flow.table() == PortFilterFlows.CLAIMS) {
      return claim(fields, packets);
    } else if (flow.table() == PortFilterFlows.ADDRESS
        && flow.priority() == PortFilterFlows.SERVICE) {
      boolean router = fields.containsKey(Field.ICMPV6_TYPE);
      return new DeniedFrames(0, Map.of(), Map.of(), router ? 0 : packets, router ? packets : 0);
    }
    return DeniedFrames.NONE;
  }

  private static DeniedFrames claim(Map<Field, Match.Bits> fields, long packets) {
    Match.Bits mac = fields.get(Field.ETH_SRC);
    if (mac != null) {
      Map<MacAddress, Long> macs = Map.of(new MacAddress(mac.value().low()), packets);
      return new DeniedFrames(0, macs, Map.of(), 0, 0);
    }
    for (Field field : new Field[] {Field.ARP_SPA, Field.IPV4_SRC, Field.IPV6_SRC}) {
      Match.Bits address = fields.get(field);
      if (address != null) {
        Map<IpAddress, Long> addresses = Map.of(address(address.value()), packets);
        return new DeniedFrames(0, Map.of(), addresses, 0, 0);
      }
    }
    return DeniedFrames.NONE;
  }

  private static IpAddress address(Value value) {
    return new IpAddress(
        value.bytes() == Integer.BYTES ? IpAddress.Family.V4 : IpAddress.Family.V6,
        value.high(),
        value.low());
  }
}

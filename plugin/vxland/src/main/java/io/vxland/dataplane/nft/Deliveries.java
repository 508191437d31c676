package io.vxland.dataplane.nft;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is delivered out of migration tunnels.
 *
 * @param unavailable why this host can deliver nothing; empty if it can
 * @param guarded for each guarded tunnel, the tap of each card. A tap that is gone has the number
 *     that it had for its name
 * @param strange what is in the table and not as vxland makes it; nothing touches it
 */
public record Deliveries(
    Optional<String> unavailable,
    Map<InterfaceName, Map<MacAddress, InterfaceName>> guarded,
    List<String> strange) {
  /** Makes all of it unchangeable. */
  public Deliveries {
    Map<InterfaceName, Map<MacAddress, InterfaceName>> copy = new HashMap<>();
    guarded.forEach((device, taps) -> copy.put(device, Map.copyOf(taps)));
    guarded = Map.copyOf(copy);
    strange = List.copyOf(strange);
  }
}

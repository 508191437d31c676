package io.vxland.control.evpn;

import io.vxland.model.IpAddress;
import io.vxland.model.Vtep;
import java.nio.file.Path;
import java.util.List;

/**
 * How this host's FRR is to be.
 *
 * @param as the number of the autonomous system, the same on all hosts (iBGP, RFC 4271); 1 to
 *     4294967294
 * @param self this host's VTEP, which is also its BGP identifier
 * @param peers the speakers that it has sessions with: all other hosts, or the route reflectors
 * @param reflector whether it passes on to its peers what others of them say (RFC 4456)
 * @param manage whether FRR is configured from here; else it is only looked at
 * @param vtysh the program that speaks with FRR's daemons
 */
public record EvpnSettings(
    long as, Vtep self, List<IpAddress> peers, boolean reflector, boolean manage, Path vtysh) {
  /** Copies the list. */
  public EvpnSettings {
    peers = List.copyOf(peers);
  }
}

package io.vxland.model;

import java.util.Optional;
import java.util.Set;

/**
 * What a VM's metadata let a NIC send beside its own MAC and IP addresses.
 *
 * @param security the NIC's own choice; empty: its network's
 * @param macs further MAC addresses, such as one that VRRP moves
 * @param addresses further IP addresses
 * @param dhcpServer whether it may answer DHCP and DHCPv6 requests
 * @param router whether it may send router advertisements and redirects, and forward packets of
 *     others
 */
public record Allowance(
    Optional<PortSecurity> security,
    Set<MacAddress> macs,
    Set<IpAddress> addresses,
    boolean dhcpServer,
    boolean router) {

  /** The metadata say nothing. */
  public static final Allowance NONE =
      new Allowance(Optional.empty(), Set.of(), Set.of(), false, false);

  /** Most further addresses of one NIC, of both kinds. */
  public static final int MAX_FURTHER = 64;

  /** Copies the sets. */
  public Allowance {
    macs = Set.copyOf(macs);
    addresses = Set.copyOf(addresses);
    Numbers.inRange("further addresses", macs.size() + addresses.size(), 0, MAX_FURTHER);
  }
}

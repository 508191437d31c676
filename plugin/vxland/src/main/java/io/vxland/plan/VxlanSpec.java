package io.vxland.plan;

import io.vxland.model.Checksums;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A VXLAN device as it should be (IFLA_VXLAN_* of linux/if_link.h).
 *
 * @param name its name
 * @param mac its address
 * @param mtu its MTU
 * @param vni its VNI
 * @param local the source address of what it sends
 * @param port the UDP port
 * @param learning whether it learns remote places from received frames
 * @param ageing seconds after which a learned place goes; empty: the kernel's default
 * @param proxy whether it answers ARP and ND
 * @param ttl the outer TTL; empty: the kernel's choice
 * @param destination its own default destination, a host or a multicast group
 * @param link the underlay device; only set for a group, as the device dies with its link
 * @param mostEntries how many entries its FDB takes, learned ones and others together, if it is
 *     made (IFLA_VXLAN_LIMIT, vxlan_fdb_create in vxlan_core.c; the kernel does not change it); 0
 *     for no limit
 * @param checksums in the outer UDP header; only a new device takes others (vxlan_nl2conf)
 * @param marks whether packets bear the mark of nftables in the VXLAN header (the group policy
 *     extension, IFLA_VXLAN_GBP); only a new device changes that
 */
public record VxlanSpec(
    InterfaceName name,
    MacAddress mac,
    Mtu mtu,
    Vni vni,
    Vtep local,
    UdpPort port,
    boolean learning,
    OptionalInt ageing,
    boolean proxy,
    OptionalInt ttl,
    Optional<IpAddress> destination,
    Optional<InterfaceName> link,
    int mostEntries,
    Checksums checksums,
    boolean marks) {

  Reception reception() {
    return new Reception(port, checksums.zero6().accepts(), marks);
  }
}

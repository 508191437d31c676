package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;

/**
 * A bridge as it should be. What is the same for all bridges of ours is not in here: no spanning
 * tree, no forwarding delay, no multicast snooping (there is no querier in an overlay, and snooping
 * without one loses IPv6 neighbour discovery), no IPv6 address of its own accord.
 *
 * @param name its name
 * @param mac its address, set so that it does not change as ports come and go
 * @param mtu its MTU, which libvirt copies to the taps
 * @param mostLearned how many MACs it learns (IFLA_BR_FDB_MAX_LEARNED, Linux 6.7; an older kernel
 *     passes over it); 0 for no limit
 */
public record BridgeSpec(InterfaceName name, MacAddress mac, Mtu mtu, int mostLearned) {}

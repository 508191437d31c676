package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;

/**
 * The way from a bridge into a migration tunnel: a macvlan device in mode {@code source}, without
 * any source, on the tunnel's device. What the bridge sends to it leaves by the tunnel, and nothing
 * ever comes out of it (macvlan_handle_frame in drivers/net/macvlan.c), whatever nftables says.
 *
 * @param name its name
 * @param mac its address, which may not be the tunnel's
 * @param mtu its MTU
 * @param below the tunnel's device
 */
public record OutletSpec(InterfaceName name, MacAddress mac, Mtu mtu, InterfaceName below) {}

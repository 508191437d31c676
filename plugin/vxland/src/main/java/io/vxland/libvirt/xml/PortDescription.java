package io.vxland.libvirt.xml;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import java.util.Optional;
import java.util.UUID;

/**
 * A port of a network, as a network hook sees it ({@code port-created}, {@code port-deleted}). It
 * does not name the tap (libvirt, virnetworkportdef.c: virNetworkPortDefFormatBuf).
 *
 * @param id the port's UUID, the {@code portid} of the VM's card
 * @param owner the VM's UUID
 * @param ownerName the VM's name
 * @param mac the card
 * @param bridge the bridge it plugs into, where it plugs into one
 */
public record PortDescription(
    UUID id, UUID owner, String ownerName, MacAddress mac, Optional<InterfaceName> bridge) {}

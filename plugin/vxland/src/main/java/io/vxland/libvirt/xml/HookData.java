package io.vxland.libvirt.xml;

import java.util.Optional;

/**
 * What a network hook reads from its standard input (libvirt, bridge_driver.c: networkRunHook).
 *
 * @param network the network
 * @param port the port, for {@code port-created} and {@code port-deleted}
 */
public record HookData(NetworkDescription network, Optional<PortDescription> port) {}

package io.vxland.openflow;

/**
 * A port that a bridge has.
 *
 * @param port its number, or {@link Port#LOCAL}
 * @param name of its interface; OpenFlow cuts it after 15 bytes
 * @param mac of its interface, the first byte the highest of six
 * @param linkDown whether the interface has no carrier
 */
public record PortDescription(Port port, String name, long mac, boolean linkDown) {}

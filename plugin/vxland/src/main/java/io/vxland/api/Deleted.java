package io.vxland.api;

/**
 * A network that was stopped and undefined.
 *
 * @param name its name
 * @param vni its VXLAN network identifier
 */
public record Deleted(String name, int vni) {}

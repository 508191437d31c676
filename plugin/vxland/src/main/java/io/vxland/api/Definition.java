package io.vxland.api;

/**
 * A network to define.
 *
 * @param name its name
 * @param vni its VXLAN network identifier
 * @param template the kind of data plane, such as {@code bridge}
 * @param bridge its bridge; "" for the template's own choice
 * @param tag its VLAN tag on an Open vSwitch bridge that it shares; 0 for none
 * @param printOnly whether only to render the XML and define nothing
 */
public record Definition(
    String name, int vni, String template, String bridge, int tag, boolean printOnly) {}

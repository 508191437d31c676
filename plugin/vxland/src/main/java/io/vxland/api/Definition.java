package io.vxland.api;

/**
 * A network to define.
 *
 * @param name its name
 * @param vni its VXLAN network identifier
 * @param template the kind of data plane, such as {@code bridge}
 * @param printOnly whether only to render the XML and define nothing
 */
public record Definition(String name, int vni, String template, boolean printOnly) {}

package io.vxland.api;

/**
 * A network to define.
 *
 * @param name its name
 * @param vni its VXLAN network identifier; 0 for one that is free
 * @param template the kind of data plane, such as {@code bridge}
 * @param bridge its bridge; "" for the template's own choice
 * @param tag its VLAN tag on an Open vSwitch bridge that it shares; 0 for none
 * @param flood which frames without a known place go to all hosts: {@code yes}, {@code broadcast}
 *     or {@code no}
 * @param portSecurity what NICs may send: {@code no}, {@code known} or {@code strict}
 * @param here whether only this host gets it, although hosts share their networks
 * @param printOnly whether only to render the XML and define nothing
 */
public record Definition(
    String name,
    int vni,
    String template,
    String bridge,
    int tag,
    String flood,
    String portSecurity,
    boolean here,
    boolean printOnly) {}

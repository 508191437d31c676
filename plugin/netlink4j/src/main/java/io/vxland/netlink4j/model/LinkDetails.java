package io.vxland.netlink4j.model;

/** What a kind of device has beyond every link. */
public sealed interface LinkDetails permits Bridge, Vxlan, Veth, Tun, Macvlan, OtherKind {
  /** {@code IFLA_INFO_KIND}: bridge, vxlan, veth, tun, macvlan, dummy ...; empty for hardware. */
  String kind();
}

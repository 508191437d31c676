package io.vxland.netlink4j.model;

/** What a kind of device has beyond every link. */
public sealed interface LinkDetails permits Bridge, Vxlan, Veth, Tun, OtherKind {
  /** {@code IFLA_INFO_KIND}: bridge, vxlan, veth, tun, dummy ...; empty for hardware. */
  String kind();
}

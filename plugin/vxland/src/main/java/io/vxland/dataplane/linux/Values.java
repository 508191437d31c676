package io.vxland.dataplane.linux;

import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Prefix;
import io.vxland.netlink4j.model.IpPrefix;
import io.vxland.netlink4j.model.LinkAddress;

/** The same values in netlink4j's types and in ours. */
final class Values {
  private Values() {}

  static io.vxland.netlink4j.model.IpAddress netlink(IpAddress address) {
    return address.family() == IpAddress.Family.V6
        ? io.vxland.netlink4j.model.IpAddress.v6(address.high(), address.low())
        : io.vxland.netlink4j.model.IpAddress.v4((int) address.low());
  }

  static IpAddress model(io.vxland.netlink4j.model.IpAddress address) {
    return IpAddress.of(address.toBytes());
  }

  static LinkAddress netlink(MacAddress mac) {
    return LinkAddress.mac(mac.bits());
  }

  /** Devices such as tunnels have addresses that are no MAC; those become zero. */
  static MacAddress model(LinkAddress address) {
    return address.isMac() ? new MacAddress(address.toLong()) : MacAddress.ZERO;
  }

  static IpPrefix netlink(Prefix prefix) {
    return new IpPrefix(netlink(prefix.address()), prefix.length());
  }

  static Prefix model(IpPrefix prefix) {
    return new Prefix(model(prefix.address()), prefix.length());
  }
}

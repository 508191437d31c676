package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.IpAddress;

/** Address families of the socket interface. */
final class Families {
  private Families() {}

  static int of(IpAddress address) {
    return address.isV6() ? Rtm.AF_INET6 : Rtm.AF_INET;
  }

  static boolean isIp(int family) {
    return family == Rtm.AF_INET || family == Rtm.AF_INET6;
  }
}

package io.vxland.plan;

import io.vxland.model.UdpPort;

/**
 * How VXLAN packets are taken from a UDP port. The kernel has one socket for all VXLAN devices of a
 * port, so of two that differ in the rest only one can be up (VXLAN_F_RCV_FLAGS of net/vxlan.h).
 *
 * @param port the UDP port
 * @param zeroChecksums6 whether packets over IPv6 may be without a checksum
 * @param marks whether the header may bear a group policy ID
 */
record Reception(UdpPort port, boolean zeroChecksums6, boolean marks) {
  boolean excludes(Reception other) {
    return port.equals(other.port) && !equals(other);
  }
}

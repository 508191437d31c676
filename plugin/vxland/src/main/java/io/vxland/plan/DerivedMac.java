package io.vxland.plan;

import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;

/**
 * Addresses of our own devices, computed from the host's VTEP and the VNI: the same after each
 * restart, and different on each host of a network. Locally administered (IEEE 802, second bit).
 */
final class DerivedMac {
  /** Which of a segment's devices. */
  enum Role {
    BRIDGE(1),
    VXLAN(2),
    TUNNEL(3),
    OUTLET(4);

    private final int salt;

    Role(int salt) {
      this.salt = salt;
    }
  }

  private DerivedMac() {}

  static MacAddress of(Vtep vtep, Vni vni, Role role) {
    IpAddress address = vtep.address();
    long hash = mix(address.high());
    hash = mix(hash ^ address.low());
    hash = mix(hash ^ vni.value());
    hash = mix(hash ^ role.salt);
    return new MacAddress((hash & 0xFCFF_FFFF_FFFFL) | 0x0200_0000_0000L);
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every input bit reaches every other. */
  private static long mix(long value) {
    long z = value + 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
    return z ^ z >>> 31;
  }
}

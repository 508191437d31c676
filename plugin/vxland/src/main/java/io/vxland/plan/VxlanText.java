package io.vxland.plan;

import io.vxland.model.Checksums;
import io.vxland.model.InterfaceName;
import io.vxland.model.Network;

/** A VXLAN device's options in the words of ip-link(8). */
final class VxlanText {
  private VxlanText() {}

  /**
   * What can be said both when it is made and later. Everything is said, also what is the kernel's
   * own choice, so that it takes back what was there before.
   */
  static String changeable(VxlanSpec spec) {
    StringBuilder text = new StringBuilder("local ").append(spec.local());
    spec.destination()
        .ifPresent(peer -> text.append(peer.isMulticast() ? " group " : " remote ").append(peer));
    spec.link().map(InterfaceName::value).ifPresent(link -> text.append(" dev ").append(link));
    text.append(" ttl ");
    spec.ttl().ifPresentOrElse(text::append, () -> text.append("auto"));
    text.append(" ageing ").append(spec.ageing().orElse(Network.KERNEL_AGEING));
    return text.append(spec.learning() ? " learning" : " nolearning").toString();
  }

  /** What only a new device takes, and begins with a space; "" where all of it is the kernel's. */
  static String fixed(VxlanSpec spec) {
    Checksums checksums = spec.checksums();
    return (checksums.sent() ? "" : " noudpcsum")
        + (checksums.zero6().sends() ? " udp6zerocsumtx" : "")
        + (checksums.zero6().accepts() ? " udp6zerocsumrx" : "")
        + (spec.marks() ? " gbp" : "")
        + (spec.mostEntries() == 0 ? "" : " maxaddress " + spec.mostEntries())
        + (spec.proxy() ? " proxy" : "");
  }
}

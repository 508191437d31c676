package io.vxland.plan;

import io.vxland.model.InterfaceName;

/** A VXLAN device's options in the words of ip-link(8). */
final class VxlanText {
  private VxlanText() {}

  static String options(VxlanSpec spec) {
    StringBuilder text = new StringBuilder("local ").append(spec.local());
    spec.destination()
        .ifPresent(peer -> text.append(peer.isMulticast() ? " group " : " remote ").append(peer));
    spec.link().map(InterfaceName::value).ifPresent(link -> text.append(" dev ").append(link));
    text.append(" dstport ").append(spec.port());
    spec.ttl().ifPresent(ttl -> text.append(" ttl ").append(ttl));
    spec.ageing().ifPresent(seconds -> text.append(" ageing ").append(seconds));
    return text.append(spec.learning() ? " learning" : " nolearning").toString();
  }
}

package io.vxland.netlink4j.model;

import java.util.Optional;

/**
 * One end of a veth pair.
 *
 * @param peer the other end, to create; the kernel reports none, see {@link Link#link()} for its
 *     index
 */
public record Veth(Optional<LinkSpec> peer) implements LinkDetails {
  /** A pair whose other end is as given: name, MTU, address, namespace. */
  public static Veth withPeer(LinkSpec peer) {
    return new Veth(Optional.of(peer));
  }

  @Override
  public String kind() {
    return "veth";
  }
}

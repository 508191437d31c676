package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What somebody else may do to a link, for {@link FakeKernel#alter}. */
final class LinkChanges {
  private LinkChanges() {}

  static UnaryOperator<Link> alias(String alias) {
    return link ->
        new Link(
            link.name(),
            alias,
            link.mac(),
            link.mtu(),
            link.up(),
            link.master(),
            link.kind(),
            link.addressGeneration(),
            link.port(),
            link.queueLength());
  }

  static UnaryOperator<Link> kind(Kind kind) {
    return link ->
        new Link(
            link.name(),
            link.alias(),
            link.mac(),
            link.mtu(),
            link.up(),
            link.master(),
            kind,
            link.addressGeneration(),
            link.port(),
            link.queueLength());
  }

  /** Into a bridge, with the flags that the kernel gives a port; empty: out of its bridge. */
  static UnaryOperator<Link> master(Optional<InterfaceName> bridge) {
    return link -> of(link, bridge, bridge.map(into -> new Segment.PortFlags(true, false, true)));
  }

  static UnaryOperator<Link> master(InterfaceName bridge) {
    return master(Optional.of(bridge));
  }

  static UnaryOperator<Link> port(Segment.PortFlags flags) {
    return link -> of(link, link.master(), Optional.of(flags));
  }

  private static Link of(
      Link link, Optional<InterfaceName> master, Optional<Segment.PortFlags> port) {
    return new Link(
        link.name(),
        link.alias(),
        link.mac(),
        link.mtu(),
        link.up(),
        master,
        link.kind(),
        link.addressGeneration(),
        port,
        link.queueLength());
  }

  static UnaryOperator<Link> mac(String mac) {
    return link ->
        new Link(
            link.name(),
            link.alias(),
            MacAddress.parse(mac),
            link.mtu(),
            link.up(),
            link.master(),
            link.kind(),
            link.addressGeneration(),
            link.port(),
            link.queueLength());
  }
}

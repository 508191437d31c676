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

  static UnaryOperator<Link> master(InterfaceName bridge) {
    return link ->
        new Link(
            link.name(),
            link.alias(),
            link.mac(),
            link.mtu(),
            link.up(),
            Optional.of(bridge),
            link.kind(),
            link.addressGeneration(),
            Optional.of(new Segment.PortFlags(true, false, true)),
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

package io.vxland.netlink4j;

import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.InterfaceAddress;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.Neighbour;
import io.vxland.netlink4j.model.Route;

/** What a subscription tells. */
public sealed interface Event {
  /** A link is new or changed, or gone. */
  record LinkEvent(Link link, boolean removed) implements Event {}

  /** An FDB entry is new or changed, or gone. */
  record FdbEvent(FdbEntry entry, boolean removed) implements Event {}

  /** A neighbour is new or changed, or gone. */
  record NeighbourEvent(Neighbour neighbour, boolean removed) implements Event {}

  /** An address is new or changed, or gone. */
  record AddressEvent(InterfaceAddress address, boolean removed) implements Event {}

  /** A route is new or changed, or gone. */
  record RouteEvent(Route route, boolean removed) implements Event {}

  /** Notifications were lost (ENOBUFS): what is known may be wrong, read it again. */
  record ResyncNeeded() implements Event {}
}

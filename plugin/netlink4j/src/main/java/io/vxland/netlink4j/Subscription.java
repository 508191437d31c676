package io.vxland.netlink4j;

import io.vxland.netlink4j.codec.AddressCodec;
import io.vxland.netlink4j.codec.LinkCodec;
import io.vxland.netlink4j.codec.MessageReader;
import io.vxland.netlink4j.codec.NeighbourCodec;
import io.vxland.netlink4j.codec.RouteCodec;
import io.vxland.netlink4j.codec.Rtm;
import io.vxland.netlink4j.jna.NetlinkSocket;
import io.vxland.netlink4j.model.InterfaceAddress;
import io.vxland.netlink4j.model.Neighbour;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Notifications of the kernel, as they come. One thread calls {@link #poll} in a loop; any other
 * may {@link #close}, which ends a poll that waits.
 *
 * <p>To know all without a gap: subscribe first, then dump, then poll; what the dump already had
 * comes again. After {@link Event.ResyncNeeded} dump again.
 */
public final class Subscription implements AutoCloseable {
  private final Notifications notifications;
  private final NeighbourCodec neighbours = new NeighbourCodec();

  private Subscription(Notifications notifications) {
    this.notifications = notifications;
  }

  /** Subscribes in the network namespace of this thread. */
  public static Subscription open(Set<Group> groups) throws NetlinkException {
    return open(-1, groups);
  }

  /** Subscribes in another network namespace, see {@link RtnetlinkConnection#open(Path)}. */
  public static Subscription open(Path namespace, Set<Group> groups) throws NetlinkException {
    try (NetworkNamespace open = NetworkNamespace.open(namespace)) {
      return open(open.fd(), groups);
    }
  }

  private static Subscription open(int namespaceFd, Set<Group> groups) throws NetlinkException {
    Notifications notifications = Notifications.open(NetlinkSocket.NETLINK_ROUTE, namespaceFd);
    for (Group group : groups) {
      notifications.join(group.number(), group);
    }
    return new Subscription(notifications);
  }

  /**
   * Waits for notifications and hands on all that came in one go, in order.
   *
   * @param timeout how long to wait for the first; zero takes only what is there
   * @param consumer takes them on this thread; it may not poll or close this subscription. What it
   *     throws comes through, and the rest of that go is lost
   * @return false if the subscription is closed, true otherwise, also if nothing came
   */
  public boolean poll(Duration timeout, Consumer<? super Event> consumer) throws NetlinkException {
    return notifications.poll(
        timeout,
        message -> tell(message, consumer),
        () -> consumer.accept(new Event.ResyncNeeded()));
  }

  private void tell(MessageReader message, Consumer<? super Event> consumer)
      throws NetlinkException {
    switch (message.type()) {
      case Rtm.NEWLINK, Rtm.DELLINK -> {
        // Bridges tell of their ports in messages of family AF_BRIDGE, which lack most of a link.
        if (LinkCodec.isLink(message)) {
          boolean removed = message.type() == Rtm.DELLINK;
          consumer.accept(new Event.LinkEvent(LinkCodec.read(message), removed));
        }
      }
      case Rtm.NEWNEIGH, Rtm.DELNEIGH -> neighbour(message, consumer);
      case Rtm.NEWADDR, Rtm.DELADDR -> {
        InterfaceAddress address = AddressCodec.read(message);
        if (address != null) {
          consumer.accept(new Event.AddressEvent(address, message.type() == Rtm.DELADDR));
        }
      }
      case Rtm.NEWROUTE, Rtm.DELROUTE -> {
        Route route = RouteCodec.read(message);
        if (route != null) {
          consumer.accept(new Event.RouteEvent(route, message.type() == Rtm.DELROUTE));
        }
      }
      default -> {}
    }
  }

  private void neighbour(MessageReader message, Consumer<? super Event> consumer)
      throws NetlinkException {
    boolean removed = message.type() == Rtm.DELNEIGH;
    if (NeighbourCodec.isFdb(message)) {
      consumer.accept(new Event.FdbEvent(neighbours.readFdb(message), removed));
      return;
    }
    Neighbour neighbour = neighbours.readNeighbour(message);
    if (neighbour != null) {
      consumer.accept(new Event.NeighbourEvent(neighbour, removed));
    }
  }

  /** Ends a poll that waits, and closes the socket. */
  @Override
  public void close() {
    notifications.close();
  }
}

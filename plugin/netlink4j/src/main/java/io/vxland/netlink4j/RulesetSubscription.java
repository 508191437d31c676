package io.vxland.netlink4j;

import io.vxland.netlink4j.codec.RulesetCodec;
import io.vxland.netlink4j.jna.NetlinkSocket;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.RulesetChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tells in which tables of nftables something changed; read them with nft(8) to know what. To be
 * used as {@link Subscription}. Needs CAP_NET_ADMIN, for the kernel shows rulesets to no others.
 */
public final class RulesetSubscription implements AutoCloseable {
  /** {@code NFNLGRP_NFTABLES} (linux/netfilter/nfnetlink.h). */
  private static final int NFTABLES = 7;

  private final Notifications notifications;

  private RulesetSubscription(Notifications notifications) {
    this.notifications = notifications;
  }

  /** Subscribes in the network namespace of this thread. */
  public static RulesetSubscription open() throws NetlinkException {
    return open(-1);
  }

  /** Subscribes in another network namespace, see {@link RtnetlinkConnection#open(Path)}. */
  public static RulesetSubscription open(Path namespace) throws NetlinkException {
    try (NetworkNamespace open = NetworkNamespace.open(namespace)) {
      return open(open.fd());
    }
  }

  private static RulesetSubscription open(int namespaceFd) throws NetlinkException {
    Notifications notifications = Notifications.open(NetlinkSocket.NETLINK_NETFILTER, namespaceFd);
    notifications.join(NFTABLES, "nftables");
    return new RulesetSubscription(notifications);
  }

  /**
   * Waits for notifications and hands on all that came in one go.
   *
   * @param timeout how long to wait for the first; zero takes only what is there
   * @param consumer gets each change, with its table and its author; empty where notifications were
   *     lost, and any table may have changed
   * @return false if the subscription is closed, true otherwise, also if nothing came
   */
  public boolean poll(Duration timeout, Consumer<? super Optional<RulesetChange>> consumer)
      throws NetlinkException {
    return notifications.poll(
        timeout,
        message -> {
          Optional<RulesetChange> change = RulesetCodec.read(message);
          if (change.isPresent()) {
            consumer.accept(change);
          }
        },
        () -> consumer.accept(Optional.empty()));
  }

  /** Ends a poll that waits, and closes the socket. */
  @Override
  public void close() {
    notifications.close();
  }
}

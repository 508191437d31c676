package io.vxland.dataplane.linux;

import io.vxland.dataplane.DataplaneException;
import io.vxland.netlink4j.RulesetSubscription;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.RulesetChange;
import io.vxland.netlink4j.model.RulesetTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/**
 * Tells when somebody else changed something in a table of ours, on a thread of its own; {@code nft
 * flush ruleset} is such a change. Where the kernel ends the subscription, it is opened again.
 */
public final class RulesetWatch implements AutoCloseable {
  /** A table of ours, or several of one purpose. */
  public enum Part {
    /** What takes frames out of migration tunnels. */
    DELIVERIES,
    /** What drops tunnelled packets of strangers. */
    VTEPS,
    /** What keeps taps from sending what belongs to others. */
    PORTS,
    /** What treats frames for their size, in bridges and on taps. */
    FRAMES
  }

  private static final Map<RulesetTable, Part> TABLES =
      Map.of(
          new RulesetTable(RulesetTable.NETDEV, "vxland"), Part.DELIVERIES,
          new RulesetTable(RulesetTable.INET, "vxland_vteps"), Part.VTEPS,
          new RulesetTable(RulesetTable.BRIDGE, "vxland"), Part.PORTS,
          new RulesetTable(RulesetTable.BRIDGE, "vxland_frames"), Part.FRAMES,
          new RulesetTable(RulesetTable.NETDEV, "vxland_frames"), Part.FRAMES);

  private static final Duration POLL = Duration.ofSeconds(60);
  private static final long FIRST_RETRY_MS = 100;
  private static final long LAST_RETRY_MS = 10_000;

  private final Optional<Path> namespace;
  private final IntPredicate own;
  private final Listener listener;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "ruleset-watch");
  private volatile RulesetSubscription subscription;

  /** What gets to know of it. Called on the watch's thread; it should not wait for anything. */
  public interface Listener {
    /** Some of ours changed, or may have. */
    void changed(Set<Part> parts);

    /** Nobody tells of changes at the moment; it is tried again. */
    void deaf(String reason);

    /** Changes are told again. */
    void listening();
  }

  private RulesetWatch(
      RulesetSubscription subscription,
      Optional<Path> namespace,
      IntPredicate own,
      Listener listener) {
    this.subscription = subscription;
    this.namespace = namespace;
    this.own = own;
    this.listener = listener;
  }

  /**
   * Watches the network namespace of this thread.
   *
   * @param own whether a netlink port id is that of a change of ours, which is no news
   * @throws DataplaneException if the kernel refuses the subscription
   */
  public static RulesetWatch start(IntPredicate own, Listener listener) throws DataplaneException {
    return start(Optional.empty(), own, listener);
  }

  /**
   * Watches a network namespace.
   *
   * @param namespace such as /run/netns/NAME; empty: that of this process
   * @param own whether a netlink port id is that of a change of ours, which is no news
   * @throws DataplaneException if there is none, or the kernel refuses the subscription
   */
  public static RulesetWatch start(Optional<Path> namespace, IntPredicate own, Listener listener)
      throws DataplaneException {
    try {
      RulesetWatch watch = new RulesetWatch(open(namespace), namespace, own, listener);
      watch.thread.setDaemon(true);
      watch.thread.start();
      return watch;
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  private static RulesetSubscription open(Optional<Path> namespace) throws NetlinkException {
    return namespace.isPresent()
        ? RulesetSubscription.open(namespace.get())
        : RulesetSubscription.open();
  }

  private void run() {
    long retry = FIRST_RETRY_MS;
    boolean open = true;
    while (open) {
      try {
        open = subscription.poll(POLL, this::take);
        retry = FIRST_RETRY_MS;
      } catch (NetlinkException failed) {
        listener.deaf(failed.getMessage());
        open = reopen(retry);
        retry = Math.min(2 * retry, LAST_RETRY_MS);
      }
    }
  }

  /** Waits, then opens it again; returns whether to go on. */
  private boolean reopen(long afterMs) {
    try {
      if (closed.await(afterMs, TimeUnit.MILLISECONDS)) {
        return false;
      }
      subscription.close();
      subscription = open(namespace);
      listener.listening();
      listener.changed(EnumSet.allOf(Part.class));
    } catch (NetlinkException refused) {
      listener.deaf(refused.getMessage());
    } catch (InterruptedException ended) {
      return false;
    }
    return true;
  }

  private void take(Optional<RulesetChange> change) {
    if (change.isEmpty()) {
      listener.changed(EnumSet.allOf(Part.class));
      return;
    }
    Part part = TABLES.get(change.get().table());
    if (part != null && !own.test(change.get().portId())) {
      listener.changed(EnumSet.of(part));
    }
  }

  @Override
  public void close() {
    closed.countDown();
    subscription.close();
  }
}

package io.vxland.dataplane.linux;

import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.MacAddress;
import io.vxland.netlink4j.Event;
import io.vxland.netlink4j.Group;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.Subscription;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.NetlinkException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells of what happens in the kernel, on a thread of its own. What the kernel learns from guests'
 * frames is no drift and wakes nobody, except that a card is heard on its tap.
 */
public final class KernelWatch implements AutoCloseable {
  private static final Duration POLL = Duration.ofSeconds(60);
  private static final Set<Group> GROUPS =
      EnumSet.of(Group.LINK, Group.NEIGHBOUR, Group.IPV4_ADDRESS, Group.IPV6_ADDRESS);

  private final Subscription subscription;
  private final Optional<Path> namespace;
  private final Listener listener;

  /** Without those whose names no device of ours, and no tap, can have. */
  private final Map<Integer, InterfaceName> names = new HashMap<>();

  private final Thread thread = new Thread(this::run, "kernel-watch");

  /** What hears of it. Called on the watch's thread; it should not wait for anything. */
  public interface Listener {
    /** Something changed that may matter to the planner. */
    void changed();

    /** A bridge learned a card on one of its ports, or a VXLAN device behind another host. */
    void heard(InterfaceName port, MacAddress mac);

    /** The watch ended because of an error; the loop's refresh is all that is left. */
    void ended(String reason);
  }

  private KernelWatch(Subscription subscription, Optional<Path> namespace, Listener listener) {
    this.subscription = subscription;
    this.namespace = namespace;
    this.listener = listener;
  }

  /**
   * Watches the network namespace of this thread.
   *
   * @throws DataplaneException if the kernel refuses the subscription
   */
  public static KernelWatch start(Listener listener) throws DataplaneException {
    return start(Optional.empty(), listener);
  }

  /**
   * Watches another network namespace.
   *
   * @param namespace such as /run/netns/NAME
   * @throws DataplaneException if there is none, or the kernel refuses the subscription
   */
  public static KernelWatch start(Path namespace, Listener listener) throws DataplaneException {
    return start(Optional.of(namespace), listener);
  }

  private static KernelWatch start(Optional<Path> namespace, Listener listener)
      throws DataplaneException {
    try {
      Subscription subscription =
          namespace.isPresent()
              ? Subscription.open(namespace.get(), GROUPS)
              : Subscription.open(GROUPS);
      KernelWatch watch = new KernelWatch(subscription, namespace, listener);
      watch.readNames();
      watch.thread.setDaemon(true);
      watch.thread.start();
      return watch;
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  private void readNames() throws NetlinkException {
    try (RtnetlinkConnection connection = connection()) {
      names.clear();
      for (Link link : connection.links()) {
        name(link);
      }
    }
  }

  /** Entering a namespace takes a privilege that the daemon does not have. */
  private RtnetlinkConnection connection() throws NetlinkException {
    return namespace.isPresent()
        ? RtnetlinkConnection.open(namespace.get())
        : RtnetlinkConnection.open();
  }

  private void name(Link link) {
    try {
      names.put(link.index(), new InterfaceName(link.name()));
    } catch (InvalidValueException foreign) {
      names.remove(link.index());
    }
  }

  private void run() {
    try {
      boolean open = true;
      while (open) {
        open = subscription.poll(POLL, this::take);
      }
    } catch (NetlinkException failed) {
      listener.ended(failed.getMessage());
    }
  }

  private void take(Event event) {
    if (event instanceof Event.LinkEvent link) {
      if (link.removed()) {
        names.remove(link.link().index());
      } else {
        name(link.link());
      }
      listener.changed();
    } else if (event instanceof Event.FdbEvent fdb) {
      take(fdb.entry(), fdb.removed());
    } else if (event instanceof Event.NeighbourEvent neighbour) {
      if (neighbour.neighbour().isPermanent()) {
        listener.changed();
      }
    } else if (event instanceof Event.ResyncNeeded) {
      resync();
    } else {
      listener.changed();
    }
  }

  private void take(FdbEntry entry, boolean removed) {
    if (entry.isStatic() || entry.isExternallyLearned() || entry.mac().isZero()) {
      listener.changed();
      // What zebra writes of another host, it has heard from there.
      if (!entry.isExternallyLearned() || !entry.isSelf()) {
        return;
      }
    }
    InterfaceName name = names.get(entry.ifindex());
    if (removed || name == null || !entry.mac().isMac()) {
      return;
    }
    if (!entry.isSelf() || entry.dst() != null) {
      listener.heard(name, Values.model(entry.mac()));
    }
  }

  private void resync() {
    try {
      readNames();
    } catch (NetlinkException failed) {
      listener.ended(failed.getMessage());
    }
    listener.changed();
  }

  @Override
  public void close() {
    subscription.close();
  }
}

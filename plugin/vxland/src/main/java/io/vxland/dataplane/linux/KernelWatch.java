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
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells of what happens in the kernel, on a thread of its own. What the kernel learns from guests'
 * frames is no drift and wakes nobody, except that a card is heard on its tap. An error of the
 * kernel's, such as too little memory, does not end it: it subscribes anew.
 */
public final class KernelWatch implements AutoCloseable {
  private static final Duration POLL = Duration.ofSeconds(60);

  /**
   * Time between two resyncs, and between two tellings of routes. Guests that send from ever more
   * MACs fill the socket without pause, and what follows a resync, a reading of all entries, takes
   * longer the more there are. Routing daemons change as many routes.
   */
  private static final Duration REST = Duration.ofSeconds(2);

  private static final Set<Group> GROUPS =
      EnumSet.of(
          Group.LINK,
          Group.NEIGHBOUR,
          Group.IPV4_ADDRESS,
          Group.IPV6_ADDRESS,
          Group.IPV4_ROUTE,
          Group.IPV6_ROUTE);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(5);

  private final Kernel kernel;
  private final Listener listener;
  private final CountDownLatch closing = new CountDownLatch(1);

  /** Closed and opened anew on the watch's thread; closed for good by another. */
  private volatile News news;

  /** Without those whose names no device of ours, and no tap, can have. */
  private final Map<Integer, InterfaceName> names = new HashMap<>();

  /** The watch's thread's: some of what the kernel told was lost since the last resync. */
  private boolean gaps;

  /** When the next resync may be, by {@link System#nanoTime}. */
  private long mayResyncAt = System.nanoTime();

  /** The watch's thread's: routes changed and nobody was told. */
  private boolean rerouted;

  /** When that may be told. */
  private long mayTellAt = System.nanoTime();

  private final Thread thread = new Thread(this::run, "kernel-watch");

  /** What hears of it. Called on the watch's thread; it should not wait for anything. */
  public interface Listener {
    /** Something changed that may matter to the planner. */
    void changed();

    /** A bridge learned a card on one of its ports, or a VXLAN device behind another host. */
    void heard(InterfaceName port, MacAddress mac);

    /**
     * A VXLAN device learned, or was told by a routing daemon, that a MAC address is behind another
     * host; {@link #heard} says so, too.
     */
    default void heardBehind(
        InterfaceName device, MacAddress mac, io.vxland.model.IpAddress host) {}

    /**
     * The kernel does not tell any more, and is asked anew from now on; until then the loop's
     * refresh is all there is. Called once.
     *
     * @param reason in the kernel's words
     */
    void lost(String reason);

    /** It tells again; {@link #changed} follows, for much may have happened. */
    void regained();
  }

  /** What the kernel tells. */
  interface News extends AutoCloseable {
    /** See {@link Subscription#poll}. */
    boolean poll(Duration timeout, Consumer<? super Event> consumer) throws NetlinkException;

    @Override
    void close();
  }

  /** Whom the watch asks. */
  interface Kernel {
    /** Subscribes to the groups. */
    News subscribe() throws NetlinkException;

    /** All links that there are. */
    List<Link> links() throws NetlinkException;
  }

  /** That of one network namespace; empty for the one of the thread. */
  private record Namespace(Optional<Path> path) implements Kernel {
    @Override
    public News subscribe() throws NetlinkException {
      Subscription subscription =
          path.isPresent() ? Subscription.open(path.get(), GROUPS) : Subscription.open(GROUPS);
      return new News() {
        @Override
        public boolean poll(Duration timeout, Consumer<? super Event> consumer)
            throws NetlinkException {
          return subscription.poll(timeout, consumer);
        }

        @Override
        public void close() {
          subscription.close();
        }
      };
    }

    /** Entering a namespace takes a privilege that the daemon does not have. */
    @Override
    public List<Link> links() throws NetlinkException {
      try (RtnetlinkConnection connection =
          path.isPresent() ? RtnetlinkConnection.open(path.get()) : RtnetlinkConnection.open()) {
        return connection.links();
      }
    }
  }

  private KernelWatch(Kernel kernel, News news, Listener listener) {
    this.kernel = kernel;
    this.news = news;
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
    return start(new Namespace(namespace), listener);
  }

  static KernelWatch start(Kernel kernel, Listener listener) throws DataplaneException {
    try {
      KernelWatch watch = new KernelWatch(kernel, kernel.subscribe(), listener);
      watch.readNames();
      watch.thread.setDaemon(true);
      watch.thread.start();
      return watch;
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  private void readNames() throws NetlinkException {
    names.clear();
    kernel.links().forEach(this::name);
  }

  private void name(Link link) {
    try {
      names.put(link.index(), new InterfaceName(link.name()));
    } catch (InvalidValueException foreign) {
      names.remove(link.index());
    }
  }

  private void run() {
    boolean open = true;
    while (open) {
      try {
        open = news.poll(pause(), this::take);
        if (gaps && until(mayResyncAt).isZero()) {
          resync();
        }
        if (rerouted && until(mayTellAt).isZero()) {
          rerouted = false;
          mayTellAt = System.nanoTime() + REST.toNanos();
          listener.changed();
        }
      } catch (NetlinkException failed) {
        open = reopen(failed.getMessage());
      }
    }
  }

  private Duration pause() {
    Duration resync = gaps ? until(mayResyncAt) : POLL;
    Duration telling = rerouted ? until(mayTellAt) : POLL;
    return resync.compareTo(telling) < 0 ? resync : telling;
  }

  /** Subscribes anew until the kernel agrees; false if this is closed before. */
  private boolean reopen(String reason) {
    if (closing.getCount() == 0) {
      return false;
    }
    listener.lost(reason);
    Duration pause = FIRST_PAUSE;
    do {
      news.close();
      try {
        if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return false;
        }
        keep(kernel.subscribe());
        readNames();
        listener.regained();
        listener.changed();
        return closing.getCount() > 0;
      } catch (NetlinkException still) {
        pause =
            pause.multipliedBy(2).compareTo(LAST_PAUSE) < 0 ? pause.multipliedBy(2) : LAST_PAUSE;
      } catch (InterruptedException ending) {
        return false;
      }
    } while (true);
  }

  private void keep(News opened) {
    synchronized (closing) {
      news = opened;
      if (closing.getCount() == 0) {
        opened.close();
      }
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
    } else if (event instanceof Event.RouteEvent route) {
      rerouted |= mayLeadToHosts(route.route());
    } else if (event instanceof Event.ResyncNeeded) {
      gaps = true;
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
    MacAddress mac = Values.model(entry.mac());
    if (!entry.isSelf() || entry.dst() != null) {
      listener.heard(name, mac);
    }
    if (entry.isSelf() && entry.dst() != null) {
      listener.heardBehind(name, mac, Values.model(entry.dst()));
    }
  }

  /** The kernel makes some by itself for each device that comes up, which lead to none. */
  private static boolean mayLeadToHosts(Route route) {
    IpAddress destination = route.destination().address();
    return route.type() == Route.UNICAST
        && route.table() != Route.TABLE_LOCAL
        && !destination.isLinkLocal()
        && !destination.isMulticast();
  }

  private static Duration until(long time) {
    return Duration.ofNanos(Math.max(0, time - System.nanoTime()));
  }

  private void resync() throws NetlinkException {
    gaps = false;
    mayResyncAt = System.nanoTime() + REST.toNanos();
    readNames();
    listener.changed();
  }

  @Override
  public void close() {
    synchronized (closing) {
      closing.countDown();
      news.close();
    }
  }
}

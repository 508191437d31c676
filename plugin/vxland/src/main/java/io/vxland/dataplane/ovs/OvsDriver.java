package io.vxland.dataplane.ovs;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.SwitchDriver;
import io.vxland.model.InterfaceName;
import io.vxland.openflow.Flow;
import io.vxland.openflow.FlowEntry;
import io.vxland.openflow.OpenFlowException;
import io.vxland.openflow.SwitchWatch;
import io.vxland.ovsdb.Monitor;
import io.vxland.ovsdb.Operation;
import io.vxland.ovsdb.OvsdbConnection;
import io.vxland.ovsdb.OvsdbException;
import io.vxland.ovsdb.Results;
import io.vxland.ovsdb.StandingConnection;
import io.vxland.ovsdb.Vswitchd;
import io.vxland.plan.Change;
import io.vxland.plan.DeniedFrames;
import io.vxland.plan.ovs.ActualFlows;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import io.vxland.plan.ovs.DeniedByFlows;
import io.vxland.plan.ovs.Learned;
import io.vxland.plan.ovs.SwitchChange;
import io.vxland.plan.ovs.SwitchOwnership;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Open vSwitch by its database, on this host's socket. The connection comes back by itself; whoever
 * is to be woken is woken when it does, and when something in the database has changed.
 */
public final class OvsDriver implements SwitchDriver {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final StandingConnection.Retry RETRY =
      new StandingConnection.Retry(Duration.ofMillis(200), Duration.ofSeconds(5));

  private static final Duration QUESTION = Duration.ofSeconds(2);

  private final FlowTables flows;
  private final SwitchDaemon daemon;
  private final SwitchWatch watch;
  private final StandingConnection standing;
  private final CountDownLatch firstAttempt = new CountDownLatch(1);
  private volatile Link link = new Link(Optional.empty(), "not connected yet");

  /** The last change that was made; -1: none since the connection stands. */
  private long last = -1;

  private Optional<Session> lastIn = Optional.empty();

  /** As it was counted when Open vSwitch answered last. */
  private Map<InterfaceName, DeniedFrames> denied = Map.of();

  /**
   * What there is at the moment.
   *
   * @param vswitchd the connection; empty while there is none
   * @param reason why there is none
   */
  private record Link(Optional<Session> vswitchd, String reason) {}

  private record Session(OvsdbConnection connection, Vswitchd vswitchd) {}

  private OvsDriver(Path socket, Runnable wake) {
    this.flows = new FlowTables(socket.toAbsolutePath().getParent(), LIMIT);
    this.daemon = new SwitchDaemon(socket.toAbsolutePath().getParent());
    this.watch = new SwitchWatch(wake);
    this.standing =
        StandingConnection.start(
            OvsdbConnection.Settings.openVswitch(socket), RETRY, new Watcher(wake));
  }

  /**
   * Begins to connect, and waits until the first attempt has succeeded or failed.
   *
   * @param socket the database's, such as {@code /run/openvswitch/db.sock}
   * @param wake called when there is news
   */
  public static OvsDriver open(Path socket, Runnable wake) throws InterruptedException {
    OvsDriver driver = new OvsDriver(socket, wake);
    driver.firstAttempt.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    return driver;
  }

  /** Keeps the link, on the connection's threads. */
  private final class Watcher implements StandingConnection.Listener {
    private final Runnable wake;
    private boolean lost;

    Watcher(Runnable wake) {
      this.wake = wake;
    }

    @Override
    public void connected(OvsdbConnection connection) throws OvsdbException, InterruptedException {
      Vswitchd vswitchd = Vswitchd.watch(connection, LIMIT);
      Monitor monitor = connection.monitor(SwitchReader.COLUMNS, LIMIT);
      link = new Link(Optional.of(new Session(connection, vswitchd)), "");
      lost = false;
      monitor.deliverTo(update -> wake.run());
      firstAttempt.countDown();
      wake.run();
    }

    @Override
    public void disconnected(OvsdbException reason) {
      // Why attempts fail after a loss changes, and is no news of its own.
      boolean ended = link.vswitchd().isPresent();
      if (ended || !lost) {
        link = new Link(Optional.empty(), reason.getMessage());
      }
      lost |= ended;
      firstAttempt.countDown();
      wake.run();
    }
  }

  @Override
  public ActualSwitches read() {
    Link now = link;
    if (now.vswitchd().isEmpty()) {
      return missing(now.reason());
    }
    OvsdbConnection connection = now.vswitchd().get().connection();
    try {
      ActualSwitches database = SwitchReader.read(connection.transact(SwitchReader.QUERY, LIMIT));
      ActualSwitches found = withFlows(database);
      return standstill(now.vswitchd().get()).map(ActualSwitches::missing).orElse(found);
    } catch (OvsdbException failed) {
      return missing(connection.end().orElse(failed).getMessage());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return missing("the daemon is stopping");
    }
  }

  /** Why what stands in the database is not what Open vSwitch does. */
  private Optional<String> standstill(Session session) {
    Optional<String> trouble = daemon.trouble();
    if (trouble.isPresent()) {
      return Optional.of(
          "ovs-vswitchd is not running ("
              + trouble.get()
              + "); start it with: systemctl start ovs-vswitchd");
    }
    boolean behind =
        lastIn.filter(session::equals).isPresent() && !session.vswitchd().hasApplied(last);
    return behind
        ? Optional.of(
            "ovs-vswitchd does not apply what its database says; see /var/log/openvswitch, or"
                + " restart it with: systemctl restart ovs-vswitchd")
        : Optional.empty();
  }

  @Override
  public List<Learned> learned(InterfaceName bridge) throws DataplaneException {
    try {
      return LearnedTable.parse(daemon.ask(QUESTION, "fdb/show", bridge.value()));
    } catch (OvsdbException failed) {
      throw new DataplaneException(
          "what bridge " + bridge + " has learned: " + failed.getMessage(), failed);
    }
  }

  @Override
  public Map<InterfaceName, DeniedFrames> denied() {
    ActualSwitches actual = read();
    if (actual.missing().isEmpty()) {
      denied = DeniedByFlows.of(actual);
    }
    return denied;
  }

  /** Of the bridges that are ours. */
  private ActualSwitches withFlows(ActualSwitches database) {
    Map<InterfaceName, ActualSwitch> all = new HashMap<>(database.switches());
    all.replaceAll((name, there) -> there.ours() ? there.with(flows(name)) : there);
    Set<InterfaceName> ours =
        all.entrySet().stream()
            .filter(entry -> entry.getValue().ours())
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    flows.retain(ours);
    watch.over(ours.stream().map(flows::socket).collect(Collectors.toSet()));
    return new ActualSwitches(database.missing(), all);
  }

  private ActualFlows flows(InterfaceName bridge) {
    try {
      Map<Flow, Long> packets = new HashMap<>();
      for (FlowEntry entry :
          flows.ask(bridge, connection -> connection.flows(SwitchOwnership.COOKIE, -1))) {
        if (entry instanceof FlowEntry.Known known) {
          packets.put(known.flow(), known.packets());
        }
      }
      return new ActualFlows(Optional.empty(), packets);
    } catch (OpenFlowException failed) {
      return ActualFlows.missing("its flows cannot be read: " + failed.getMessage());
    }
  }

  private static ActualSwitches missing(String reason) {
    return ActualSwitches.missing(
        "Open vSwitch does not answer ("
            + reason
            + "); start it with: systemctl start openvswitch");
  }

  @Override
  public List<Failure> apply(List<Change.OnSwitch> changes) {
    List<Failure> failures = new ArrayList<>();
    last = -1;
    FlowBatch batch = new FlowBatch(flows, failures);
    for (Change.OnSwitch change : changes) {
      if (batch.takes(change)) {
        continue;
      }
      batch.flush();
      try {
        Session session =
            link.vswitchd()
                .orElseThrow(() -> new OvsdbException("query Open vSwitch", link.reason()));
        last = apply(session, (SwitchChange) change.step());
        lastIn = Optional.of(session);
      } catch (OvsdbException refused) {
        failures.add(new Failure(change, refused.getMessage()));
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
        failures.add(new Failure(change, "the daemon is stopping"));
      }
    }
    batch.flush();
    awaitVswitchd();
    return failures;
  }

  private static long apply(Session session, SwitchChange change)
      throws OvsdbException, InterruptedException {
    Optional<Operation> lookup = SwitchWriter.lookup(change);
    Optional<Results> found =
        lookup.isPresent()
            ? Optional.of(session.connection().transact(List.of(lookup.get()), LIMIT))
            : Optional.empty();
    return session
        .vswitchd()
        .transact(SwitchWriter.operations(change, found), LIMIT)
        .configuration();
  }

  /**
   * libvirt takes a network for inactive whose bridge is no device yet. A switch that does not come
   * to it in time does it later: the database has the change.
   */
  private void awaitVswitchd() {
    if (last < 0) {
      return;
    }
    try {
      lastIn.orElseThrow().vswitchd().awaitApplied(last, LIMIT);
    } catch (OvsdbException ended) {
      // The next pass sees that there is no connection.
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    standing.close();
    watch.close();
    flows.close();
  }
}

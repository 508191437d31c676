package io.vxland.ovsdb;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Tells when ovs-vswitchd has put a change of the configuration into effect, as ovs-vsctl waits for
 * it: each change raises {@code next_cfg}, and the daemon follows with {@code cur_cfg}
 * (ovs-vswitchd.conf.db(5), table Open_vSwitch).
 */
public final class Vswitchd {
  private static final String ROOT = "Open_vSwitch";
  private static final String NEXT = "next_cfg";
  private static final String CURRENT = "cur_cfg";

  /**
   * A change that is in the database.
   *
   * @param results of the operations that were given
   * @param configuration its number, for {@link #awaitApplied}
   */
  public record Commit(Results results, long configuration) {
    public Commit {
      Objects.requireNonNull(results);
    }
  }

  private final OvsdbConnection connection;
  private long current = Long.MIN_VALUE;

  private Vswitchd(OvsdbConnection connection) {
    this.connection = connection;
  }

  /** Begins to watch what ovs-vswitchd has done, for as long as the connection stands. */
  public static Vswitchd watch(OvsdbConnection connection, Duration limit)
      throws OvsdbException, InterruptedException {
    Vswitchd vswitchd = new Vswitchd(connection);
    Monitor monitor = connection.monitor(List.of(Watch.of(ROOT, CURRENT)), limit);
    for (Row row : monitor.initial().table(ROOT).values()) {
      vswitchd.applied(row.integer(CURRENT));
    }
    monitor.deliverTo(vswitchd::updated);
    connection.ending().thenRun(vswitchd::wake);
    return vswitchd;
  }

  /**
   * Makes a transaction that ovs-vswitchd's progress can be measured by; see {@link
   * OvsdbConnection#transact}.
   */
  public Commit transact(List<Operation> operations, Duration limit)
      throws OvsdbException, InterruptedException {
    List<Operation> all = new ArrayList<>(operations);
    all.add(new Operation.Mutate(ROOT, List.of(), List.of(Mutation.add(NEXT, 1))));
    all.add(new Operation.Select(ROOT, List.of(), List.of(NEXT)));
    Results results = connection.transact(all, limit);
    List<Row> roots = results.rows(operations.size() + 1);
    if (roots.size() != 1) {
      throw new OvsdbException(
          "number a change of the configuration",
          "one row of " + ROOT + " is wanted, and there are " + roots.size());
    }
    return new Commit(
        new Results(results.all().subList(0, operations.size())), roots.get(0).integer(NEXT));
  }

  /**
   * Waits until ovs-vswitchd has put a change into effect. Not for listeners: what they are told
   * waits for them.
   *
   * @return false if it has not within the time; it does so later if it comes to run
   * @throws OvsdbException if the connection ended
   */
  public synchronized boolean awaitApplied(long configuration, Duration limit)
      throws OvsdbException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (current < configuration) {
      if (connection.end().isPresent()) {
        throw new OvsdbException(
            "wait for ovs-vswitchd", connection.end().get().words(), connection.end().get());
      }
      long millis = (end - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }

  /** Whether ovs-vswitchd has put a change into effect by now. */
  public synchronized boolean hasApplied(long configuration) {
    return current >= configuration;
  }

  private void updated(Update update) throws OvsdbException {
    for (RowUpdate row : update.rows()) {
      if (row instanceof RowUpdate.Modified modified) {
        applied(modified.now().integer(CURRENT));
      } else if (row instanceof RowUpdate.Inserted inserted) {
        applied(inserted.now().integer(CURRENT));
      }
    }
  }

  private synchronized void applied(long configuration) {
    current = configuration;
    notifyAll();
  }

  private synchronized void wake() {
    notifyAll();
  }
}

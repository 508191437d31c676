package io.vxland.api;

import java.util.List;

/**
 * Figures for a monitoring system, of one moment.
 *
 * @param status the state of the host
 * @param ended all migrations that ended since the daemon started
 * @param migrations those that go on; others among them do not count
 */
public record Metrics(Status status, MigrationTotals ended, List<Migration> migrations) {
  /** Copies the list. */
  public Metrics {
    migrations = List.copyOf(migrations);
  }

  /** How many migrations go on with this host at that end. */
  public long inProgress(Migration.Role role) {
    return migrations.stream()
        .filter(migration -> migration.role() == role)
        .filter(migration -> migration.outcome() == Migration.Outcome.ONGOING)
        .count();
  }
}

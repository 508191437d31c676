package io.vxland.api;

import java.util.List;

/**
 * The migrations that the daemon remembers.
 *
 * @param revision rises with every change of the list, within one run of the daemon
 * @param migrations the oldest first
 */
public record Migrations(long revision, List<Migration> migrations) {
  /** Copies the list. */
  public Migrations {
    migrations = List.copyOf(migrations);
  }
}

package io.vxland.api;

import io.vxland.api.Migration.Outcome;
import io.vxland.api.Migration.Role;
import java.util.HashMap;
import java.util.Map;

/**
 * All migrations that ended since the daemon started, summed up.
 *
 * @param ended how many, by end and outcome
 * @param pause how long their VMs stood still
 * @param reaction from libvirt's event to the kernel's acknowledgement of the redirect, by card
 * @param frames that were redirected and delivered
 */
public record MigrationTotals(
    Map<Ended, Long> ended, Histogram pause, Histogram reaction, Map<Role, Long> frames) {

  /** Before the first. */
  public static final MigrationTotals NONE =
      new MigrationTotals(
          Map.of(),
          Histogram.empty(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
          Histogram.empty(0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1),
          Map.of());

  /** Copies the maps. */
  public MigrationTotals {
    ended = Map.copyOf(ended);
    frames = Map.copyOf(frames);
  }

  /**
   * How migrations ended.
   *
   * @param role which end this host was
   * @param outcome how it ended
   */
  public record Ended(Role role, Outcome outcome) {}

  /**
   * The same with one more.
   *
   * @throws IllegalArgumentException if it goes on
   */
  public MigrationTotals plus(Migration migration) {
    if (migration.outcome() == Outcome.ONGOING) {
      throw new IllegalArgumentException("a migration counts when it is done");
    }
    Map<Ended, Long> moreEnded = new HashMap<>(ended);
    moreEnded.merge(new Ended(migration.role(), migration.outcome()), 1L, Long::sum);
    Histogram moreReaction = reaction;
    for (Migration.Card card : migration.cards()) {
      if (card.reactionMs() > 0) {
        moreReaction = moreReaction.plus(card.reactionMs() / 1000);
      }
    }
    Map<Role, Long> moreFrames = new HashMap<>(frames);
    moreFrames.merge(migration.role(), Math.max(0, migration.allFrames()), Long::sum);
    return new MigrationTotals(
        moreEnded,
        migration.pauseMs() > 0 ? pause.plus(migration.pauseMs() / 1000) : pause,
        moreReaction,
        moreFrames);
  }
}

package io.vxland.cli;

import io.vxland.api.Migration;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Migrations as a table, the newest last. */
final class MigrationsView {
  private final PrintWriter out;
  private final boolean legend;

  /**
   * Creates a writer.
   *
   * @param legend whether to print the heads
   */
  MigrationsView(PrintWriter out, boolean legend) {
    this.out = out;
    this.legend = legend;
  }

  void print(List<Migration> migrations) {
    Table table =
        new Table(
            legend,
            "N",
            "VM",
            "ROLE",
            "FROM",
            "TO",
            "STATE",
            "PAUSE",
            "FRAMES",
            "REACTION",
            "BEGAN");
    for (Migration migration : migrations) {
      table.row(
          migration.number(),
          migration.domain(),
          migration.role(),
          migration.source(),
          migration.destination(),
          state(migration),
          Text.orDash(migration.pauseMs()),
          frames(migration.allFrames()),
          Text.orDash(migration.slowestReactionMs()),
          Instant.parse(migration.began()).truncatedTo(ChronoUnit.SECONDS));
    }
    table.print(out);
  }

  /** The outcome, or how far it is; an outcome that nobody told is said in words. */
  static String state(Migration migration) {
    return switch (migration.outcome()) {
      case ONGOING -> migration.state().toString();
      case UNKNOWN -> "ended unseen";
      default -> migration.outcome().toString();
    };
  }

  /** A number of frames, that is -1 if it is not known. */
  static String frames(long frames) {
    return frames < 0 ? "" : Long.toString(frames);
  }
}

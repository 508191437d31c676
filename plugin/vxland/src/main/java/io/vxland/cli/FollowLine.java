package io.vxland.cli;

import io.vxland.api.Migration;
import io.vxland.api.Migration.Phase;
import io.vxland.api.Migration.Role;
import io.vxland.api.Migration.State;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A change of state in one line. */
final class FollowLine {
  private FollowLine() {}

  static String of(Migration migration, Phase phase) {
    Instant when =
        Instant.parse(migration.began()).plus(Math.round(phase.offsetMs()), ChronoUnit.MILLIS);
    return when.truncatedTo(ChronoUnit.MILLIS)
        + " #"
        + migration.number()
        + " "
        + Text.orDash(migration.domain())
        + ", "
        + (migration.role() == Role.SOURCE
            ? "to " + known(migration.destination())
            : "from " + known(migration.source()))
        + ": "
        + (phase.state() == State.DONE ? end(migration) : phase.state());
  }

  private static String known(String vtep) {
    return vtep.isEmpty() ? "an unknown host" : Text.clean(vtep);
  }

  private static String end(Migration migration) {
    StringBuilder end = new StringBuilder(MigrationsView.state(migration));
    if (migration.pauseMs() > 0) {
      end.append(", pause ").append(Text.millis(migration.pauseMs()));
    }
    if (migration.allFrames() >= 0) {
      end.append(", ")
          .append(migration.allFrames())
          .append(migration.allFrames() == 1 ? " frame " : " frames ")
          .append(migration.role() == Role.SOURCE ? "redirected" : "delivered");
    }
    if (migration.slowestReactionMs() > 0) {
      end.append(", reaction ").append(Text.millis(migration.slowestReactionMs()));
    }
    return end.toString();
  }
}

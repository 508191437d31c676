package io.vxland.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.api.Json;
import io.vxland.api.Migration;
import io.vxland.api.SampleMigrations;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Migrations as they come. */
class MigrationsFollowTest extends VxctlScene {
  /** A pulse for each change of the world; it ends with the last. */
  private static Pulse then(Runnable... changes) {
    Deque<Runnable> left = new ArrayDeque<>(List.of(changes));
    return () -> {
      if (left.isEmpty()) {
        return false;
      }
      left.remove().run();
      return true;
    };
  }

  @Test
  void followingPrintsEachStateAsItComesAndNothingElse() {
    operations.migrate(SampleMigrations.moved(1, "old"), SampleMigrations.copying(2, "db"));
    Outcome outcome =
        vxctl(
            then(
                () -> {},
                () -> operations.migrate(SampleMigrations.redirecting(2, "db")),
                () -> {},
                () ->
                    operations.migrate(
                        SampleMigrations.moved(2, "db"), SampleMigrations.arrived(3, "web")),
                () -> operations.migrate(SampleMigrations.cancelled(4, "web"))),
            "migrations",
            "--follow");
    assertThat(outcome)
        .isEqualTo(
            new Outcome(
                0,
                """
                2026-11-21T12:00:00.123Z #2 db, to 10.99.0.2: copying
                2026-11-21T12:00:01.723Z #2 db, to 10.99.0.2: redirecting
                2026-11-21T12:00:01.774Z #2 db, to 10.99.0.2: settling
                2026-11-21T12:00:01.974Z #2 db, to 10.99.0.2: moved, pause 51.3 ms, 312 frames redirected, reaction 0.824 ms
                2026-11-21T12:00:00.123Z #3 web, from an unknown host: arriving
                2026-11-21T12:00:01.773Z #3 web, from an unknown host: settling
                2026-11-21T12:00:01.973Z #3 web, from an unknown host: arrived, 0 frames delivered
                2026-11-21T12:00:00.123Z #4 web, to 10.99.0.2: copying
                2026-11-21T12:00:00.936Z #4 web, to 10.99.0.2: cancelled
                """,
                ""));
  }

  @Test
  void followingOneVmLeavesOthersOut() {
    Outcome outcome =
        vxctl(
            then(
                () ->
                    operations.migrate(
                        SampleMigrations.copying(1, "web"), SampleMigrations.copying(2, "db"))),
            "migrations",
            "--follow",
            "db");
    assertThat(outcome.out().lines()).hasSize(1).allMatch(line -> line.contains(" #2 db, "));
  }

  @Test
  void aDaemonThatStartedAnewCountsAnew() throws Exception {
    operations.migrate(SampleMigrations.moved(1, "web"));
    Migration later =
        Json.read(
            new String(Json.write(SampleMigrations.copying(1, "db")), UTF_8)
                .replace("T12:00", "T13:00")
                .getBytes(UTF_8),
            Migration.class);
    Outcome outcome = vxctl(then(() -> operations.migrate(later)), "migrations", "--follow");
    assertThat(outcome.out().lines()).hasSize(1).allMatch(line -> line.contains(" #1 db, "));
  }

  @Test
  void followingGivesProgramsOneObjectALine() throws Exception {
    operations.migrate(SampleMigrations.copying(2, "d\nb"));
    Outcome outcome =
        vxctl(
            then(() -> {}, () -> operations.migrate(SampleMigrations.moved(2, "d\nb"))),
            "--json",
            "migrations",
            "--follow");
    List<String> lines = outcome.out().lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(Json.read(lines.get(0).getBytes(UTF_8), Migration.class))
        .isEqualTo(SampleMigrations.copying(2, "d\nb"));
    assertThat(Json.read(lines.get(1).getBytes(UTF_8), Migration.class))
        .isEqualTo(SampleMigrations.moved(2, "d\nb"));
  }

  @Test
  void followingEndsWithWhoeverReads() {
    operations.migrate(SampleMigrations.copying(2, "db"));
    Writer gone =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) throws IOException {
            throw new IOException("Broken pipe");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    int exit =
        Vxctl.commandLine(
                () -> {
                  throw new AssertionError("nobody reads any more");
                })
            .setOut(new PrintWriter(gone))
            .execute("--socket", socket.toString(), "migrations", "--follow");
    assertThat(exit).isEqualTo(0);
  }

  @Test
  void aDaemonThatGoesAwayEndsTheFollowing() {
    operations.migrate(SampleMigrations.copying(2, "db"));
    Outcome outcome =
        vxctl(
            () -> {
              try {
                server.close();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
              return true;
            },
            "migrations",
            "--follow");
    assertThat(outcome.exit()).isEqualTo(3);
    assertThat(outcome.out()).contains("copying");
    assertThat(outcome.err()).startsWith("vxctl: vxland is not running: ");
  }
}

package io.vxland.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.api.Json;
import io.vxland.api.Migration;
import io.vxland.api.Migrations;
import io.vxland.api.SampleMigrations;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of migrations, and one as a timeline. */
class MigrationsCommandTest extends VxctlScene {
  @Test
  void migrationsAreATableWithTheNewestLast() {
    operations.migrate(
        SampleMigrations.moved(1, "web"),
        SampleMigrations.cancelled(2, "a database"),
        SampleMigrations.arrived(3, "web"),
        SampleMigrations.redirecting(4, "web"));
    shows(
        """
        N  VM          ROLE         FROM       TO         STATE        PAUSE    FRAMES  REACTION  BEGAN
        1  web         source       10.99.0.1  10.99.0.2  moved        51.3 ms  312     0.824 ms  2026-11-21T12:00:00Z
        2  a database  source       10.99.0.1  10.99.0.2  cancelled    -        -       -         2026-11-21T12:00:00Z
        3  web         destination  -          10.99.0.2  arrived      -        0       -         2026-11-21T12:00:00Z
        4  web         source       10.99.0.1  10.99.0.2  redirecting  -        19      0.824 ms  2026-11-21T12:00:00Z
        """,
        "migrations");
  }

  @Test
  void aHostWithoutMigrationsIsAnEmptyTable() {
    shows("N  VM  ROLE  FROM  TO  STATE  PAUSE  FRAMES  REACTION  BEGAN\n", "migrations");
    shows("", "migrations", "--no-legend");
  }

  @Test
  void oneMigrationIsATimeline() {
    operations.migrate(SampleMigrations.moved(7, "web"), SampleMigrations.copying(8, "db"));
    shows(
        """
        Migration:  7, this host is the source
        VM:         web
        UUID:       6d1f2c1e-0b1a-4a53-9d4e-1f6f3f0a7b10
        From:       10.99.0.1
        To:         10.99.0.2
        Began:      2026-11-21T12:00:00.123Z
        State:      moved after 1.851 s
        Pause:      51.3 ms

        copying      |-----------------------------------     | +0.000 ms  1.600 s
        redirecting  |                                   #    | +1.600 s   51.3 ms
        settling     |                                    ====| +1.651 s   200.0 ms

        NIC                NETWORK  VNI   FRAMES  REACTION
        52:54:00:00:00:01  blue     5001  300     0.412 ms
        52:54:00:00:00:02  red      7     12      0.824 ms

        PEER       CONFIRMED
        10.99.0.2  +1.651 s
        10.99.0.3  not known: static peers tell nothing

             +0.500 ms                     the memory is being copied; the migration
                                           tunnels stand
          +1600.000 ms                     libvirt: the VM is paused
          +1600.412 ms  52:54:00:00:00:01  the kernel sends its frames into vxmig5001
          +1651.250 ms  52:54:00:00:00:01  seen behind 10.99.0.2 by the kernel, from the
                                           announcement that QEMU sends there
          +1851.250 ms                     nothing is left of it
        """,
        "migrations",
        "--timeline",
        "7");
  }

  @Test
  void aMigrationThatGoesOnIsATimelineUpToNow() {
    operations.migrate(SampleMigrations.redirecting(8, "db"));
    shows(
        """
        Migration:  8, this host is the source
        VM:         db
        UUID:       6d1f2c1e-0b1a-4a53-9d4e-1f6f3f0a7b10
        From:       10.99.0.1
        To:         10.99.0.2
        Began:      2026-11-21T12:00:00.123Z
        State:      redirecting
        Pause:      -

        copying      |----------------------------------------| +0.000 ms  1.600 s
        redirecting  |                                       #| +1.600 s   ongoing

        NIC                NETWORK  VNI   FRAMES  REACTION
        52:54:00:00:00:01  blue     5001  7       0.412 ms
        52:54:00:00:00:02  red      7     12      0.824 ms

        PEER       CONFIRMED
        10.99.0.2  -
        10.99.0.3  not known: static peers tell nothing

             +0.500 ms                     the memory is being copied; the migration
                                           tunnels stand
          +1600.000 ms                     libvirt: the VM is paused
          +1600.412 ms  52:54:00:00:00:01  the kernel sends its frames into vxmig5001
        """,
        "migrations",
        "db");
  }

  @Test
  void aTimelineLeavesOutWhatIsNotKnown() {
    operations.migrate(SampleMigrations.arrived(8, "db"));
    shows(
        """
        Migration:  8, this host is the destination
        VM:         db
        UUID:       6d1f2c1e-0b1a-4a53-9d4e-1f6f3f0a7b10
        From:       -
        To:         10.99.0.2
        Began:      2026-11-21T12:00:00.123Z
        State:      arrived after 1.850 s
        Pause:      -

        arriving     |####################################    | +0.000 ms  1.650 s
        settling     |                                    ====| +1.650 s   200.0 ms

        52:54:00:00:00:01  blue  5001  0  -
        """,
        "migrations",
        "db",
        "--no-legend");
  }

  @Test
  void programsGetTheDaemonsJson() throws Exception {
    operations.migrate(SampleMigrations.moved(7, "web"), SampleMigrations.copying(8, "db"));
    assertThat(Json.read(json("migrations"), Migrations.class))
        .isEqualTo(
            new Migrations(
                1, List.of(SampleMigrations.moved(7, "web"), SampleMigrations.copying(8, "db"))));
    assertThat(Json.read(json("migrations", "--timeline", "7"), Migration.class))
        .isEqualTo(SampleMigrations.moved(7, "web"));
    assertThat(Json.read(json("migrations", SampleMigrations.UUID), Migration.class))
        .as("the last of the UUID")
        .isEqualTo(SampleMigrations.copying(8, "db"));
  }

  private byte[] json(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--json"));
    all.addAll(List.of(arguments));
    Outcome outcome = vxctl(all.toArray(String[]::new));
    assertThat(outcome.exit()).isEqualTo(0);
    assertThat(outcome.out().lines()).hasSize(1);
    return outcome.out().getBytes(UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "web\u001b[31m",
        "web\r\nfake line",
        "web\u0000",
        "web\u009b31m",
        "\u202ebew",
        "web\u2028fake"
      })
  void aNameThatWouldSteerTheTerminalIsDefused(String hostile) {
    operations.migrate(SampleMigrations.copying(1, hostile));
    for (String[] command :
        new String[][] {
          {"migrations"}, {"migrations", "--timeline", "1"}, {"migrations", "--follow"}
        }) {
      Outcome outcome = vxctl(command);
      assertThat(outcome.exit()).isEqualTo(0);
      assertThat(outcome.out()).contains("?").matches("[\\x20-\\x7e\n]+");
    }
  }

  @Test
  void aTimelineFitsIntoEightyColumns() {
    Random random = new Random(20261121);
    for (int round = 0; round < 200; round++) {
      Migration migration = random(random);
      operations.migrate(migration);
      Outcome outcome = vxctl("migrations", "--timeline", "1");
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.out().lines()).allMatch(line -> line.length() <= 80, "80 columns");
      assertThat(outcome.out().lines().filter(line -> line.contains("|")))
          .as("each bar has its place and at least one character")
          .allMatch(line -> line.matches("\\w+ +\\| *[-#=]+ *\\| .*") && line.charAt(54) == '|');
    }
  }

  private static Migration random(Random random) {
    Migration model = SampleMigrations.moved(1, "web");
    double scale = Math.pow(10, random.nextInt(8) - 2);
    double at = 0;
    List<Migration.Phase> phases = new ArrayList<>();
    for (Migration.Phase phase : model.phases()) {
      phases.add(new Migration.Phase(phase.state(), at));
      at += random.nextDouble() * scale * (random.nextBoolean() ? 1 : 0.001);
    }
    List<Migration.Step> steps = new ArrayList<>();
    for (int i = random.nextInt(Migration.MAX_STEPS + 1); i > 0; i--) {
      String text = "word ".repeat(random.nextInt(30)) + "x".repeat(random.nextInt(200));
      steps.add(
          new Migration.Step(at, random.nextBoolean() ? "" : model.cards().get(0).mac(), text));
    }
    return new Migration(
        1,
        model.domain(),
        model.uuid(),
        model.role(),
        model.state(),
        model.outcome(),
        model.source(),
        model.destination(),
        model.began(),
        random.nextDouble() * scale,
        model.cards(),
        model.peers(),
        phases,
        steps);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          1 | migrations web | no migration is known of VM 'web' on this host; see 'vxctl migrations'
          1 | migrations --timeline 9 | there is no migration 9; see 'vxctl migrations'
          2 | migrations --timeline x | Invalid value for option '--timeline': 'x' is not a long (see vxctl migrations --help)
          2 | migrations --timeline 1 --follow | --timeline cannot be combined with --follow or a VM (see vxctl migrations --help)
          2 | migrations --timeline 1 web | --timeline cannot be combined with --follow or a VM (see vxctl migrations --help)
          2 | migrations a b | Unmatched argument at index 4: 'b' (see vxctl migrations --help)
          """)
  void aFailureIsOneLineAndAnExitCode(int exit, String arguments, String message) {
    assertThat(vxctl(arguments.split(" ", -1)))
        .isEqualTo(new Outcome(exit, "", "vxctl: " + message + "\n"));
  }
}

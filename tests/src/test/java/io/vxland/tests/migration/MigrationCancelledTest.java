package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Hosts learn from frames where a VM is, also from those that turn out to have come too early. */
final class MigrationCancelledTest extends MigrationCancelled {
  MigrationCancelledTest() {
    super(Journeys.Places.LEARNED, "static");
  }

  private static Predicate<String> heardBehind(int host) {
    return line -> line.startsWith(VM.mac()) && line.contains("dst 10.99.0." + host + " self");
  }

  /** Everybody was told that it is on the destination. */
  @Test
  void destinationsQemuKilledAfterItsAnnouncement() {
    try (Freezer processes = new Freezer();
        Watch entries = Watch.of(lab().start(third(), "bridge", "monitor", "fdb"));
        Watch frames =
            Watch.of(
                lab()
                    .startInEndpoint(
                        third(),
                        "p",
                        "tcpdump",
                        "-lnn",
                        "--immediate-mode",
                        "-i",
                        "eth0",
                        "rarp"))) {
      frames.await("tcpdump listens", line -> line.contains("listening on"));
      Pause pause = Pause.begin(journeys(), processes, lab(), VM, source(), destination());
      // The first frame that it writes is the announcement; it goes out, and QEMU does no more.
      Watch mute =
          Watch.of(
              lab()
                  .start(
                      destination(),
                      "strace",
                      "-fqp",
                      Long.toString(pause.qemu()),
                      "-e",
                      "trace=writev",
                      "-e",
                      "inject=writev:delay_exit=30000000:when=1"));
      try (mute) {
        await("the destination's QEMU is traced")
            .atMost(SOON)
            .until(
                () ->
                    !lab()
                        .host(1, "grep", "-x", "TracerPid:\t0", "/proc/" + pause.qemu() + "/status")
                        .ok());
        pause.end(processes);
        frames.await("the destination's announcement", line -> line.contains(VM.mac()));
        entries.await("h" + third() + " believes it", heardBehind(destination()));
        processes.kill(pause.qemu());
        mute.close();
        int before = frames.lines().size();
        mustHaveFailed(pause.migration().join());
        entries.await("h" + third() + " believes the source", heardBehind(source()));
        await("the source's announcement").atMost(SOON).until(() -> frames.lines().size() > before);
        assertThat(journeys().state(VM, source())).startsWith("running");
      }
    }
    mustRunOnTheSource();
  }
}

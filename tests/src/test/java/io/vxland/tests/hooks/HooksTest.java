package io.vxland.tests.hooks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.tests.support.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that libvirt sets for hooks, checked on the scripts that ship, under both shells. */
final class HooksTest {
  /** Far from for ever, which is what a hook without a bound would take here. */
  private static final Duration BOUND = Duration.ofSeconds(10);

  /** What a process takes that waits as long as a hook may. A machine that is busy takes longer. */
  private static CompletableFuture<Duration> twoSecondsHere() {
    return CompletableFuture.supplyAsync(
        () -> {
          long begun = System.nanoTime();
          Command.tryRun(BOUND.multipliedBy(2), List.of("timeout", "2", "tail", "-f", "/dev/null"));
          return Duration.ofNanos(System.nanoTime() - begun);
        });
  }

  private static void assertTookTwoSeconds(
      HookCall.Outcome outcome, CompletableFuture<Duration> twoSeconds) {
    assertThat(outcome.took())
        .isBetween(Duration.ofMillis(1_500), twoSeconds.join().multipliedBy(2));
  }

  private static final List<String> SHELLS = List.of("/bin/dash", "/bin/bash");
  private static final List<String> QEMU_MAY_REFUSE = List.of("start", "migrate", "restore");
  private static final List<String> QEMU_GOES_ON = List.of("stopped", "reconnect");
  private static final List<String> NETWORK_MAY_REFUSE = List.of("start", "port-created");
  private static final List<String> NETWORK_GOES_ON =
      List.of("started", "stopped", "updated", "port-deleted");
  private static final List<String> DAEMON_GOES_ON = List.of("start", "reload", "shutdown");

  @TempDir private Path directory;

  private Path socket() {
    return directory.resolve("api.sock");
  }

  @AfterEach
  void noProcessIsLeftOver() throws IOException {
    assertThat(HookCall.leftOver(socket())).isEmpty();
  }

  static Stream<Arguments> mayRefuse() {
    return Stream.concat(
        operations("qemu", QEMU_MAY_REFUSE), operations("network", NETWORK_MAY_REFUSE));
  }

  static Stream<Arguments> goesOn() {
    return Stream.of(
            operations("qemu", QEMU_GOES_ON),
            operations("network", NETWORK_GOES_ON),
            operations("daemon", DAEMON_GOES_ON))
        .flatMap(each -> each);
  }

  static Stream<Arguments> all() {
    return Stream.concat(mayRefuse(), goesOn());
  }

  private static Stream<Arguments> operations(String driver, List<String> operations) {
    return SHELLS.stream()
        .flatMap(shell -> operations.stream().map(each -> Arguments.of(shell, driver, each)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void anEventReachesTheDaemonWithItsDocument(String shell, String driver, String operation)
      throws Exception {
    try (FakeDaemon daemon = FakeDaemon.answering(socket(), 200, "")) {
      HookCall.Outcome outcome = HookCall.of(shell, driver, socket(), operation).run();

      assertThat(outcome.status()).isZero();
      assertThat(outcome.stdout()).isEmpty();
      assertThat(outcome.stderr()).isEmpty();
      FakeDaemon.Request request = daemon.requests().get(0);
      assertThat(daemon.requests()).hasSize(1);
      assertThat(request.line())
          .isEqualTo("POST /v1/hooks/" + driver + "/" + operation + " HTTP/1.1");
      assertThat(request.headers()).contains("application/xml").doesNotContain("Expect");
      assertThat(request.body()).isEqualTo("<domain/>");
    }
  }

  @ParameterizedTest
  @MethodSource("mayRefuse")
  void aRefusalStopsWhatHasNotBegun(String shell, String driver, String operation)
      throws Exception {
    try (FakeDaemon daemon = FakeDaemon.answering(socket(), 409, "VNI 7 is used twice\n")) {
      HookCall.Outcome outcome = HookCall.of(shell, driver, socket(), operation).run();

      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.stderr()).isEqualTo("vxland: VNI 7 is used twice\n");
      assertThat(outcome.stdout()).isEmpty();
      assertThat(daemon.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("goesOn")
  void aRefusalNeverStopsWhatRuns(String shell, String driver, String operation) throws Exception {
    try (FakeDaemon daemon = FakeDaemon.answering(socket(), 409, "VNI 7 is used twice\n")) {
      HookCall.Outcome outcome = HookCall.of(shell, driver, socket(), operation).run();

      assertThat(outcome.status()).isZero();
      assertThat(outcome.stderr()).isEmpty();
      assertThat(outcome.stdout()).isEmpty();
      assertThat(daemon.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void withoutADaemonLifeGoesOn(String shell, String driver, String operation) throws Exception {
    HookCall.Outcome absent = HookCall.of(shell, driver, socket(), operation).run();
    FakeDaemon.answering(socket(), 200, "").close();
    HookCall.Outcome stale = HookCall.of(shell, driver, socket(), operation).run();

    for (HookCall.Outcome outcome : List.of(absent, stale)) {
      assertThat(outcome.status()).isZero();
      assertThat(outcome.stdout()).isEmpty();
      assertThat(outcome.took()).isLessThan(BOUND);
    }
    assertThat(absent.stderr()).isEqualTo(stale.stderr());
    assertThat(absent.stderr().lines().count()).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 404, 408, 429, 500, 503})
  void aDaemonInTroubleRefusesNothing(int status) throws Exception {
    try (FakeDaemon daemon = FakeDaemon.answering(socket(), status, "trouble")) {
      HookCall.Outcome outcome = HookCall.of("/bin/sh", "qemu", socket(), "start").run();

      assertThat(outcome.status()).isZero();
      assertThat(outcome.stderr()).contains("systemctl status vxland").doesNotContain("trouble");
      assertThat(daemon.requests()).hasSize(1);
    }
  }

  /** Every operation, but only one of each script under the second shell: each takes its time. */
  static Stream<Arguments> allOnceAndSomeTwice() {
    return all().filter(each -> each.get()[0].equals("/bin/dash") || each.get()[2].equals("start"));
  }

  @ParameterizedTest
  @MethodSource("allOnceAndSomeTwice")
  @Execution(ExecutionMode.CONCURRENT)
  void aHungDaemonCostsTwoSecondsAtMost(String shell, String driver, String operation)
      throws Exception {
    try (FakeDaemon daemon = FakeDaemon.hung(socket())) {
      CompletableFuture<Duration> twoSeconds = twoSecondsHere();
      HookCall.Outcome outcome = HookCall.of(shell, driver, socket(), operation).run();

      assertThat(outcome.status()).isZero();
      assertThat(outcome.stdout()).isEmpty();
      assertThat(outcome.stderr()).doesNotContain("Killed");
      assertTookTwoSeconds(outcome, twoSeconds);
      assertThat(daemon.requests()).isEmpty();
    }
  }

  /**
   * The machine is so busy that curl does not end in the tenth of a second that it has for that.
   */
  @ParameterizedTest
  @MethodSource("shells")
  void ofACurlThatMustBeKilledNothingIsPrinted(String shell) throws Exception {
    Path deaf = directory.resolve("curl");
    Files.writeString(deaf, "#!/bin/sh\ntrap '' TERM\nexec tail -f /dev/null\n");
    Files.setPosixFilePermissions(deaf, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (FakeDaemon daemon = FakeDaemon.hung(socket())) {
      HookCall.Outcome outcome =
          HookCall.of(shell, "qemu", socket(), "start")
              .from(
                  "exec unshare --mount sh -c 'mount --bind "
                      + deaf
                      + " /usr/bin/curl && exec \"$@\"' sh \"$@\"")
              .run();

      assertThat(outcome.status()).isZero();
      assertThat(outcome.stderr()).startsWith("vxland: the daemon does not answer").hasLineCount(1);
      assertThat(daemon.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aFullBacklogCostsTwoSecondsAtMost(String shell) throws Exception {
    try (FakeDaemon daemon = FakeDaemon.withFullBacklog(socket())) {
      HookCall.Outcome outcome = HookCall.of(shell, "qemu", socket(), "start").run();

      assertThat(outcome.status()).isZero();
      assertThat(outcome.took()).isLessThan(BOUND);
      assertThat(daemon.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aStandardInputThatNeverEndsCostsTwoSecondsAtMost(String shell) throws Exception {
    try (FakeDaemon daemon = FakeDaemon.answering(socket(), 200, "")) {
      CompletableFuture<Duration> twoSeconds = twoSecondsHere();
      HookCall.Outcome outcome =
          HookCall.of(shell, "qemu", socket(), "reconnect").stdinThatNeverEnds().run();

      assertThat(outcome.status()).isZero();
      assertTookTwoSeconds(outcome, twoSeconds);
      assertThat(daemon.requests()).isEmpty();
    }
  }

  @Test
  void fiftyMegabytesOfAnythingArriveUnchanged() throws Exception {
    byte[] document = new byte[50_000_000];
    new Random(1).nextBytes(document);
    Arrays.fill(document, 1_000, 2_000, (byte) 0);
    try (FakeDaemon daemon = FakeDaemon.answering(socket(), 200, "")) {
      HookCall.Outcome outcome =
          HookCall.of("/bin/sh", "qemu", socket(), "migrate")
              .stdin(out -> out.write(document))
              .run();

      assertThat(outcome.status()).isZero();
      assertThat(outcome.stdout()).isEmpty();
      String arrived = daemon.requests().get(0).body();
      assertThat(arrived.equals(new String(document, ISO_8859_1))).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aDocumentThatIsTooLargeIsRefusedBeforeItIsRead(String shell) throws Exception {
    byte[] document = new byte[50_000_000];
    String reason = "the XML is larger than 4 MiB";
    try (FakeDaemon daemon = FakeDaemon.answeringEarly(socket(), 413, reason)) {
      HookCall.Outcome outcome =
          HookCall.of(shell, "qemu", socket(), "start").stdin(out -> out.write(document)).run();

      assertThat(outcome.took()).isLessThan(BOUND);
      assertThat(outcome.stdout()).isEmpty();
      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.stderr()).isEqualTo("vxland: " + reason + "\n");
      assertThat(daemon.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aDaemonThatHangsUpRefusesNothing(String shell) throws Exception {
    byte[] document = new byte[50_000_000];
    try (FakeDaemon daemon = FakeDaemon.hangingUp(socket())) {
      HookCall.Outcome outcome =
          HookCall.of(shell, "qemu", socket(), "start").stdin(out -> out.write(document)).run();

      assertThat(outcome.took()).isLessThan(BOUND);
      assertThat(outcome.stdout()).isEmpty();
      assertThat(outcome.status()).isZero();
      assertThat(daemon.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aReasonIsOneShortLine(String shell) throws Exception {
    String endless = "x".repeat(1_000_000);
    try (FakeDaemon daemon = FakeDaemon.answering(socket(), 403, endless + "\nsecond\n200")) {
      HookCall.Outcome outcome = HookCall.of(shell, "network", socket(), "start").run();

      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.stderr()).isEqualTo("vxland: " + "x".repeat(400) + "\n");
      assertThat(daemon.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aReasonIsPrintedAsItIs(String shell) throws Exception {
    String reason = "network '%s%n\\n$(id)' müßte fort";
    try (FakeDaemon daemon = FakeDaemon.answering(socket(), 422, reason)) {
      HookCall.Outcome outcome = HookCall.of(shell, "network", socket(), "start").run();

      assertThat(outcome.stderr()).isEqualTo("vxland: " + reason + "\n");
      assertThat(daemon.requests()).hasSize(1);
    }
  }

  static Stream<Arguments> shells() {
    return SHELLS.stream().map(Arguments::of);
  }

  static Stream<Arguments> unknownOperations() {
    return Stream.of(
            "../x",
            "start/../../status",
            "start\n",
            "\nstart",
            " start",
            "Start",
            "st art",
            "start?x=1",
            "start%2f",
            "$(touch x)",
            "ståndard",
            "",
            "-",
            "--help",
            "attach",
            "plugged",
            "*",
            "[a-z]*")
        .flatMap(each -> SHELLS.stream().map(shell -> Arguments.of(shell, each)));
  }

  @ParameterizedTest
  @MethodSource("unknownOperations")
  void anUnknownOperationIsPassedOverInSilence(String shell, String operation) throws Exception {
    try (FakeDaemon daemon = FakeDaemon.answering(socket(), 409, "refused")) {
      for (String driver : List.of("qemu", "network", "daemon")) {
        HookCall.Outcome outcome = HookCall.of(shell, driver, socket(), operation).run();

        assertThat(outcome.status()).isZero();
        assertThat(outcome.stdout()).isEmpty();
        assertThat(outcome.stderr()).isEmpty();
      }
      assertThat(daemon.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void noArgumentsAtAllAreAnUnknownOperation(String shell) throws Exception {
    try (FakeDaemon daemon = FakeDaemon.answering(socket(), 409, "refused")) {
      HookCall.Outcome outcome = HookCall.withArguments(shell, "qemu", socket(), List.of()).run();

      assertThat(outcome.status()).isZero();
      assertThat(outcome.stderr()).isEmpty();
      assertThat(daemon.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a b", "a\nb", "--output=/x", "-K/x", "übermaß", "$(id)", "\"'`"})
  void theNameOfAnObjectIsNobodysCommand(String name) throws Exception {
    try (FakeDaemon daemon = FakeDaemon.answering(socket(), 200, "")) {
      for (String shell : SHELLS) {
        HookCall.Outcome outcome =
            HookCall.withArguments(shell, "qemu", socket(), List.of(name, "start", name, name))
                .run();

        assertThat(outcome.status()).isZero();
        assertThat(outcome.stderr()).isEmpty();
      }
      assertThat(daemon.requests())
          .hasSize(2)
          .allMatch(request -> request.line().equals("POST /v1/hooks/qemu/start HTTP/1.1"))
          .allMatch(request -> !request.headers().contains(name));
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void whatTheHookInheritsIsClosedWhileItWaits(String shell) throws Exception {
    Path fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    try (FakeDaemon daemon = FakeDaemon.hung(socket())) {
      Process hook =
          HookCall.of(shell, "qemu", socket(), "start")
              .from("exec 3>'" + fifo + "' 9>&3; exec \"$@\"")
              .start();
      try (InputStream inherited = Files.newInputStream(fifo)) {
        // Both end only when no process holds the other side.
        assertThat(inherited.readAllBytes()).isEmpty();
        assertThat(hook.getInputStream().readAllBytes()).isEmpty();
        assertThat(hook.isAlive()).isTrue();
      } finally {
        hook.waitFor();
      }
      assertThat(daemon.requests()).isEmpty();
    }
  }

  @Test
  void aClosedStandardErrorKillsNobody() throws Exception {
    for (String shell : SHELLS) {
      HookCall.Outcome outcome =
          HookCall.of(shell, "qemu", socket(), "start").from("exec \"$@\" 2>&-").run();

      assertThat(outcome.status()).isZero();
    }
  }

  @Test
  void theThreeHooksDifferInTheirOperationsOnly() throws Exception {
    List<String> tails = new ArrayList<>();
    for (String driver : List.of("qemu", "network", "daemon")) {
      String text = Files.readString(HookCall.script(driver));
      assertThat(Files.isExecutable(HookCall.script(driver))).isTrue();
      tails.add(text.substring(text.indexOf("# From here on the three hooks")));
    }
    assertThat(tails.stream().distinct()).hasSize(1);
  }

  @Test
  void shellcheckHasNoComplaint() throws Exception {
    for (String driver : List.of("qemu", "network", "daemon")) {
      Process check =
          new ProcessBuilder("shellcheck", HookCall.script(driver).toString())
              .redirectErrorStream(true)
              .start();
      assertThat(new String(check.getInputStream().readAllBytes(), UTF_8)).isEmpty();
      assertThat(check.waitFor()).isZero();
    }
  }
}

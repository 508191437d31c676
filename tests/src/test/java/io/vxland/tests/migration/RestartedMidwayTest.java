package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The daemon or libvirtd of either side comes and goes while a VM is copied, or is paused for long.
 */
@Execution(ExecutionMode.CONCURRENT)
final class RestartedMidwayTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("migstop", Lanes.HOSTS));

  private static final Duration HAPPENS = Duration.ofSeconds(30);
  private static final Duration HEALS = Duration.ofSeconds(30);

  /** In ms. QEMU pauses the VM once it believes that the rest takes no longer. */
  private static final String ANY_PAUSE = "1000000";

  /** Before the source's daemon has heard of the pause. */
  private static final int MAX_LOST = 10;

  private static Lanes lanes;

  @BeforeAll
  static void startTheVms() {
    lanes = new Lanes(LAB.lab());
  }

  /** Which of the two hosts. */
  enum Side {
    SOURCE,
    DESTINATION;

    int of(Lanes.Lane lane) {
      return this == SOURCE ? lane.here() : lane.there();
    }
  }

  /** How far the migration is. */
  enum Point {
    COPYING,
    PAUSED
  }

  /** What the kernel tells when the frames of a VM are redirected. */
  private static Pattern redirected(Vm vm) {
    return Pattern.compile("^" + vm.mac() + " dev vxout5001");
  }

  /** Begins a migration that copies slowly; it goes on until it may go faster. */
  private static CompletableFuture<Result> slowMigration(Lanes.Lane lane) {
    CompletableFuture<Result> migration = lane.migration("--bandwidth", "1");
    await(lane.vm() + " is copied")
        .atMost(HAPPENS)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> virsh(lane, "domjobinfo", lane.vm().name()).out().contains("Iteration"));
    return migration;
  }

  /**
   * Has QEMU pause the VM although much is left to be copied. It does that as fast as it can then;
   * so the pause lasts as long as the destination's QEMU is stopped.
   */
  private static void pause(Lanes.Lane lane, Freezer processes) {
    processes.freeze(destinationsQemu(lane));
    virsh(lane, "migrate-setmaxdowntime", lane.vm().name(), ANY_PAUSE).must();
    await(lane.vm() + " is redirected")
        .atMost(HAPPENS)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                LAB.lab()
                    .host(lane.here(), "bridge", "fdb", "show", "br", "br5001")
                    .out()
                    .contains(lane.vm().mac() + " dev vxout5001"));
  }

  private static long destinationsQemu(Lanes.Lane lane) {
    String file = "/run/libvirt/qemu/" + lane.vm().name() + ".pid";
    return Long.parseLong(LAB.lab().host(lane.there(), "cat", file).must().strip());
  }

  private static Result virsh(Lanes.Lane lane, String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "virsh";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return LAB.lab().host(lane.here(), command);
  }

  @Test
  void aVmWhoseMigrationFailsWhileTheDaemonIsDownIsReachedWhereItStays() {
    try (Lanes.Lane lane = lanes.take();
        Freezer processes = new Freezer()) {
      ThreeHosts hosts = lane.hosts();
      Vm vm = lane.vm();
      int source = lane.here();
      LAB.lab()
          .inGuest(source, vm.name(), "ping 10.50.0.10" + Lanes.HOSTS + " >/dev/null 2>&1 &")
          .must();
      CompletableFuture<Result> migration = slowMigration(lane);
      long qemu = destinationsQemu(lane);
      try (Trap trap =
          Trap.set(LAB.lab(), source, Trap.Monitor.ENTRIES, redirected(vm), hosts.daemon(source))) {
        processes.freeze(qemu);
        virsh(lane, "migrate-setmaxdowntime", vm.name(), ANY_PAUSE).must();
        trap.awaitSprung(HAPPENS);
      }
      processes.kill(qemu);
      assertThat(migration.join().ok()).as("the migration has ended well").isFalse();
      await("what the guest sends has brought it back")
          .atMost(HEALS)
          .untilAsserted(() -> hosts.mustReach(vm.number()));
      hosts.startKilled(source);
      hosts.awaitNothingLeft();
      hosts.mustReach(vm.number());
      LAB.lab().inGuest(source, vm.name(), "killall ping").must();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aVmIsStillRedirectedWhenADaemonIsRestartedInTheMiddleOfItsPause(Side side) {
    try (Lanes.Lane lane = lanes.take();
        Freezer processes = new Freezer();
        Pings pings = Pings.start(LAB.lab(), Lanes.HOSTS, lane.vm(), "0.02")) {
      CompletableFuture<Result> migration = slowMigration(lane);
      pause(lane, processes);
      LAB.lab().daemon(side.of(lane), "restart").must();
      processes.thawAll();
      migration.join().must();
      lane.arrived();
      lane.hosts().mustReach(lane.vm().number());
      Pings.Counts counts = pings.end();
      assertThat(counts.sent()).as("more than may be lost").isGreaterThan(2 * MAX_LOST);
      assertThat(counts.lost()).as(counts.toString()).isBetween(0, MAX_LOST);
      assertThat(counts.duplicates()).isZero();
      lane.hosts().awaitNothingLeft();
      lane.hosts().mustReach(lane.vm().number());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOURCE, COPYING",
    "SOURCE, PAUSED",
    "DESTINATION, COPYING",
    "DESTINATION, PAUSED",
  })
  void whereverLibvirtLeavesTheVmWhenItIsRestartedThereItIsReached(Side side, Point point) {
    try (Lanes.Lane lane = lanes.take();
        Freezer processes = new Freezer()) {
      CompletableFuture<Result> migration = slowMigration(lane);
      if (point == Point.PAUSED) {
        pause(lane, processes);
      }
      LAB.lab().libvirtd(side.of(lane), "restart").must();
      processes.thawAll();
      virsh(lane, "migrate-setspeed", lane.vm().name(), "1000");
      migration.join();
      await("it runs on one host").atMost(HAPPENS).until(lane::runsOnOneHost);
      await("it is reached")
          .atMost(HEALS)
          .untilAsserted(() -> lane.hosts().mustReach(lane.vm().number()));
      lane.hosts().awaitNothingLeft();
      lane.hosts().mustReach(lane.vm().number());
    }
  }
}

package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Migrations that come to nothing, at every point of them: the VM runs on where it was, whoever
 * tells the hosts so.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MigrationCancelled {
  static final Duration SOON = Duration.ofSeconds(30);
  static final Vm VM = new Vm("a", 1);

  /** MiB a second: slow enough that a copy does not end by itself. */
  private static final String[] SLOW = {"--live", "--bandwidth", "1"};

  @RegisterExtension final LabExtension labs;
  @RegisterExtension final HungGuests hung = new HungGuests(this::replaceHungGuests);

  private final Journeys.Places places;
  private Journeys journeys;
  private int source = 1;

  /**
   * Creates it.
   *
   * @param places how hosts get to know where a VM is
   * @param control the control plane
   */
  MigrationCancelled(Journeys.Places places, String control) {
    this.places = places;
    this.labs = new LabExtension(() -> Lab.up("migcancel", 3, "--control", control));
  }

  @BeforeAll
  void startTheVm() {
    journeys = new Journeys(lab(), places);
    journeys.start(VM, source);
    // libvirtd gives a destination up that it has not heard of for so many seconds.
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      String quick = "printf 'keepalive_interval = 1\\nkeepalive_count = 2\\n'";
      lab().host(host, "sh", "-c", quick + " >>/etc/libvirt/qemu.conf").must();
      lab().libvirtd(host, "restart").must();
    }
  }

  Journeys journeys() {
    return journeys;
  }

  int source() {
    return source;
  }

  int destination() {
    return source % ThreeHosts.COUNT + 1;
  }

  int third() {
    return destination() % ThreeHosts.COUNT + 1;
  }

  private boolean replaceHungGuests() {
    OptionalInt replaced = journeys.replaceIfHung(VM);
    source = replaced.orElse(source);
    return replaced.isPresent();
  }

  Lab lab() {
    return labs.lab();
  }

  private void link(int host, String device, String state) {
    lab().host(host, "ip", "link", "set", device, state).must();
  }

  static void mustHaveFailed(Result migration) {
    assertThat(migration.ok()).as("%s", migration).isFalse();
  }

  void mustRunOnTheSource() {
    journeys.awaitState(VM, source, "running", SOON);
    journeys.mustBeReached(source, VM);
    await("the destination has let it go")
        .atMost(SOON)
        .until(() -> journeys.placesOf(VM).equals(Set.of(source)));
    journeys.mustHaveEndedOn(source, VM);
  }

  @Test
  void cancelledWhileItsMemoryIsCopied() {
    try (Watch ping = journeys.pinging(third(), VM)) {
      CompletableFuture<Result> migration = journeys.migrating(VM, source, destination(), SLOW);
      journeys.awaitCopying(VM, source);
      lab().host(source, "virsh", "domjobabort", VM.name()).must();
      mustHaveFailed(migration.join());
      assertThat(journeys.lost(ping)).as("lost pings").isZero();
    }
    mustRunOnTheSource();
  }

  @Test
  void destinationsQemuKilledWhileItsMemoryIsCopied() {
    try (Freezer processes = new Freezer();
        Watch ping = journeys.pinging(third(), VM)) {
      CompletableFuture<Result> migration = journeys.migrating(VM, source, destination(), SLOW);
      journeys.awaitCopying(VM, source);
      processes.kill(journeys.awaitQemu(VM, destination()));
      mustHaveFailed(migration.join());
      assertThat(journeys.lost(ping)).as("lost pings").isZero();
    }
    mustRunOnTheSource();
  }

  @Test
  void cancelledInThePause() {
    boolean cancelled = false;
    for (int attempt = 0; attempt < 5 && !cancelled; attempt++) {
      cancelled = cancelInThePause();
      source = cancelled ? source : destination();
    }
    assertThat(cancelled).as("one of 5 migrations is still paused when it is cancelled").isTrue();
    mustRunOnTheSource();
  }

  private boolean cancelInThePause() {
    try (Freezer processes = new Freezer()) {
      long[] qemu = new long[1];
      Predicate<String> paused = line -> line.contains("Suspended Migrated");
      try (Watch events =
          Watch.of(
              lab().start(source, "virsh", "event", "--event", "lifecycle", "--loop", VM.name()),
              line -> {
                if (paused.test(line)) {
                  processes.freeze(qemu[0]);
                }
              })) {
        CompletableFuture<Result> migration =
            journeys.migrating(VM, source, destination(), "--live");
        qemu[0] = journeys.awaitQemu(VM, destination());
        events.await("the source is paused", paused);
        CompletableFuture<Result> abort =
            CompletableFuture.supplyAsync(
                () -> lab().host(source, "virsh", "domjobabort", VM.name()));
        // A QEMU that waits for the other to read takes no orders; so this may be all that happens.
        abort.completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
        processes.thaw(qemu[0]);
        return !migration.join().ok();
      }
    }
  }

  @Test
  void destinationsQemuKilledInThePause() {
    try (Freezer processes = new Freezer()) {
      Pause pause = Pause.begin(journeys, processes, lab(), VM, source, destination());
      Watch waiting =
          Watch.of(lab().startInEndpoint(third(), "p", "ping", "-i", "0.01", VM.address()));
      try (waiting) {
        processes.kill(pause.qemu());
        pause.end(processes);
        mustHaveFailed(pause.migration().join());
        journeys.awaitState(VM, source, "running", SOON);
        waiting.await("pings are answered", line -> line.contains("icmp_seq="));
      }
    }
    mustRunOnTheSource();
  }

  @Test
  void theMigrationsNetworkIsCutUntilLibvirtGivesUp() {
    cutUntilLibvirtGivesUp("eth1");
  }

  @Test
  void allNetworksAreCutUntilLibvirtGivesUp() {
    cutUntilLibvirtGivesUp("eth0", "eth1");
  }

  private void cutUntilLibvirtGivesUp(String... devices) {
    CompletableFuture<Result> migration =
        journeys.migrating(VM, source, destination(), "--live", "--p2p", "--bandwidth", "1");
    journeys.awaitCopying(VM, source);
    for (String device : devices) {
      link(destination(), device, "down");
    }
    try {
      mustHaveFailed(migration.join());
    } finally {
      for (String device : devices) {
        link(destination(), device, "up");
      }
    }
    mustRunOnTheSource();
  }

  @Test
  void theUnderlayIsCutWhileItsMemoryIsCopiedAndComesBack() {
    CompletableFuture<Result> migration =
        journeys.migrating(VM, source, destination(), "--live", "--bandwidth", "20");
    journeys.awaitCopying(VM, source);
    link(source, "eth0", "down");
    assertThat(lab().inEndpoint(third(), "p", "ping", "-c", "1", "-W", "1", VM.address()).ok())
        .as("reached over a cut underlay")
        .isFalse();
    link(source, "eth0", "up");
    migration.join().must();
    source = destination();
    journeys.mustHaveEndedOn(source, VM);
  }
}

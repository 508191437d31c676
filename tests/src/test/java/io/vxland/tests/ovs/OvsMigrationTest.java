package io.vxland.tests.ovs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import io.vxland.tests.migration.Freezer;
import io.vxland.tests.migration.HungGuests;
import io.vxland.tests.migration.Probe;
import io.vxland.tests.migration.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A VM on Open vSwitch goes from host to host, and whoever talks to it loses nothing. */
@Tag("alone")
final class OvsMigrationTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("ovsmig", 3, "--ovs"));

  @RegisterExtension
  static final HungGuests HUNG = new HungGuests(OvsMigrationTest::replaceHungGuest);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HOSTS = 3;
  private static final String VM = "a";
  private static final String MAC = "52:54:00:00:00:0a";
  private static final String ADDRESS = "10.50.0.1";
  private static final String GUARD = "tun_id=0xffec76 actions=drop";

  /** As many pings, one every 2 ms, as a VM may get on a busy machine until it is heard again. */
  private static final int UNTIL_HEARD = 25;

  private static final Duration SOON = Duration.ofSeconds(30);

  private static int source = 1;

  @BeforeAll
  static void startTheVm() {
    for (int host = 1; host <= HOSTS; host++) {
      lab()
          .host(
              host,
              "vxctl",
              "network",
              "define",
              "ovs-tun",
              "--template",
              "ovs-tun",
              "--vni",
              "5001")
          .must();
      lab()
          .endpoint(
              host,
              "p",
              "--ovs-bridge",
              "br-extun",
              "--mtu",
              "1450",
              "--ip",
              "10.50.0.10" + host + "/24")
          .must();
    }
    lab()
        .guest(
            source,
            VM,
            "--network",
            "ovs-tun",
            "--mac",
            MAC,
            "--ip",
            ADDRESS + "/24",
            "--mtu",
            "1450")
        .must();
    lab().waitGuest(source, VM).must();
    mustHaveSettled();
  }

  private static Lab lab() {
    return LAB.lab();
  }

  private static int destination() {
    return source % HOSTS + 1;
  }

  private static Result migrate(String... options) {
    List<String> command = new ArrayList<>(List.of("virsh", "migrate", "--live"));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            VM,
            "qemu+tcp://10.98.0." + destination() + "/system",
            "tcp://10.98.0." + destination()));
    return lab().host(source, command.toArray(String[]::new));
  }

  private static List<Integer> places() {
    List<Integer> places = new ArrayList<>();
    for (int host = 1; host <= HOSTS; host++) {
      if (lab().host(host, "virsh", "list", "--name").must().lines().anyMatch(VM::equals)) {
        places.add(host);
      }
    }
    return places;
  }

  /** See {@link HungGuests}. */
  private static boolean replaceHungGuest() {
    OptionalInt there = HungGuests.replaced(lab(), HOSTS, VM);
    source = there.orElse(source);
    return there.isPresent();
  }

  /** Those that filter what a tap sends. */
  private static boolean isOfFilter(String flow) {
    return flow.contains("priority=450,") || flow.matches(".*table=1[0-5],.*");
  }

  /**
   * Flows of ours on a host, without what differs from one to the next, and without those that
   * filter what a tap sends.
   */
  private static List<String> flows(int host) {
    return allFlows(host)
        .filter(line -> !isOfFilter(line))
        .map(line -> line.substring(line.indexOf("priority=")).replaceFirst("^priority=\\d+,", ""))
        .toList();
  }

  private static Stream<String> allFlows(int host) {
    return lab()
        .host(
            host,
            "ovs-ofctl",
            "-O",
            "OpenFlow14",
            "--no-stats",
            "dump-flows",
            "br-extun",
            "cookie=0x76786c616e64/-1")
        .must()
        .lines()
        .filter(line -> line.contains("actions="));
  }

  /** Nothing of a migration is left: a guard where the VM is, no long queue, nothing to do. */
  private static void mustHaveSettled() {
    for (int host = 1; host <= HOSTS; host++) {
      int one = host;
      List<String> wanted = places().contains(host) ? List.of(GUARD) : List.of();
      await("h" + host + " has only what it needs")
          .atMost(SOON)
          .untilAsserted(
              () -> {
                assertThat(flows(one)).isEqualTo(wanted);
                assertThat(allFlows(one).filter(line -> line.contains("priority=450,")))
                    .as("taps that are filtered")
                    .hasSize(wanted.size());
              });
      assertThat(lab().host(host, "ovs-vsctl", "list-ports", "br-extun").must().lines())
          .filteredOn(port -> port.startsWith("tun-mig"))
          .hasSize(wanted.size());
      assertThat(
              lab()
                  .host(host, "sh", "-c", "cat /sys/class/net/vnet*/tx_queue_len 2>&- || true")
                  .must()
                  .lines())
          .as("queues of taps on h%d", host)
          .allMatch(length -> Integer.parseInt(length) < 20_000);
      await("h" + host + " has nothing to do")
          .atMost(SOON)
          .until(() -> lab().answer(one, "/v1/plan"), "{\"changes\":[],\"problems\":[]}"::equals);
      assertThat(lab().daemon(host, "log").must().lines())
          .as("log of h%d", host)
          .noneMatch(line -> line.contains(" ERROR ") || line.contains("bug in vxland"));
    }
  }

  private static void mustRunOn(int host) {
    await("it runs on h" + host).atMost(SOON).until(() -> places().equals(List.of(host)));
    for (int from = 1; from <= HOSTS; from++) {
      lab().inEndpoint(from, "p", "ping", "-c", "3", "-i", "0.2", "-W", "10", ADDRESS).must();
    }
    mustHaveSettled();
  }

  /** What the source has written down of it, once it has ended. */
  private static JsonNode lastMigration(int host) {
    AtomicReference<JsonNode> last = new AtomicReference<>();
    await("h" + host + " has heard it from the other host")
        .atMost(SOON)
        .until(
            () -> {
              JsonNode all = JSON.readTree(lab().answer(host, "/v1/migrations"));
              JsonNode list = all.at("/migrations");
              last.set(list.path(list.size() - 1));
              return last.get().at("/destination").asText().startsWith("10.99.");
            });
    return last.get();
  }

  private static List<Probe> probes() {
    List<Probe> probes = new ArrayList<>();
    for (int host = 1; host <= HOSTS; host++) {
      probes.add(Probe.start(lab(), host, ADDRESS));
    }
    return probes;
  }

  @RepeatedTest(3)
  void whoeverTalksToItLosesNothing() {
    int to = destination();
    List<Probe> probes = probes();
    try {
      migrate().must();
      Map<Integer, Integer> lost = Probe.mustHaveLostFew(probes);
      JsonNode written = lastMigration(source);
      System.out.printf(
          "h%d to h%d, pause of %s ms: lost of pings every 2 ms, by host %s%n",
          source, to, written.get("pauseMs"), lost);
      assertThat(written.get("destination").asText()).isEqualTo("10.99.0." + to);
      assertThat(written.get("pauseMs").asDouble()).isPositive();
    } finally {
      probes.forEach(Probe::close);
      source = places().get(0);
    }
    assertThat(source).isEqualTo(to);
    mustRunOn(to);
  }

  /**
   * The host that it has left still passes on what it gets for it, three seconds long. What the
   * next one sends before it has heard the VM goes there, too.
   */
  @Test
  void whileItGoesFromHostToHostWithoutARestNothingIsLostAndHardlyAnythingComesTwice() {
    List<Probe> probes = probes();
    try {
      for (int stop = 1; stop <= HOSTS; stop++) {
        migrate().must();
        source = destination();
      }
      System.out.printf(
          "once around: lost of pings every 2 ms, by host %s%n",
          Probe.mustHaveLostFew(probes, UNTIL_HEARD));
    } finally {
      probes.forEach(Probe::close);
    }
    mustRunOn(source);
  }

  @Test
  void copiedAfterwardsItIsRedirectedOnlyUntilItIsHeard() {
    int to = destination();
    CompletableFuture<Result> migration =
        CompletableFuture.supplyAsync(
            () ->
                // A second copies 8 of 96 MiB, however fast the machine is. With 1 QEMU takes half
                // a minute to switch.
                migrate(
                    "--bandwidth",
                    "8",
                    "--postcopy",
                    "--timeout",
                    "1",
                    "--timeout-postcopy",
                    "--postcopy-bandwidth",
                    "1"));
    await("it runs on h" + to)
        .atMost(SOON)
        .until(() -> lab().host(to, "virsh", "domstate", VM).out().startsWith("running"));
    // But what other hosts still send here, for a while.
    await("h" + source + " redirects nothing of its own")
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(flows(source)).noneMatch(flow -> flow.startsWith("dl_dst=" + MAC)));
    boolean stillCopied = !migration.isDone();
    lab().host(source, "virsh", "migrate-setspeed", "--postcopy", VM, "1000").must();
    lab().inEndpoint(source, "p", "ping", "-c", "3", "-i", "0.2", "-W", "10", ADDRESS).must();
    migration.join().must();
    assertThat(stillCopied).as("its memory was still copied").isTrue();
    source = to;
    mustRunOn(to);
  }

  @Test
  void aSwitchThatComesBackWithoutItsFlowsGetsThemAtOnce() {
    lab().openVswitch(source, "kill9", "vswitchd").must();
    lab().openVswitch(source, "start", "vswitchd").must();
    await("the guard is back")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(flows(source)).isEqualTo(List.of(GUARD)));
    mustRunOn(source);
  }

  @Test
  void cancelledWhileItsMemoryIsCopiedItRunsOn() {
    List<Probe> probes = probes();
    try {
      CompletableFuture<Result> migration =
          CompletableFuture.supplyAsync(() -> migrate("--bandwidth", "1"));
      await("it is copied")
          .atMost(SOON)
          .until(() -> lab().host(source, "virsh", "domjobinfo", VM).out().contains("Iteration"));
      lab().host(source, "virsh", "domjobabort", VM).must();
      assertThat(migration.join().ok()).isFalse();
      // Open vSwitch itself loses one now and then while a port is plugged in or out.
      Probe.mustHaveLostFew(probes);
    } finally {
      probes.forEach(Probe::close);
    }
    mustRunOn(source);
  }

  @Test
  void cancelledInThePauseItRunsOn() {
    boolean cancelled = false;
    for (int attempt = 0; attempt < 5 && !cancelled; attempt++) {
      cancelled = cancelInThePause();
      source = cancelled ? source : destination();
    }
    assertThat(cancelled).as("one of 5 migrations is still paused when it is cancelled").isTrue();
    mustRunOn(source);
  }

  private static boolean cancelInThePause() {
    try (Freezer processes = new Freezer()) {
      long[] qemu = new long[1];
      Predicate<String> paused = line -> line.contains("Suspended Migrated");
      try (Watch events =
          Watch.of(
              lab().start(source, "virsh", "event", "--event", "lifecycle", "--loop", VM),
              line -> {
                if (paused.test(line)) {
                  processes.freeze(qemu[0]);
                }
              })) {
        CompletableFuture<Result> migration =
            CompletableFuture.supplyAsync(OvsMigrationTest::migrate);
        qemu[0] = awaitQemu(destination());
        events.await("the source is paused", paused);
        await("the source redirects")
            .atMost(SOON)
            .until(() -> flows(source).stream().anyMatch(flow -> flow.contains("set_field")));
        CompletableFuture<Result> abort =
            CompletableFuture.supplyAsync(() -> lab().host(source, "virsh", "domjobabort", VM));
        // A QEMU that waits for the other to read takes no orders; so this may be all that happens.
        abort.completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
        processes.thaw(qemu[0]);
        return !migration.join().ok();
      }
    }
  }

  private static long awaitQemu(int host) {
    String file = "/run/libvirt/qemu/" + VM + ".pid";
    await("it has a QEMU on h" + host)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> lab().host(host, "test", "-s", file).ok());
    return Long.parseLong(lab().host(host, "cat", file).must().strip());
  }
}

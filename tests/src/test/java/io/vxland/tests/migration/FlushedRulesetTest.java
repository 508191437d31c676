package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Somebody flushes nftables while a VM moves: {@code systemctl reload nftables} does. No frame may
 * circle between hosts or come twice, and what was taken away comes back.
 */
final class FlushedRulesetTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("flushed", 3));

  @RegisterExtension
  static final HungGuests HUNG = new HungGuests(FlushedRulesetTest::replaceHungGuests);

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Vm VM = new Vm("a", 1);

  /** Its host has a tunnel, too, and bridges what comes out of it if it can. */
  private static final Vm BYSTANDERS_VM = new Vm("c", 3);

  private static final int BYSTANDER = 3;
  private static final int MIGRATIONS = 2;

  /** Copies of a redirected frame: one for each of the other hosts. */
  private static final int COPIES = 2;

  /** What is multicast or broadcast now and then, by the lab's hosts themselves. */
  private static final int NOISE = 60;

  private static Journeys journeys;
  private static int here = 1;

  @BeforeAll
  static void startVms() {
    journeys = new Journeys(LAB.lab());
    journeys.start(VM, here);
    journeys.start(BYSTANDERS_VM, BYSTANDER);
    journeys.mustBeReached(here, VM);
  }

  private static boolean replaceHungGuests() {
    boolean third = journeys.replaceIfHung(BYSTANDERS_VM).isPresent();
    var first = journeys.replaceIfHung(VM);
    first.ifPresent(host -> here = host);
    return third || first.isPresent();
  }

  private static Lab lab() {
    return LAB.lab();
  }

  /** Whose nftables. */
  enum Flushed {
    BYSTANDER,
    SOURCE,
    DESTINATION;

    int host() {
      return switch (this) {
        case BYSTANDER -> FlushedRulesetTest.BYSTANDER;
        case SOURCE -> here;
        case DESTINATION -> 3 - here;
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void noFrameCirclesWhateverIsFlushedAtWhicheverStage(Flushed flushed) {
    int source = here;
    int destination = 3 - here;
    int host = flushed.host();
    Map<String, Long> before = sent();
    Watch probe = journeys.pinging(BYSTANDER, VM);
    try (Freezer processes = new Freezer()) {
      flush(host);
      Pause pause = Pause.begin(journeys, processes, lab(), VM, source, destination);
      flush(host);
      mustBeGuarded(host);
      flush(host);
      pause.end(processes);
      flush(host);
      pause.migration().join().must();
      here = destination;
      flush(host);
    }
    int lost = journeys.lost(probe);
    int asked = probe.lines().size() + lost;
    System.out.println(flushed + " flushed: " + lost + " of " + asked + " pings lost");
    mustBeFew(before, asked, source);
    assertThat(lab().daemon(host, "log").must())
        .contains("table netdev vxland was deleted or changed")
        .contains("settled: nftables");
    journeys.mustHaveEndedOn(destination, VM);
  }

  @Test
  void aFlushEverySecondOnAllHostsHarmsNoMigration() {
    for (int i = 0; i < MIGRATIONS; i++) {
      int source = here;
      int destination = 3 - here;
      Map<String, Long> before = sent();
      Watch probe = journeys.pinging(BYSTANDER, VM);
      List<Process> loops = new ArrayList<>();
      try {
        for (int host = 1; host <= ThreeHosts.COUNT; host++) {
          String loop = "while :; do nft flush ruleset; read -t 1 _ <> <(:); done";
          loops.add(lab().start(host, "bash", "-c", loop));
        }
        CompletableFuture<Result> migration =
            journeys.migrating(VM, source, destination, "--live", "--bandwidth", "40");
        migration.join().must();
        here = destination;
      } finally {
        loops.forEach(Process::destroy);
      }
      int lost = journeys.lost(probe);
      int asked = probe.lines().size() + lost;
      System.out.println("flushed every second: " + lost + " of " + asked + " pings lost");
      mustBeFew(before, asked, source);
    }
    journeys.mustHaveEndedOn(here, VM);
  }

  private static void flush(int host) {
    lab().host(host, "nft", "flush", "ruleset").must();
  }

  private static void mustBeGuarded(int host) {
    await("h" + host + " has its chain again")
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> lab().host(host, "nft", "list", "ruleset").out().contains("chain vxmig5001 {"));
  }

  /** How many frames each host has sent so far, by its devices of the network. */
  private static Map<String, Long> sent() {
    Map<String, Long> sent = new TreeMap<>();
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      for (var link : Journeys.json(lab().host(host, "ip", "-j", "-s", "link", "show").must())) {
        String name = link.path("ifname").asText();
        if (name.equals("vxlan5001") || name.equals("vxmig5001")) {
          sent.put(
              "h" + host + " " + name, link.path("stats64").path("tx").path("packets").asLong());
        }
      }
    }
    return sent;
  }

  /**
   * Nobody has sent more than the probe explains: the source each ping redirected, as a copy to
   * each other host; its device of the network the answers, and what the bridge floods; a host that
   * has no part in the migration the pings themselves, none of them into a tunnel.
   */
  private static void mustBeFew(Map<String, Long> before, int asked, int source) {
    sent()
        .forEach(
            (device, now) -> {
              long began = before.getOrDefault(device, 0L);
              // A tunnel goes with the last VM, and counts from nothing when it comes again.
              long more = now < began ? now : now - began;
              boolean tunnel = device.endsWith("vxmig5001");
              boolean redirects = device.startsWith("h" + source);
              long bound = tunnel && !redirects ? 0 : (long) COPIES * asked;
              assertThat(more).as("frames sent by %s", device).isLessThanOrEqualTo(bound + NOISE);
            });
  }
}

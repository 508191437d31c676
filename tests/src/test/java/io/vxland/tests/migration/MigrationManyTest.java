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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many VMs migrate at once, and one VM migrates many times, while all hosts send to it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("alone")
final class MigrationManyTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("migmany", ThreeHosts.COUNT));

  @RegisterExtension
  static final HungGuests HUNG = new HungGuests(MigrationManyTest::replaceHungGuests);

  private static final int VMS = 10;

  /** Of the pings that a host sends every 2 ms. */
  private static final int LOST_PER_MIGRATION = 10;

  private static final ExecutorService THREADS = Executors.newFixedThreadPool(VMS);

  private static ThreeHosts hosts;
  private static int where = 1;

  /** Guests write to their consoles every second or so. */
  private static final Duration SILENCE = Duration.ofSeconds(60);

  /** How many of them are still needed. */
  private static int vms = VMS;

  /** The first half are in network blue, the others in network green, on the same hosts. */
  private static String address(int number) {
    return (isBlue(number) ? "10.50.0." : "10.60.0.") + number;
  }

  private static boolean isBlue(int number) {
    return number <= VMS / 2;
  }

  private static String name(int number) {
    return "vm" + number;
  }

  @BeforeAll
  static void startTheVms() {
    Lab lab = LAB.lab();
    hosts = new ThreeHosts(lab);
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      lab.host(host, "vxctl", "network", "define", "green", "--vni", "5002").must();
      lab.endpoint(host, "g", "--bridge", "br5002", "--ip", "10.60.0.10" + host + "/24").must();
    }
    boot();
  }

  private static void boot() {
    Lab lab = LAB.lab();
    for (int number = 1; number <= vms; number++) {
      lab.guest(
              1,
              name(number),
              "--network",
              isBlue(number) ? "blue" : "green",
              "--mac",
              new Vm(name(number), number).mac(),
              "--ip",
              address(number) + "/24")
          .must();
    }
    IntStream.rangeClosed(1, vms).forEach(number -> lab.waitGuest(1, name(number)).must());
  }

  /** All of them anew on the first host, if the console of any has fallen silent. */
  private static boolean replaceHungGuests() {
    List<Integer> all = IntStream.rangeClosed(1, vms).boxed().toList();
    Map<Integer, String> before = new TreeMap<>();
    all.forEach(number -> before.put(number, LAB.lab().console(name(number))));
    try {
      await("a heartbeat of each")
          .atMost(SILENCE)
          .until(
              () ->
                  all.stream()
                      .noneMatch(
                          number -> LAB.lab().console(name(number)).equals(before.get(number))));
      return false;
    } catch (ConditionTimeoutException hung) {
      for (int host = 1; host <= ThreeHosts.COUNT; host++) {
        for (int number : all) {
          // On one host it runs, on another it is defined, on the third neither.
          LAB.lab().host(host, "virsh", "-q", "destroy", name(number));
          LAB.lab().host(host, "virsh", "-q", "undefine", name(number));
        }
      }
      where = 1;
      boot();
      hosts.awaitNothingLeft();
      return true;
    }
  }

  @AfterAll
  static void endTheThreads() {
    THREADS.shutdownNow();
  }

  private static void mustReachAll() {
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      for (int number = 1; number <= VMS; number++) {
        // Ten emulated CPUs share what there is: one of them may be away for seconds.
        Result ping =
            LAB.lab()
                .inEndpoint(
                    host,
                    isBlue(number) ? "p" : "g",
                    "ping",
                    "-c",
                    "1",
                    "-w",
                    "10",
                    address(number));
        int from = host;
        assertThat(ping.ok())
            .as(() -> "h%d reaches it: %s%n%s".formatted(from, ping, forwarding()))
            .isTrue();
      }
    }
  }

  private static String forwarding() {
    return IntStream.rangeClosed(1, ThreeHosts.COUNT)
        .mapToObj(host -> "h" + host + ":\n" + LAB.lab().host(host, "bridge", "fdb", "show").out())
        .collect(Collectors.joining());
  }

  @Test
  @Order(1)
  void tenVmsOnTwoNetworksMigrateAtOnce() {
    List<CompletableFuture<Result>> migrations = new ArrayList<>();
    for (int number = 1; number <= VMS; number++) {
      String vm = name(number);
      migrations.add(CompletableFuture.supplyAsync(() -> LAB.lab().migrate(1, 2, vm), THREADS));
    }
    migrations.forEach(migration -> migration.join().must());
    mustReachAll();
    hosts.awaitNothingLeft();
    mustReachAll();
    for (int number = 2; number <= VMS; number++) {
      LAB.lab().host(2, "virsh", "-q", "destroy", name(number)).must();
    }
    vms = 1;
    where = 2;
  }

  /** Migrates the first VM, to one host after another without a pause, under pings of all. */
  private static void tour(int... stops) {
    Vm vm = new Vm(name(1), 1);
    if (where == stops[0]) {
      // It was put there anew.
      int other = where % ThreeHosts.COUNT + 1;
      LAB.lab().migrate(where, other, vm.name()).must();
      where = other;
      hosts.awaitNothingLeft();
    }
    List<Pings> all = new ArrayList<>();
    try {
      for (int host = 1; host <= ThreeHosts.COUNT; host++) {
        all.add(Pings.start(LAB.lab(), host, vm, "0.002"));
      }
      for (int stop : stops) {
        LAB.lab().migrate(where, stop, vm.name()).must();
        where = stop;
      }
      List<Pings.Counts> counts = all.stream().map(Pings::end).toList();
      assertThat(counts)
          .allSatisfy(
              each -> {
                assertThat(each.sent()).isGreaterThan(200 * stops.length);
                assertThat(each.lost()).isBetween(0, LOST_PER_MIGRATION * stops.length);
                assertThat(each.duplicates()).isZero();
              });
    } finally {
      all.forEach(Pings::close);
    }
  }

  @Test
  @Order(2)
  void aVmThatGoesBackAtOnceIsFollowed() {
    tour(1, 2);
    hosts.awaitNothingLeft();
    hosts.mustReach(1);
  }

  @Test
  @Order(3)
  void aVmThatGoesOnAtOnceIsFollowed() {
    tour(3, 1);
    hosts.awaitNothingLeft();
    hosts.mustReach(1);
  }

  @Test
  @Order(4)
  void tenMigrationsLeaveNothingBehind() {
    tour(2, 3, 1);
    hosts.awaitNothingLeft();
    Map<String, String> before = belongings();
    Map<String, Long> usedBefore = used();

    tour(2, 3, 1, 2, 3, 1, 2, 3, 2, 1);

    hosts.awaitNothingLeft();
    assertThat(belongings()).isEqualTo(before);
    // A thread or two of a pool, and what they hold, come and go.
    used()
        .forEach(
            (what, count) -> assertThat(count).as(what).isBetween(1L, usedBefore.get(what) + 4));
    hosts.mustReach(1);
  }

  /**
   * All that a host's kernel has and has not learned itself; taps get new numbers, and a tap's
   * stamp in the port filter is made of its name.
   */
  private static Map<String, String> belongings() {
    Map<String, String> all = new TreeMap<>();
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      all.put(
          "h" + host,
          LAB.lab()
              .host(
                  host,
                  "sh",
                  "-c",
                  """
                  { ip -o link show | awk '{ print $2 }'
                    bridge fdb show | grep -e permanent -e static
                    nft list ruleset
                  } | sed -E 's/vnet[0-9]*/vnet/; s/(0x[0-9a-f]+)( [.] 0x[0-9a-f]+){2}/stamp/' | sort
                  """)
              .must());
    }
    return all;
  }

  /** Descriptors and threads of the daemons. */
  private static Map<String, Long> used() {
    Map<String, Long> all = new TreeMap<>();
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      for (String what : List.of("fd", "task")) {
        String directory = "/proc/" + hosts.daemon(host) + "/" + what;
        long count = LAB.lab().host(host, "ls", directory).must().lines().count();
        all.put("h" + host + " " + what, count);
      }
    }
    return all;
  }
}

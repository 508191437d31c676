package io.vxland.tests.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.migration.HungGuests;
import io.vxland.tests.migration.Probe;
import io.vxland.tests.migration.Watch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Hosts whose etcd does not answer for a while, or comes back out of an old backup. */
class EtcdBadDaysTest {
  @RegisterExtension
  static final LabExtension LAB =
      new LabExtension(() -> Lab.up("etcdbad", EtcdHosts.COUNT, "--control", "etcd"));

  @RegisterExtension
  static final HungGuests HUNG = new HungGuests(EtcdBadDaysTest::replaceHungGuest);

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String CARD = "52:54:00:00:00:0a";
  private static final String ADDRESS = "10.50.0.10";

  private static EtcdHosts hosts;
  private static int vni;

  /** Where the VM is. */
  private static int where = 1;

  @TempDir private Path directory;

  @BeforeAll
  static void startTheVm() {
    hosts = new EtcdHosts(lab());
    vni = define("blue");
    lab().guest(1, "a", "--network", "blue", "--mac", CARD, "--ip", ADDRESS + "/24").must();
    hosts.endpoints(vni, "10.50.0");
    lab().waitGuest(1, "a").must();
  }

  private static boolean replaceHungGuest() {
    OptionalInt there = HungGuests.replaced(lab(), EtcdHosts.COUNT, "a");
    where = there.orElse(where);
    return there.isPresent();
  }

  private static Lab lab() {
    return LAB.lab();
  }

  private static int define(String network) {
    lab().host(1, "vxctl", "network", "define", network).must();
    hosts.awaitNetworkOnAll(network);
    return hosts.vni(1, network);
  }

  private static int next() {
    return where % EtcdHosts.COUNT + 1;
  }

  private static int third() {
    return next() % EtcdHosts.COUNT + 1;
  }

  private static void etcd(String action, String... arguments) {
    // All at once: a member is ready only when most are.
    EtcdHosts.all().parallel().forEach(host -> lab().etcd(host, action, arguments).must());
  }

  private static void migrate() {
    int to = next();
    List<Probe> probes =
        EtcdHosts.all().mapToObj(host -> Probe.start(lab(), host, ADDRESS)).toList();
    try {
      lab().migrate(where, to, "a").must();
      System.out.printf("to h%d, lost by host %s%n", to, Probe.mustHaveLostFew(probes));
    } finally {
      probes.forEach(Probe::close);
    }
    where = to;
    mustBeKnownEverywhere();
  }

  private static void mustBeKnownEverywhere() {
    EtcdHosts.all()
        .filter(host -> host != where)
        .forEach(host -> hosts.awaitPlace(host, vni, CARD, where));
    hosts.awaitNoPlace(where, vni, CARD);
  }

  private static String stored() {
    return lab().etcd(1, "ctl", "get", "--prefix", "/vxland/1/").must();
  }

  private static String portKey(int host) {
    return "/vxland/1/ports/" + EtcdHosts.vtep(host) + "/" + vni + "/" + CARD;
  }

  @Test
  void whatAnOldBackupDoesNotKnowIsToldAgainAndWhatItKnowsWronglyIsNotBelieved() {
    int again = define("again");
    lab().host(1, "vxctl", "network", "delete", "again").must();
    hosts.awaitNetworkGone("again");
    String backup = directory.resolve("etcd.db").toString();
    int before = where;
    assertThat(stored()).contains(portKey(before)).contains("\"deleted\":true");
    lab().etcd(1, "ctl", "snapshot", "save", backup).must();

    migrate();
    await("the last host has nothing more to say")
        .atMost(SOON)
        .until(() -> !stored().contains(portKey(before)));
    lab().host(1, "vxctl", "network", "define", "again", "--vni", "" + again).must();
    hosts.awaitNetworkOnAll("again");
    int late = define("late");

    Watch places = Watch.of(lab().start(third(), "bridge", "monitor", "fdb"));
    try (Probe probe = Probe.start(lab(), third(), ADDRESS)) {
      etcd("kill9");
      etcd("wipe");
      etcd("restore", backup);
      etcd("start");
      await("all is told again")
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(stored())
                      .contains(portKey(where))
                      .doesNotContain(portKey(before))
                      .contains("/vxland/1/networks/late", "/vxland/1/vnis/" + late)
                      .contains("/vxland/1/vnis/" + again)
                      .doesNotContain("\"deleted\":true"));
      hosts.awaitHealthy();
      assertThat(probe.lost()).isZero();
      assertThat(places.interrupt()).noneMatch(line -> line.contains(CARD));
    } finally {
      places.close();
    }
    mustBeKnownEverywhere();
    for (String network : List.of("blue", "again", "late")) {
      hosts.awaitNetworkOnAll(network);
    }
    for (int i = 0; i < EtcdHosts.COUNT; i++) {
      migrate();
    }
    for (String network : List.of("again", "late")) {
      lab().host(2, "vxctl", "network", "delete", network).must();
      hosts.awaitNetworkGone(network);
    }
    hosts.awaitHealthy();
  }

  @Test
  void whileEtcdStandsStillNothingIsLostAndVmsStart() {
    String later = "52:54:00:00:00:0c";
    try (Probe probe = Probe.start(lab(), third(), ADDRESS)) {
      etcd("pause");
      try {
        lab()
            .guest(2, "later", "--network", "blue", "--mac", later, "--ip", "10.50.0.11/24")
            .must();
        lab().waitGuest(2, "later").must();
        EtcdHosts.all()
            .forEach(
                host ->
                    lab()
                        .inEndpoint(
                            host, "p", "ping", "-c", "3", "-i", "0.2", "-W", "10", "10.50.0.11")
                        .must());
        EtcdHosts.all()
            .forEach(
                host ->
                    await("h" + host + " says so")
                        .atMost(SOON)
                        .until(() -> hosts.missesEtcd(host)));
        assertThat(hosts.places(1, vni)).doesNotContainKey(later);
      } finally {
        etcd("resume");
      }
      hosts.awaitPlace(1, vni, later, 2);
      hosts.awaitPlace(3, vni, later, 2);
      hosts.awaitHealthy();
      assertThat(probe.lost()).isZero();
    }
    mustBeKnownEverywhere();
    lab().host(2, "virsh", "destroy", "later").must();
    hosts.awaitNoPlace(1, vni, later);
    migrate();
    hosts.awaitHealthy();
  }
}

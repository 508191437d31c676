package io.vxland.tests.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import io.vxland.tests.migration.Probe;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three hosts that know of each other by a cluster of etcd, with VMs that come, go and move. */
class EtcdHostsTest {
  @RegisterExtension
  static final LabExtension LAB =
      new LabExtension(() -> Lab.up("etcd", EtcdHosts.COUNT, "--control", "etcd"));

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String CARD = "52:54:00:00:00:0a";
  private static final String ADDRESS = "10.50.0.10";

  private static EtcdHosts hosts;
  private static int vni;

  /** Where the VM is. */
  private static int where = 1;

  @BeforeAll
  static void startTheVm() {
    hosts = new EtcdHosts(lab());
    lab().host(1, "vxctl", "network", "define", "blue").must();
    hosts.awaitNetworkOnAll("blue");
    vni = hosts.vni(1, "blue");
    lab().guest(1, "a", "--network", "blue", "--mac", CARD, "--ip", ADDRESS + "/24").must();
    hosts.endpoints(vni, "10.50.0");
    lab().waitGuest(1, "a").must();
  }

  private static Lab lab() {
    return LAB.lab();
  }

  private static int next() {
    return where % EtcdHosts.COUNT + 1;
  }

  private static int third() {
    return next() % EtcdHosts.COUNT + 1;
  }

  private static void etcd(String action) {
    // All at once: a member is ready only when most are.
    EtcdHosts.all().parallel().forEach(host -> lab().etcd(host, action).must());
  }

  private static void mustBeReached(String address) {
    EtcdHosts.all()
        .forEach(
            host ->
                lab()
                    .inEndpoint(host, "p", "ping", "-c", "3", "-i", "0.2", "-W", "10", address)
                    .must());
  }

  private static void mustBeKnownEverywhere() {
    EtcdHosts.all()
        .forEach(
            host -> {
              if (host == where) {
                hosts.awaitNoPlace(host, vni, CARD);
              } else {
                hosts.awaitPlace(host, vni, CARD, where);
              }
            });
  }

  private static void migrate() {
    int to = next();
    lab().migrate(where, to, "a").must();
    where = to;
  }

  @Test
  void aNetworkThatIsDefinedOnOneHostIsOnAllUntilOneDeletesIt() {
    lab().host(2, "vxctl", "network", "define", "green").must();
    hosts.awaitNetworkOnAll("green");
    int green = hosts.vni(2, "green");
    EtcdHosts.all().forEach(host -> assertThat(hosts.vni(host, "green")).isEqualTo(green));
    assertThat(green).isBetween(10_000, 65_535).isNotEqualTo(vni);

    Result taken =
        lab().host(3, "vxctl", "network", "define", "red", "--vni", Integer.toString(green));
    assertThat(taken.ok()).isFalse();
    assertThat(taken.toString()).contains("VNI " + green + " already belongs to network 'green'");

    lab().host(3, "vxctl", "network", "delete", "green").must();
    hosts.awaitNetworkGone("green");
    assertThat(lab().etcd(1, "ctl", "get", "--prefix", "/vxland/1/vnis/").must())
        .contains("/vxland/1/vnis/" + vni)
        .doesNotContain("/vxland/1/vnis/" + green);
    lab().host(1, "vxctl", "network", "define", "red", "--vni", Integer.toString(green)).must();
    hosts.awaitNetworkOnAll("red");
    lab().host(2, "vxctl", "network", "delete", "red").must();
    hosts.awaitNetworkGone("red");
  }

  @Test
  void aNetworkOfVirshThatSaysSoIsOnAllHosts() {
    String xml =
        lab().host(1, "vxctl", "network", "define", "gold", "--vni", "7", "--print").must();
    assertThat(xml).contains("shared='yes'");
    lab().hostWithInput(1, xml, "virsh", "net-define", "/dev/stdin").must();
    lab().host(1, "virsh", "net-start", "gold").must();
    lab().host(1, "virsh", "net-autostart", "gold").must();
    hosts.awaitNetworkOnAll("gold");
    lab().host(2, "vxctl", "network", "delete", "gold").must();
    hosts.awaitNetworkGone("gold");
  }

  @Test
  void aNetworkThatIsUsedOnAnotherHostIsNotDeleted() {
    Result refused = lab().host(third(), "vxctl", "network", "delete", "blue");
    assertThat(refused.ok()).isFalse();
    assertThat(refused.toString()).contains("is used by", CARD, EtcdHosts.vtep(where));
    assertThat(hosts.hasNetwork(1, "blue")).isTrue();
  }

  @Test
  void aVmIsKnownOnAllHostsBeforeItHasSentAnythingUntilItIsGone() {
    String silent = "52:54:00:00:00:0b";
    lab().guest(2, "silent", "--network", "blue", "--mac", silent).must();
    hosts.awaitPlace(1, vni, silent, 2);
    hosts.awaitPlace(3, vni, silent, 2);
    assertThat(lab().host(1, "bridge", "fdb", "show", "br", "br" + vni).must())
        .contains(silent + " dev vxlan" + vni + " extern_learn master br" + vni);
    assertThat(lab().host(1, "ip", "-d", "link", "show", "vxlan" + vni).must())
        .contains("nolearning", "neigh_suppress on");
    for (String mac : List.of(silent, "flood")) {
      assertThat(hosts.told(1, "blue", mac, 2).get("source").asText()).isEqualTo("etcd");
    }
    assertThat(hosts.told(1, "blue", silent, 2).get("ageSeconds").asLong())
        .isBetween(0L, hosts.told(1, "blue", "flood", 2).get("ageSeconds").asLong());
    lab().host(2, "virsh", "destroy", "silent").must();
    // For some seconds another host may still say that it is there.
    hosts.awaitNoPlace(1, vni, silent);
    hosts.awaitNoPlace(3, vni, silent);
    assertThat(lab().etcd(1, "ctl", "get", "--prefix", "/vxland/1/").must()).doesNotContain(silent);
  }

  @Test
  void whoTalksToAVmThatMigratesLosesNothing() {
    for (int i = 0; i < EtcdHosts.COUNT; i++) {
      List<Probe> probes =
          EtcdHosts.all().mapToObj(host -> Probe.start(lab(), host, ADDRESS)).toList();
      try {
        migrate();
        System.out.printf("to h%d, lost by host %s%n", where, Probe.mustHaveLostFew(probes));
      } finally {
        probes.forEach(Probe::close);
      }
      mustBeKnownEverywhere();
      mustBeReached(ADDRESS);
    }
    hosts.awaitHealthy();
  }

  @Test
  void withoutEtcdAllGoesOnAndNewVmsStartAndMoveAndAfterwardsAllIsKnown() {
    String later = "52:54:00:00:00:0c";
    try (Probe probe = Probe.start(lab(), third(), ADDRESS)) {
      etcd("kill9");
      EtcdHosts.all()
          .forEach(
              host ->
                  await("h" + host + " says so").atMost(SOON).until(() -> hosts.missesEtcd(host)));
      assertThat(probe.lost()).isZero();
    }
    lab().guest(2, "later", "--network", "blue", "--mac", later, "--ip", "10.50.0.11/24").must();
    lab().waitGuest(2, "later").must();
    mustBeReached("10.50.0.11");
    Result refused = lab().host(1, "vxctl", "network", "define", "pink");
    assertThat(refused.ok()).isFalse();
    assertThat(refused.toString()).contains("etcd");

    try (Probe probe = Probe.start(lab(), third(), ADDRESS)) {
      migrate();
      Probe.mustHaveLostFew(List.of(probe));
    }
    // Longer than a redirect lasts and is taken where others can be told.
    lab().inEndpoint(third(), "p", "ping", "-c", "75", "-i", "0.2", "-W", "10", ADDRESS).must();
    mustBeReached(ADDRESS);

    etcd("start");
    mustBeKnownEverywhere();
    hosts.awaitPlace(1, vni, later, 2);
    hosts.awaitPlace(3, vni, later, 2);
    lab().host(2, "virsh", "destroy", "later").must();
    hosts.awaitNoPlace(1, vni, later);
    hosts.awaitHealthy();
  }

  @Test
  void anEtcdThatHasLostEverythingIsToldEverythingAgain() {
    try (Probe probe = Probe.start(lab(), third(), ADDRESS)) {
      etcd("kill9");
      etcd("wipe");
      etcd("start");
      await("all is told again")
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(
                          lab()
                              .etcd(1, "ctl", "get", "--prefix", "--keys-only", "/vxland/1/")
                              .must())
                      .contains(
                          "/vxland/1/networks/blue",
                          "/vxland/1/vnis/" + vni,
                          "/vxland/1/members/10.99.0.1/" + vni,
                          "/vxland/1/members/10.99.0.2/" + vni,
                          "/vxland/1/members/10.99.0.3/" + vni,
                          "/vxland/1/ports/" + EtcdHosts.vtep(where) + "/" + vni + "/" + CARD));
      assertThat(probe.lost()).isZero();
    }
    mustBeKnownEverywhere();
    hosts.awaitNetworkOnAll("blue");
    hosts.awaitHealthy();
  }

  @Test
  void aHostThatIsCutOffFromEtcdGoesOnAndHearsAfterwardsWhatItMissed() {
    int cut = third();
    String table =
        "table inet cut { chain in { type filter hook input priority 0; "
            + "tcp sport 2379 drop; tcp dport 2379 drop; }; }";
    String missed = "52:54:00:00:00:0e";
    lab().hostWithInput(cut, table, "nft", "-f", "-").must();
    try (Probe probe = Probe.start(lab(), cut, ADDRESS)) {
      await("h" + cut + " says so").atMost(SOON).until(() -> hosts.missesEtcd(cut));
      lab().guest(next(), "missed", "--network", "blue", "--mac", missed).must();
      hosts.awaitPlace(where, vni, missed, next());
      assertThat(hosts.places(cut, vni)).containsKey(CARD).doesNotContainKey(missed);
      assertThat(probe.lost()).isZero();
    } finally {
      lab().host(cut, "nft", "delete", "table", "inet", "cut").must();
    }
    hosts.awaitPlace(cut, vni, missed, next());
    lab().host(next(), "virsh", "destroy", "missed").must();
    hosts.awaitNoPlace(cut, vni, missed);
    await("h" + cut + " is well").atMost(SOON).until(() -> !hosts.missesEtcd(cut));
    mustBeKnownEverywhere();
    hosts.awaitHealthy();
  }
}

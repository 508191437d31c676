package io.vxland.tests.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import io.vxland.tests.migration.Probe;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosts with certificates, each of which may write only what is said of itself. */
class EtcdTlsTest {
  @RegisterExtension
  static final LabExtension LAB =
      new LabExtension(() -> Lab.up("etcdtls", EtcdHosts.COUNT, "--control", "etcd", "--tls"));

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String CERTIFICATE = "/etc/vxland/etcd/host.pem";
  private static final String CARD = "52:54:00:00:00:0a";

  private static EtcdHosts hosts;

  @BeforeAll
  static void giveEachHostItsRole() {
    hosts = new EtcdHosts(lab());
    lab()
        .host(
            1,
            "env",
            "ETCDCTL_ENDPOINTS=https://10.98.0.1:2379",
            "ETCDCTL_CACERT=/etc/vxland/etcd/ca.pem",
            "ETCDCTL_CERT=/etc/vxland/etcd/root.pem",
            "ETCDCTL_KEY=/etc/vxland/etcd/root.key",
            "sh",
            "-ec",
            """
            /usr/share/vxland/etcd-roles h1=10.99.0.1 h2=10.99.0.2 h3=10.99.0.3
            etcdctl user add root --no-password
            etcdctl user grant-role root root
            etcdctl auth enable
            """)
        .must();
  }

  private static Lab lab() {
    return LAB.lab();
  }

  /** etcdctl with the host's own certificate. */
  private static Result asHost(int host, String... arguments) {
    String[] command = new String[arguments.length + 5];
    command[0] = "etcdctl";
    command[1] = "--endpoints=https://10.98.0." + host + ":2379";
    command[2] = "--cacert=/etc/vxland/etcd/ca.pem";
    command[3] = "--cert=/etc/vxland/etcd/host.pem";
    command[4] = "--key=/etc/vxland/etcd/host.key";
    System.arraycopy(arguments, 0, command, 5, arguments.length);
    return lab().host(host, command);
  }

  @Test
  void hostsKnowEachOtherAndNoneCanSpeakForAnother() {
    lab().host(1, "vxctl", "network", "define", "blue", "--vni", "5001").must();
    hosts.awaitNetworkOnAll("blue");
    lab().guest(1, "a", "--network", "blue", "--mac", CARD).must();
    hosts.awaitPlace(2, 5001, CARD, 1);
    hosts.awaitPlace(3, 5001, CARD, 1);

    String key = "/vxland/1/ports/10.99.0.1/5001/" + CARD;
    String before = lab().etcd(1, "ctl", "get", "--print-value-only", key).must();
    Result refused = asHost(2, "put", key, before.replace("\"a\"", "\"mine\""));
    assertThat(refused.ok()).isFalse();
    assertThat(refused.toString()).contains("permission denied");
    assertThat(asHost(2, "del", "/vxland/1/hosts/10.99.0.1").toString())
        .contains("permission denied");
    assertThat(asHost(2, "put", "/other", "x").toString()).contains("permission denied");
    assertThat(lab().etcd(1, "ctl", "get", "--print-value-only", key).must()).isEqualTo(before);
    asHost(1, "put", key, before.strip()).must();
    lab().host(1, "virsh", "destroy", "a").must();
    hosts.awaitNoPlace(2, 5001, CARD);
    hosts.awaitHealthy();
  }

  @Test
  void aHostWhoseCertificateIsNoGoodSaysSoAndIsWellAgainWithARightOne() {
    lab()
        .host(
            3,
            "sh",
            "-ec",
            """
            cd /etc/vxland/etcd
            mkdir right
            mv host.pem host.key right/
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 \\
              -subj /CN=h3 -keyout host.key -out host.pem
            """)
        .must();
    lab().daemon(3, "restart").must();
    await("h3 says so").atMost(SOON).until(() -> hosts.missesEtcd(3));
    lab().host(3, "sh", "-ec", "cd /etc/vxland/etcd; mv right/* .").must();
    await("h3 is well").atMost(SOON).until(() -> !hosts.missesEtcd(3));
    hosts.awaitHealthy();
  }

  private static boolean isExpired(int host) {
    return !lab()
        .host(host, "openssl", "x509", "-checkend", "0", "-noout", "-in", CERTIFICATE)
        .ok();
  }

  /** Ends all connections to etcd; new ones may be made. */
  private static void cut(int host) {
    String table =
        "table inet cut { chain in { type filter hook input priority 0; "
            + "tcp sport 2379 reject with tcp reset; tcp dport 2379 reject with tcp reset; }; }";
    lab().hostWithInput(host, table, "nft", "-f", "-").must();
    await("h" + host + " is cut off").atMost(SOON).until(() -> hosts.missesEtcd(host));
    lab().host(host, "nft", "delete", "table", "inet", "cut").must();
  }

  @Test
  void whenAllCertificatesHaveExpiredAllGoesOnUntilThereAreNewOnes() {
    lab().host(1, "vxctl", "network", "define", "gold", "--vni", "5002").must();
    hosts.awaitNetworkOnAll("gold");
    lab().guest(1, "b", "--network", "gold", "--mac", CARD, "--ip", "10.52.0.10/24").must();
    hosts.endpoints(5002, "10.52.0");
    lab().waitGuest(1, "b").must();
    hosts.awaitPlace(2, 5002, CARD, 1);
    hosts.awaitPlace(3, 5002, CARD, 1);

    EtcdHosts.all().forEach(host -> lab().etcd(host, "certify", "40").must());
    EtcdHosts.all().parallel().forEach(host -> lab().daemon(host, "restart").must());
    EtcdHosts.all()
        .forEach(
            host ->
                await("h" + host + " is well with a certificate that expires soon")
                    .atMost(SOON)
                    .until(() -> !hosts.missesEtcd(host)));
    assertThat(EtcdHosts.all().noneMatch(EtcdTlsTest::isExpired)).as("in time").isTrue();
    EtcdHosts.all()
        .forEach(
            host ->
                await("it expires")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> EtcdTlsTest.isExpired(host)));
    assertThat(EtcdHosts.all().noneMatch(hosts::missesEtcd)).as("what stands goes on").isTrue();

    String later = "52:54:00:00:00:0c";
    Probe probe = Probe.start(lab(), 3, "10.52.0.10");
    try {
      EtcdHosts.all().parallel().forEach(EtcdTlsTest::cut);
      EtcdHosts.all()
          .forEach(
              host ->
                  await("h" + host + " says why")
                      .atMost(SOON)
                      .until(() -> lab().answer(host, "/v1/status").contains("expired")));
      lab().guest(2, "later", "--network", "gold", "--mac", later, "--ip", "10.52.0.11/24").must();
      lab().waitGuest(2, "later").must();
      lab().inEndpoint(3, "p", "ping", "-c", "3", "-i", "0.2", "-W", "10", "10.52.0.11").must();
      assertThat(hosts.places(3, 5002)).containsEntry(CARD, "10.99.0.1").doesNotContainKey(later);
      EtcdHosts.all().forEach(host -> lab().etcd(host, "certify", "86400").must());
      EtcdHosts.all().forEach(host -> lab().daemon(host, "reload").must());
      hosts.awaitPlace(3, 5002, later, 2);
      hosts.awaitHealthy();
      assertThat(probe.lost()).isZero();
    } finally {
      probe.close();
    }
    lab().host(1, "virsh", "destroy", "b").must();
    lab().host(2, "virsh", "destroy", "later").must();
    EtcdHosts.all().forEach(host -> lab().endpoint(host, "p", "--delete").must());
  }
}

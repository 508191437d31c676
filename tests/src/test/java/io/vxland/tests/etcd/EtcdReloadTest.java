package io.vxland.tests.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.migration.Probe;
import io.vxland.tests.migration.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosts that run go from a list of peers to etcd and back, and to other settings of it. */
class EtcdReloadTest {
  @RegisterExtension
  static final LabExtension LAB =
      new LabExtension(() -> Lab.up("etcdrel", EtcdHosts.COUNT, "--control", "etcd"));

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String CARD = "52:54:00:00:00:0a";
  private static final int VNI = 5001;

  private static Lab lab() {
    return LAB.lab();
  }

  private static void configure(int host, String mode, boolean peers, String more) {
    String others =
        EtcdHosts.all()
            .filter(other -> other != host)
            .mapToObj(EtcdHosts::vtep)
            .collect(Collectors.joining(", "));
    String configuration =
        """
        [host]
        address = %s
        [control]
        mode = %s
        %s
        [etcd]
        endpoints = http://10.98.0.1:2379, http://10.98.0.2:2379, http://10.98.0.3:2379
        %s
        """
            .formatted(EtcdHosts.vtep(host), mode, peers ? "peers = " + others : "", more);
    lab().hostWithInput(host, configuration, "tee", "/etc/vxland/vxland.conf").must();
    lab().daemon(host, "reload").must();
  }

  private static void configureAll(String mode, boolean peers) {
    configureAll(mode, peers, "");
  }

  private static void configureAll(String mode, boolean peers, String more) {
    EtcdHosts.all().forEach(host -> configure(host, mode, peers, more));
  }

  private static void awaitAllAlive() {
    EtcdHosts.all()
        .forEach(
            host ->
                await("h" + host + " sees the others")
                    .atMost(SOON)
                    .untilAsserted(
                        () -> {
                          JsonNode peers = EtcdHosts.json(lab().answer(host, "/v1/peers"));
                          List<String> states = new ArrayList<>();
                          peers.forEach(peer -> states.add(peer.get("state").asText()));
                          assertThat(states).containsExactly("alive", "alive");
                        }));
  }

  private static boolean learns(int host) {
    return !lab()
        .host(host, "ip", "-d", "link", "show", "vxlan" + VNI)
        .must()
        .contains("nolearning");
  }

  @Test
  void noPacketIsLostAndNothingThatIsRightIsRewritten() {
    EtcdHosts hosts = new EtcdHosts(lab());
    configureAll("static", true);
    EtcdHosts.all()
        .forEach(
            host -> {
              lab().host(host, "vxctl", "network", "define", "blue", "--vni", "" + VNI).must();
              lab()
                  .endpoint(
                      host,
                      "p",
                      "--bridge",
                      "br" + VNI,
                      "--mtu",
                      "1450",
                      "--ip",
                      "10.50.0.10" + host + "/24")
                  .must();
            });
    lab().guest(1, "a", "--network", "blue", "--mac", CARD, "--ip", "10.50.0.10/24").must();
    lab().waitGuest(1, "a").must();
    List<Watch> monitors =
        EtcdHosts.all()
            .mapToObj(host -> Watch.of(lab().start(host, "bridge", "monitor", "fdb")))
            .toList();
    List<Probe> probes =
        EtcdHosts.all().mapToObj(host -> Probe.start(lab(), host, "10.50.0.10")).toList();
    try {
      configureAll("etcd", true);
      awaitAllAlive();
      hosts.awaitPlace(2, VNI, CARD, 1);
      hosts.awaitPlace(3, VNI, CARD, 1);
      EtcdHosts.all().forEach(host -> assertThat(learns(host)).isTrue());

      configureAll("etcd", false);
      awaitAllAlive();
      EtcdHosts.all()
          .forEach(
              host ->
                  await("h" + host + " learns no more").atMost(SOON).until(() -> !learns(host)));
      hosts.awaitHealthy();
      assertThat(probes.stream().map(Probe::lost)).containsOnly(0);
      monitors.forEach(
          monitor ->
              assertThat(monitor.lines())
                  .as("what is flooded goes to the same hosts as before")
                  .noneMatch(line -> line.contains("00:00:00:00:00:00")));
    } finally {
      probes.forEach(Probe::close);
      monitors.forEach(Watch::close);
    }
    Probe back = Probe.start(lab(), 3, "10.50.0.10");
    try {
      configureAll("static", true);
      hosts.awaitHealthy();
      assertThat(back.lost()).isZero();
    } finally {
      back.close();
    }
  }

  @Test
  void whatADeadHostHasSaidGoesAfterItsGraceAndComesBackWithIt() {
    EtcdHosts hosts = new EtcdHosts(lab());
    configureAll("etcd", false, "lease = 2\ngrace = 3");
    awaitAllAlive();
    lab().host(1, "vxctl", "network", "define", "black", "--vni", "6001").must();
    hosts.awaitNetworkOnAll("black");
    String card = "52:54:00:00:00:0d";
    lab().guest(3, "z", "--network", "black", "--mac", card).must();
    hosts.awaitPlace(1, 6001, card, 3);
    hosts.awaitPlace(2, 6001, card, 3);

    lab().daemon(3, "kill9").must();
    hosts.awaitNoPlace(1, 6001, card);
    hosts.awaitNoPlace(2, 6001, card);
    assertThat(lab().host(1, "vxctl", "peers").must()).contains("gone").contains("alive");
    assertThat(lab().host(1, "bridge", "fdb", "show", "dev", "vxlan6001").must())
        .contains("dst 10.99.0.2")
        .doesNotContain("dst 10.99.0.3");

    lab().daemon(3, "start").must();
    awaitAllAlive();
    hosts.awaitPlace(1, 6001, card, 3);
    hosts.awaitPlace(2, 6001, card, 3);
    lab().host(3, "virsh", "destroy", "z").must();
    hosts.awaitNoPlace(1, 6001, card);
    lab().host(2, "vxctl", "network", "delete", "black").must();
    hosts.awaitNetworkGone("black");
    hosts.awaitHealthy();
  }
}

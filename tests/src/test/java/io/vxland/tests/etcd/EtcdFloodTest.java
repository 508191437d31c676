package io.vxland.tests.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.migration.Probe;
import io.vxland.tests.networks.Background;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.Host;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A network of all hosts that floods broadcasts alone, beside one that floods all. */
class EtcdFloodTest {
  @RegisterExtension
  static final LabExtension LAB =
      new LabExtension(() -> Lab.up("etcdflood", EtcdHosts.COUNT, "--control", "etcd"));

  private static final String CARD = "52:54:00:00:00:0a";
  private static final String NOBODY = "52:54:00:00:00:99";

  private final EtcdHosts known = new EtcdHosts(LAB.lab());
  private final List<Host> hosts = Host.all(LAB.lab(), EtcdHosts.COUNT);

  private static String mac(int host) {
    return "52:54:00:00:07:0" + host;
  }

  private static String entry(int host, String subnet) {
    return "entry = %s %s %s.10%d\n".formatted(mac(host), EtcdHosts.vtep(host), subnet, host);
  }

  /** A network with an end point on each host. */
  private List<Endpoint> stand(String name, String endpoint, String subnet, String... options) {
    String[] define = new String[4 + options.length];
    System.arraycopy(new String[] {"vxctl", "network", "define", name}, 0, define, 0, 4);
    System.arraycopy(options, 0, define, 4, options.length);
    hosts.get(1).run(define).must();
    known.awaitNetworkOnAll(name);
    int vni = known.vni(1, name);
    return hosts.stream()
        .map(
            host ->
                Endpoint.plug(
                    host,
                    endpoint,
                    "--bridge",
                    "br" + vni,
                    "--mac",
                    mac(host.index()),
                    "--mtu",
                    "1450",
                    "--ip",
                    subnet + ".10" + host.index() + "/24"))
        .toList();
  }

  /** What a host is told of the others. */
  private static String entries(Host here, String subnet) {
    return EtcdHosts.all()
        .filter(host -> host != here.index())
        .mapToObj(host -> entry(host, subnet))
        .collect(Collectors.joining());
  }

  private static Background capture(Host host) {
    return Background.in(host, "tcpdump -l -e -nn -i eth0 --immediate-mode -Q in udp dst port 4789")
        .awaitOutput("listening on");
  }

  /** What the two others get while the first sends to a machine that nobody knows, then to all. */
  private List<String> received(Endpoint sender, String subnet) {
    sender.run("ip", "neigh", "replace", subnet + ".99", "lladdr", NOBODY, "dev", "eth0").must();
    try (Background two = capture(hosts.get(1));
        Background three = capture(hosts.get(2))) {
      assertThat(sender.reaches(subnet + ".99")).isFalse();
      sender.run("ping", "-b", "-c", "1", "-W", "1", subnet + ".255");
      two.awaitOutput(subnet + ".255: ICMP echo request");
      three.awaitOutput(subnet + ".255: ICMP echo request");
      return List.of(two.stop(), three.stop());
    }
  }

  private static JsonNode port(Host host, int vni) {
    return host.json("bridge", "-j", "-d", "link", "show", "dev", "vxlan" + vni).get(0);
  }

  @Test
  void whatNobodyKnowsGoesNowhereAndVmsAreReachedAndMigrateAllTheSame() {
    List<Endpoint> loud = stand("loud", "p", "10.50.0");
    List<Endpoint> quiet = stand("quiet", "q", "10.51.0", "--flood", "broadcast");
    int vni = known.vni(1, "quiet");
    for (Host host : hosts) {
      assertThat(host.run("virsh", "net-dumpxml", "quiet").must()).contains("flood=\"broadcast\"");
      host.configure(
          "[network loud]\n%s[network quiet]\n%s"
              .formatted(entries(host, "10.50.0"), entries(host, "10.51.0")));
      await("its port holds back unicasts")
          .atMost(Host.SOON)
          .until(() -> !port(host, vni).get("flood").asBoolean());
      assertThat(port(host, vni).get("bcast_flood").asBoolean()).isTrue();
      assertThat(port(host, vni).get("mcast_flood").asBoolean()).isTrue();
      host.awaitEmptyPlan();
    }

    assertThat(received(loud.get(0), "10.50.0")).allMatch(each -> each.contains(NOBODY));
    assertThat(received(quiet.get(0), "10.51.0")).noneMatch(each -> each.contains(NOBODY));

    LAB.lab().guest(1, "a", "--network", "quiet", "--mac", CARD, "--ip", "10.51.0.10/24").must();
    LAB.lab().waitGuest(1, "a").must();
    for (int from = 1; from <= EtcdHosts.COUNT; from++) {
      int to = from % EtcdHosts.COUNT + 1;
      List<Probe> probes =
          EtcdHosts.all()
              .mapToObj(host -> Probe.start(LAB.lab(), host, "q", "10.51.0.10"))
              .toList();
      try {
        LAB.lab().migrate(from, to, "a").must();
        System.out.printf("to h%d, lost by host %s%n", to, Probe.mustHaveLostFew(probes));
      } finally {
        probes.forEach(Probe::close);
      }
      EtcdHosts.all()
          .filter(host -> host != to)
          .forEach(host -> known.awaitPlace(host, vni, CARD, to));
      quiet.forEach(each -> each.mustPing("10.51.0.10"));
    }
    known.awaitHealthy();
  }
}

package io.vxland.tests.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.migration.Probe;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A routed fabric: the VTEP of each host is a /32 on lo, and two uplinks lead to the others. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FabricTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("fabric", 2, "--no-daemon"));

  private static final String ADDRESS = "10.61.0.1";

  private static List<Host> hosts;

  @BeforeAll
  static void start() {
    hosts = Host.all(LAB.lab(), 2);
    for (Host host : hosts) {
      int other = 3 - host.index();
      host.sh(
          """
          ip addr add 10.97.0.%1$d/32 dev lo
          ip route add 10.97.0.%2$d/32 src 10.97.0.%1$d \
            nexthop via 10.99.0.%2$d dev eth0 nexthop via 10.98.0.%2$d dev eth1
          printf '[host]\\naddress = 10.97.0.%1$d\\n[control]\\npeers = 10.97.0.%2$d\\n' \
            >/etc/vxland/vxland.conf
          """
              .formatted(host.index(), other));
      LAB.lab().daemon(host.index(), "start").must();
      host.run("vxctl", "status", "--wait", "60");
      host.defineNetwork("red", 61);
      Endpoint.plug(
          host,
          "p",
          "--bridge",
          "br61",
          "--mtu",
          "1450",
          "--ip",
          "10.61.0.10" + host.index() + "/24");
    }
  }

  private static void awaitMtu(Host host, int mtu) {
    await(host + ": MTU " + mtu)
        .atMost(Host.SOON)
        .until(() -> host.link("br61").path("mtu").asInt() == mtu);
  }

  @Test
  @Order(1)
  void theMtuIsThatOfTheUplinksAndNotOfLo() {
    for (Host host : hosts) {
      awaitMtu(host, 1450);
      host.awaitEmptyPlan();
      assertThat(host.run("vxctl", "status").must())
          .contains("10.97.0." + host.index() + " on lo, by eth0, eth1, MTU 1500");
    }
    new Endpoint(hosts.get(0), "p").mustHaveMtu(1450, "10.61.0.102");
  }

  @Test
  @Order(2)
  void theLeastMtuOfTheUplinksCounts() {
    Host host = hosts.get(0);
    host.sh("ip link set eth1 mtu 1400");
    awaitMtu(host, 1350);
    host.sh("ip link set eth1 mtu 1500");
    awaitMtu(host, 1450);
  }

  @Test
  @Order(3)
  void aVmMigratesAndFewFramesAreLost() {
    LAB.lab().guest(1, "a", "--network", "red", "--ip", ADDRESS + "/24", "--mtu", "1450").must();
    LAB.lab().waitGuest(1, "a").must();
    List<Probe> probes =
        List.of(Probe.start(LAB.lab(), 1, ADDRESS), Probe.start(LAB.lab(), 2, ADDRESS));
    try {
      LAB.lab().migrate(1, 2, "a").must();
      Probe.mustHaveLostFew(probes);
    } finally {
      probes.forEach(Probe::close);
    }
  }

  @Test
  @Order(4)
  void whereOneUplinkIsLostTheOtherCarriesAll() {
    hosts.get(0).sh("ip link set eth0 down");
    hosts.get(1).sh("ip route replace 10.97.0.1/32 src 10.97.0.2 via 10.98.0.1");
    new Endpoint(hosts.get(0), "p").mustPing(ADDRESS);
    for (Host host : hosts) {
      await(host + ": one uplink")
          .atMost(Host.SOON)
          .until(() -> host.run("vxctl", "status").out().contains(" on lo, by eth1, MTU 1500"));
      host.awaitEmptyPlan();
    }
  }
}

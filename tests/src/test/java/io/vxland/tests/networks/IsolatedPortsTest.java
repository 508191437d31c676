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

/** VMs whose ports are isolated reach all but each other, wherever they run. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class IsolatedPortsTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("isolated", 2));

  private static final String FIRST = "10.61.0.1";
  private static final String SECOND = "10.61.0.2";

  private static List<Host> hosts;

  @BeforeAll
  static void startVms() {
    Lab lab = LAB.lab();
    hosts = Host.all(lab, 2);
    for (Host host : hosts) {
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
    start(1, "a", FIRST);
    start(2, "b", SECOND);
    lab.waitGuest(1, "a").must();
    lab.waitGuest(2, "b").must();
  }

  private static void start(int host, String name, String address) {
    Lab lab = LAB.lab();
    lab.guest(
            host,
            name,
            "--network",
            "red",
            "--ip",
            address + "/24",
            "--mtu",
            "1450",
            "--define-only")
        .must();
    String xml =
        lab.host(host, "virsh", "dumpxml", "--inactive", name)
            .must()
            .replace("<source network='red'/>", "<source network='red'/><port isolated='yes'/>");
    lab.hostWithInput(host, xml, "virsh", "-q", "define", "/dev/stdin").must();
    lab.host(host, "virsh", "-q", "start", name).must();
  }

  private static void awaitStatus(Host host, boolean told) {
    await(host + " says " + (told ? "that" : "no more that") + " isolation ends at the host")
        .atMost(Host.SOON)
        .until(
            () ->
                host.run("vxctl", "status").out().contains("is isolated on this host only")
                    == told);
  }

  private static boolean firstReachesSecond(int host) {
    return LAB.lab().inGuest(host, "a", "ping -c 2 -W 2 " + SECOND).ok();
  }

  @Test
  @Order(1)
  void whereTheNetworkDoesNotSayMoreIsolationEndsAtTheHostWhichSaysSo() {
    hosts.forEach(host -> awaitStatus(host, true));
    assertThat(hosts.get(0).run("vxctl", "status", "--wait", "1").ok()).isFalse();
  }

  @Test
  @Order(2)
  void whereItDoesNoHostMakesADifference() {
    for (Host host : hosts) {
      host.configure("[network red]\nisolation = yes\n");
      awaitStatus(host, false);
      host.awaitEmptyPlan();
    }
    for (Host host : hosts) {
      new Endpoint(host, "p").mustPing(FIRST);
      new Endpoint(host, "p").mustPing(SECOND);
    }
    assertThat(firstReachesSecond(1)).isFalse();
  }

  @Test
  @Order(3)
  void soItIsAfterAMigrationWhichLosesNoMoreThanAnyOther() {
    Lab lab = LAB.lab();
    List<Probe> probes = List.of(Probe.start(lab, 1, FIRST), Probe.start(lab, 2, FIRST));
    try {
      lab.migrate(1, 2, "a").must();
      Probe.mustHaveLostFew(probes);
    } finally {
      probes.forEach(Probe::close);
    }
    assertThat(firstReachesSecond(2)).isFalse();
    lab.migrate(2, 1, "b").must();
    assertThat(firstReachesSecond(2)).isFalse();
    for (Host host : hosts) {
      new Endpoint(host, "p").mustPing(FIRST);
      new Endpoint(host, "p").mustPing(SECOND);
      host.awaitEmptyPlan();
    }
  }
}

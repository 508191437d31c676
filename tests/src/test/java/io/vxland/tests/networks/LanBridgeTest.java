package io.vxland.tests.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosts have bridges on the LAN, of names such as br1, and put NICs into bridges. */
final class LanBridgeTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("lanbridge", 2));

  private static final String LAN = Blue.xmlWithoutMetadata("lan", 1);

  private static List<Host> hosts;

  @BeforeAll
  static void define() {
    hosts = Host.all(LAB.lab(), 2);
    for (Host host : hosts) {
      host.defineNetwork("red", 61);
    }
  }

  private static void awaitStatus(Host host, String words) {
    await(host + " says " + words)
        .atMost(Host.SOON)
        .until(() -> host.run("vxctl", "status").out().contains(words));
  }

  @Test
  void aNetworkWithoutMetadataIsNoneOfOursUnlessTheConfigurationSaysSo() {
    Host host = hosts.get(0);
    host.define(LAN, "lan");
    host.awaitEmptyPlan();
    assertThat(host.run("vxctl", "network", "list").must()).doesNotContain("\nlan ");
    host.sh("ip link add br1 type bridge && ip link del br1");
    host.awaitEmptyPlan();
    assertThat(host.run("ip", "link", "show", "br1").ok()).isFalse();
    host.sh("sed -i '/^.host.$/a bridge-name-fallback = 1-9' /etc/vxland/vxland.conf");
    LAB.lab().daemon(1, "reload").must();
    host.awaitLink("vxlan1");
    assertThat(host.link("vxlan1").at("/linkinfo/info_data/id").asInt()).isEqualTo(1);
    assertThat(host.link("br1").path("ifalias").asText()).isEqualTo("vxland:vni=1");
    host.sh("sed -i /bridge-name-fallback/d /etc/vxland/vxland.conf");
    LAB.lab().daemon(1, "reload").must();
    awaitStatus(host, "bridge-name-fallback = 1-1");
    assertThat(host.run("ip", "link", "show", "vxlan1").ok()).as("what is there goes on").isTrue();
    host.run("virsh", "-q", "net-destroy", "lan").must();
    host.run("virsh", "-q", "net-undefine", "lan").must();
    host.awaitNoLink("br1");
  }

  @Test
  void aNicInTheBridgesOfTwoHostsMakesNoLoop() {
    for (Host host : hosts) {
      Endpoint.plug(host, "p", "--bridge", "br61", "--ip", "10.61.0.10" + host.index() + "/24");
    }
    Endpoint first = new Endpoint(hosts.get(0), "p");
    first.mustPing("10.61.0.102");
    try {
      hosts.forEach(host -> host.sh("ip link set eth1 master br61"));
      for (Host host : hosts) {
        awaitStatus(host, "bridge br61 has eth1 as a port");
        assertThat(host.sh("ip link show vxlan61")).doesNotContain(",UP");
      }
      assertThat(first.reaches("10.61.0.99")).as("nobody answers this broadcast").isFalse();
      assertThat(hosts.get(0).run("timeout", "2", "tcpdump", "-i", "eth1", "-c", "500").ok())
          .as("500 frames in 2 s")
          .isFalse();
    } finally {
      hosts.forEach(host -> host.sh("ip link set eth1 nomaster"));
    }
    for (Host host : hosts) {
      host.awaitEmptyPlan();
    }
    first.mustPing("10.61.0.102");
  }

  @Test
  void aGatewaySaysThatItsNicIsMeant() {
    Host gateway = hosts.get(1);
    gateway.configure("[network red]\nvni = 61\nallow-uplink = yes\n");
    try {
      gateway.sh("ip link set eth1 master br61");
      gateway.awaitEmptyPlan();
      assertThat(gateway.run("vxctl", "status").must()).contains("in sync");
      assertThat(gateway.sh("ip link show vxlan61")).contains(",UP");
    } finally {
      gateway.sh("ip link set eth1 nomaster");
      gateway.configure("");
    }
  }
}

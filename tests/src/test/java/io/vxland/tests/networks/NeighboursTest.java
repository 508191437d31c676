package io.vxland.tests.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What else is on a host: firewalls, users of the UDP port, offloads, and hooks out of order. */
final class NeighboursTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("neighbours", 2));

  /** The longest pause between two attempts, and some. */
  private static final Duration RETRIED = Duration.ofSeconds(60);

  private static final String HOOK = "/etc/libvirt/hooks/qemu.d/50-vxland";

  private static final String GREEN =
      """
      <network>
        <name>green</name>
        <metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='72'/></metadata>
        <forward mode='bridge'/>
        <bridge name='br72'/>
      </network>
      """;

  private static List<Host> hosts;
  private static Endpoint near;
  private static Endpoint here;

  @BeforeAll
  static void define() {
    hosts = Host.all(LAB.lab(), 2);
    for (Host host : hosts) {
      host.run("vxctl", "network", "define", "red", "--template", "bridge", "--vni", "71").must();
      host.awaitLink("vxlan71");
      Endpoint.plug(
          host,
          "p",
          "--bridge",
          "br71",
          "--ip",
          "10.71.0." + host.index() + "/24",
          "--ip",
          "fd71::" + host.index() + "/64");
    }
    here = new Endpoint(hosts.get(0), "p");
    near = Endpoint.plug(hosts.get(0), "q", "--bridge", "br71", "--ip", "10.71.0.11/24");
    here.mustPing("10.71.0.2");
    near.mustPing("10.71.0.1");
  }

  private static String status(Host host) {
    return host.run("vxctl", "status").out();
  }

  private static void awaitStatus(Host host, Duration bound, String... words) {
    await(host + " says " + List.of(words))
        .atMost(bound)
        .untilAsserted(() -> assertThat(status(host)).contains(words));
  }

  private static void awaitQuiet(Host host, Duration bound) {
    await(host + " has nothing to say")
        .atMost(bound)
        .untilAsserted(
            () -> assertThat(status(host)).contains("in sync since").doesNotContain("warning"));
    host.awaitEmptyPlan();
  }

  @Test
  void aFirewallThatSeesBridgedPacketsAndDropsThemIsNamedWithTheCure() {
    Host host = hosts.get(0);
    host.sh("sysctl -w net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1");
    try {
      host.sh(
          "nft add table inet f;"
              + " nft add chain inet f FORWARD"
              + " '{ type filter hook forward priority 0; policy drop; }';"
              + " nft add rule inet f FORWARD ct state established accept");
      assertThat(near.reaches("10.71.0.1")).as("on one host").isFalse();
      assertThat(here.reaches("10.71.0.2")).as("between hosts").isFalse();
      assertThat(here.reaches("fd71::2")).as("IPv6").isFalse();
      awaitStatus(
          host,
          Host.SOON,
          "not in sync",
          "network 'red'",
          "net.bridge.bridge-nf-call-iptables = 1",
          "net.bridge.bridge-nf-call-ip6tables = 1",
          "chain 'inet f FORWARD'");
      host.sh("nft insert rule inet f FORWARD iifname br71 oifname br71 accept");
      near.mustPing("10.71.0.1");
      awaitQuiet(host, Host.SOON);
      host.sh("nft flush chain inet f FORWARD");
      awaitStatus(host, Host.SOON, "sysctl -w net.bridge.bridge-nf-call-iptables=0");
      host.sh("sysctl -w net.bridge.bridge-nf-call-iptables=0");
      host.sh("sysctl -w net.bridge.bridge-nf-call-ip6tables=0");
      here.mustPing("10.71.0.2");
      here.mustPing("fd71::2");
      awaitQuiet(host, Host.SOON);
    } finally {
      host.sh(
          "sysctl -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0;"
              + " nft delete table inet f");
    }
  }

  @Test
  void aNetworkWhoseUdpPortAProgramHasIsRefusedAndComesRightByItself() {
    Host host = hosts.get(0);
    Process server = LAB.lab().start(1, "socat", "-u", "UDP4-RECV:4790", "OPEN:/dev/null");
    try {
      await("the server listens")
          .atMost(Host.SOON)
          .until(() -> host.sh("ss -uln sport = :4790").contains("4790"));
      host.configure("[network green]\nport = 4790\n");
      LAB.lab().hostWithInput(1, GREEN, "virsh", "-q", "net-define", "/dev/stdin").must();
      Result refused = host.run("virsh", "-q", "net-start", "green");
      assertThat(refused.ok()).isFalse();
      assertThat(refused.err())
          .contains("network 'green'", "UDP port 4790 is in use by process socat");
      awaitStatus(host, Host.SOON, "network 'green'", "in use by process socat", "end it, or");
      here.mustPing("10.71.0.2");
    } finally {
      server.destroy();
    }
    await("vxlan72 is up")
        .atMost(RETRIED)
        .until(() -> host.run("ip", "link", "show", "dev", "vxlan72", "up").out().contains("72"));
    host.run("virsh", "-q", "net-start", "green").must();
    host.run("virsh", "-q", "net-destroy", "green").must();
    host.run("virsh", "-q", "net-undefine", "green").must();
    host.configure("");
    host.awaitNoLink("vxlan72");
  }

  private static void mustBeWithoutChecksums(Host host) {
    host.awaitEmptyPlan();
    assertThat(host.sh("ip -d link show vxlan71")).contains(" noudpcsum ");
    assertThat(host.sh("ethtool -k vxlan71")).contains("tx-checksumming: off");
    here.mustPing("10.71.0.2");
  }

  @Test
  void checksumsAreAsConfiguredAndAnAdministratorsOffloadsStay() {
    Host host = hosts.get(0);
    host.configure("[network red]\nudp-checksum = no\n");
    host.awaitLink("vxlan71");
    host.sh("ethtool -K vxlan71 tx off");
    mustBeWithoutChecksums(host);
    LAB.lab().daemon(1, "reload").must();
    mustBeWithoutChecksums(host);
    LAB.lab().daemon(1, "restart").must();
    mustBeWithoutChecksums(host);
    host.configure("");
    await("checksums are sent again")
        .atMost(Host.SOON)
        .until(() -> host.run("ip", "-d", "link", "show", "vxlan71").out().contains(" udpcsum "));
    here.mustPing("10.71.0.2");
  }

  @Test
  void hooksThatLibvirtDoesNotRunOrRunsTwiceAreNamed() {
    Host host = hosts.get(1);
    String copy = HOOK + ".rpmsave";
    try {
      host.sh("chmod -x " + HOOK);
      LAB.lab().guest(2, "a", "--network", "red", "--mtu", "1450").must();
      awaitStatus(host, Host.SOON, "run: chmod 755 " + HOOK, "VM 'a' has started");
      host.sh("virsh -q destroy a; chmod 755 " + HOOK + "; cp -p " + HOOK + " " + copy);
      host.run("virsh", "-q", "start", "a").must();
      awaitStatus(host, Host.SOON, "run: rm " + copy);
      await("VM a is known, once")
          .atMost(Host.SOON)
          .until(() -> host.answer("/v1/ports").size() == 1);
      host.sh("rm " + copy);
      awaitQuiet(host, Host.SOON);
    } finally {
      host.sh("rm -f " + copy + "; chmod 755 " + HOOK);
      host.run("virsh", "-q", "undefine", "--nvram", "a");
      host.run("virsh", "-q", "destroy", "a");
    }
  }
}

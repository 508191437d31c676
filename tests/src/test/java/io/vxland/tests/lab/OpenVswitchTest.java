package io.vxland.tests.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The lab carries what vxland will do on Open vSwitch: guests on three hosts that each run one,
 * joined by tunnel ports that are typed in by hand, and a live migration.
 */
final class OpenVswitchTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("ovsbyhand", 3, "--bare", "--ovs"));

  private static final String NETWORK =
      """
      <network>
        <name>extun</name>
        <forward mode='bridge'/>
        <bridge name='br-extun'/>
        <virtualport type='openvswitch'/>
      </network>
      """;

  private static final String BROADCAST = "10.7.0.255";
  private static final Duration SOON = Duration.ofSeconds(60);

  private static final String CAPTURE =
      "exec tcpdump --immediate-mode -lnn -Q in -i eth0"
          + " 'udp dst port 9 or icmp[icmptype] == icmp-echo' >%s 2>&1";

  @BeforeAll
  static void joinTheHosts() {
    Lab lab = LAB.lab();
    for (int host = 1; host <= 3; host++) {
      String setUp =
          """
          set -e
          ovs-vsctl add-br br-extun -- set bridge br-extun datapath_type=netdev
          number=0
          for peer in 1 2 3; do
            [ $peer = %1$d ] && continue
            ovs-vsctl add-port br-extun tun-vxlan$number -- set interface tun-vxlan$number \\
              type=vxlan options:remote_ip=10.99.0.$peer options:local_ip=10.99.0.%1$d options:key=7
            ovs-vsctl set port tun-vxlan$number protected=true
            number=$((number + 1))
          done
          virsh -q net-define /dev/stdin
          virsh -q net-start extun
          """
              .formatted(host);
      lab.hostWithInput(host, NETWORK, "sh", "-c", setUp).must();
      lab.endpoint(
              host,
              "probe",
              "--ovs-bridge",
              "br-extun",
              "--ip",
              address(host) + "/24",
              "--mtu",
              "1450")
          .must();
    }
    for (int guest = 1; guest <= 2; guest++) {
      lab.guest(
              guest,
              "vm" + guest,
              "--network",
              "extun",
              "--ip",
              "10.7.0." + guest + "/24",
              "--mtu",
              "1450")
          .must();
    }
    lab.waitGuest(1, "vm1").must();
    lab.waitGuest(2, "vm2").must();
  }

  @Test
  void guestsReachEachOtherAcrossHostsAndAfterALiveMigration() {
    Lab lab = LAB.lab();
    mustPingFromTheThirdHostAndBetweenGuests(2);
    String sent = Transfer.checksumOfServed(lab, 1, "vm1");
    assertThat(Transfer.checksumOfReceived(lab, 2, "vm2", "10.7.0.1")).isEqualTo(sent);

    lab.migrate(2, 3, "vm2").must();

    assertThat(lab.host(2, "virsh", "list", "--name").must()).isBlank();
    assertThat(lab.host(3, "virsh", "list", "--name").must().strip()).isEqualTo("vm2");
    assertThat(lab.host(3, "ovs-vsctl", "list-ports", "br-extun").must()).contains("vnet");
    assertThat(lab.host(2, "ovs-vsctl", "list-ports", "br-extun").must()).doesNotContain("vnet");
    mustPingFromTheThirdHostAndBetweenGuests(3);
    assertThat(Transfer.checksumOfReceived(lab, 3, "vm2", "10.7.0.1")).isEqualTo(sent);
    assertThat(lab.console("vm2")).containsOnlyOnce("lab: vm2 is ready");
  }

  /** Between tunnels nothing is passed on: without that, a broadcast would circle for ever. */
  @Test
  void aBroadcastReachesEveryOtherHostExactlyOnce(@TempDir Path captures) throws IOException {
    Lab lab = LAB.lab();
    mustPingBetweenEndpoints();
    List<Process> tcpdumps = new ArrayList<>();
    try {
      for (int host = 1; host <= 3; host++) {
        Path file = Files.createFile(captures.resolve("host" + host));
        tcpdumps.add(lab.startInEndpoint(host, "probe", "sh", "-c", CAPTURE.formatted(file)));
        await().atMost(SOON).until(() -> linesWith(file, "listening on") == 1);
      }

      lab.inEndpoint(
              1,
              "probe",
              "sh",
              "-c",
              "echo once | socat -u - UDP4-DATAGRAM:%s:9,broadcast".formatted(BROADCAST))
          .must();
      // What another host had passed on would arrive before that host's own packets.
      mustPingBetweenEndpoints();

      for (int host = 1; host <= 3; host++) {
        Path file = captures.resolve("host" + host);
        for (int other = 1; other <= 3; other++) {
          String ping = address(other) + " > " + address(host) + ": ICMP echo request";
          int expected = other == host ? 0 : 1;
          await().atMost(SOON).until(() -> linesWith(file, ping) >= expected);
        }
        assertThat(linesWith(file, "> " + BROADCAST + ".9:"))
            .as("copies of host 1's broadcast that arrived on host %d", host)
            .isEqualTo(host == 1 ? 0 : 1);
      }
    } finally {
      tcpdumps.forEach(Process::destroyForcibly);
    }
  }

  private static String address(int host) {
    return "10.7.0.10" + host;
  }

  private static void mustPingFromTheThirdHostAndBetweenGuests(int hostOfSecond) {
    Lab lab = LAB.lab();
    lab.inGuest(1, "vm1", "ping -c 3 10.7.0.2").must();
    lab.inGuest(hostOfSecond, "vm2", "ping -c 3 10.7.0.1").must();
    lab.inEndpoint(3, "probe", "ping", "-c", "3", "-i", "0.2", "10.7.0.1").must();
    lab.inEndpoint(3, "probe", "ping", "-c", "3", "-i", "0.2", "10.7.0.2").must();
  }

  /**
   * Both ways of all pairs; three tries, for a tunnel drops packets until it knows its peer's MAC.
   */
  private static void mustPingBetweenEndpoints() {
    for (int from = 1; from <= 3; from++) {
      for (int to = 1; to <= 3; to++) {
        if (from != to) {
          LAB.lab()
              .inEndpoint(from, "probe", "ping", "-c", "3", "-i", "0.2", "-W", "2", address(to))
              .must();
        }
      }
    }
  }

  private static long linesWith(Path file, String words) throws IOException {
    return Files.readAllLines(file).stream().filter(line -> line.contains(words)).count();
  }
}

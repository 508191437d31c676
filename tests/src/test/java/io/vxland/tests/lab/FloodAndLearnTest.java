package io.vxland.tests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The lab carries what vxland will do: guests on three hosts, joined by VXLAN devices that are set
 * up by hand and learn by flooding, and a live migration.
 */
final class FloodAndLearnTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.bare("floodlearn", 3));

  private static final String NETWORK =
      "<network><name>seven</name><forward mode='bridge'/><bridge name='br7'/></network>";

  @BeforeAll
  static void joinTheHosts() {
    Lab lab = LAB.lab();
    for (int host = 1; host <= 3; host++) {
      String setUp =
          """
          set -e
          ip link add br7 type bridge forward_delay 0
          ip link add vx7 type vxlan id 7 local 10.99.0.%1$d dstport 4789
          for peer in 1 2 3; do
            [ $peer = %1$d ] || bridge fdb append 00:00:00:00:00:00 dev vx7 dst 10.99.0.$peer
          done
          ip link set vx7 master br7 mtu 1450 up
          ip link set br7 mtu 1450 up
          virsh -q net-define /dev/stdin
          virsh -q net-start seven
          """
              .formatted(host);
      lab.hostWithInput(host, NETWORK, "sh", "-c", setUp).must();
    }
    lab.guest(
            1,
            "a",
            "--network",
            "seven",
            "--ip",
            "10.7.0.1/24",
            "--ip",
            "fd07::1/64",
            "--mtu",
            "1450")
        .must();
    lab.guest(
            2,
            "b",
            "--network",
            "seven",
            "--ip",
            "10.7.0.2/24",
            "--ip",
            "fd07::2/64",
            "--mtu",
            "1450")
        .must();
    lab.waitGuest(1, "a").must();
    lab.waitGuest(2, "b").must();
  }

  @Test
  void aGuestReachesAnotherAcrossHostsAndAfterItsLiveMigration() {
    Lab lab = LAB.lab();
    lab.inGuest(1, "a", "ping -c 3 10.7.0.2 && ping -c 1 fd07::2").must();
    assertThat(lab.inGuest(1, "a", "head -c 1000000 /dev/zero | nc 10.7.0.2 5001").must().strip())
        .isEqualTo("1000000");
    assertThat(lab.inGuest(1, "a", "wget -qO- http://10.7.0.2/").must()).isEqualTo("b\n");

    lab.migrate(2, 3, "b").must();

    assertThat(lab.host(2, "virsh", "list", "--name").must()).isBlank();
    assertThat(lab.host(3, "virsh", "list", "--name").must().strip()).isEqualTo("b");
    lab.inGuest(1, "a", "ping -c 3 10.7.0.2 && ping -c 1 fd07::2").must();
    lab.inGuest(3, "b", "ping -c 1 10.7.0.1").must();
    assertThat(lab.console("b")).containsOnlyOnce("lab: b is ready");
  }
}

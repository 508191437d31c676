package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Three hosts with a network, VMs that go from one to another, and who looks for them. */
final class ThreeHosts {
  static final int COUNT = 3;

  private static final Duration CLEAN = Duration.ofSeconds(25);

  /** What a migration puts into the kernel, one a line, and nothing else. */
  private static final String LEFTOVERS =
      """
      ip -o link show | grep -o 'vxmig[0-9]*'
      nft list tables | grep 'netdev vxland'
      bridge fdb show | grep extern_learn
      for f in /sys/class/net/vnet*/tx_queue_len; do
        [ ! -e "$f" ] || awk -v f="$f" '$1 >= 20000 { print f, $1 }' "$f"
      done
      true
      """;

  private final Lab lab;

  ThreeHosts(Lab lab) {
    this.lab = lab;
    for (int host = 1; host <= COUNT; host++) {
      lab.hostWithInput(host, xml("blue", 5001), "virsh", "-q", "net-define", "/dev/stdin").must();
      lab.host(host, "virsh", "-q", "net-start", "blue").must();
      lab.endpoint(
              host, "p", "--bridge", "br5001", "--mtu", "1450", "--ip", "10.50.0.10" + host + "/24")
          .must();
    }
  }

  private static String xml(String name, int vni) {
    return """
    <network>
      <name>%s</name>
      <metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='%d' template='bridge'/></metadata>
      <forward mode='bridge'/>
      <bridge name='br%d'/>
    </network>
    """
        .formatted(name, vni, vni);
  }

  void startVm(String name, int number, int host) {
    lab.guest(
            host,
            name,
            "--network",
            "blue",
            "--mac",
            "52:54:00:00:00:%02x".formatted(number + 9),
            "--ip",
            "10.50.0." + number + "/24")
        .must();
  }

  /** The pid of the host's daemon. */
  long daemon(int host) {
    String[] words = lab.daemon(host, "status").must().lines().findFirst().orElseThrow().split(" ");
    return Long.parseLong(words[1]);
  }

  /** Starts a daemon that was killed. */
  void startKilled(int host) {
    lab.daemon(host, "kill9").must();
    lab.daemon(host, "start").must();
  }

  /** Each host gets all answers of a VM at once, and each but once. */
  void mustReach(int number) {
    for (int host = 1; host <= COUNT; host++) {
      assertThat(
              lab.inEndpoint(
                      host, "p", "ping", "-c", "3", "-i", "0.05", "-W", "3", "10.50.0." + number)
                  .out())
          .as("from h" + host)
          .contains("3 packets transmitted, 3 received, 0% packet loss");
    }
  }

  void awaitNothingLeft() {
    await("nothing of a migration is left")
        .atMost(CLEAN)
        .untilAsserted(() -> assertThat(leftovers()).isEmpty());
    for (int host = 1; host <= COUNT; host++) {
      int one = host;
      await("h" + host + " has nothing to do")
          .atMost(CLEAN)
          .until(
              () -> lab.host(one, "vxctl", "--json", "plan").out().strip(),
              "{\"changes\":[],\"problems\":[]}"::equals);
    }
  }

  private List<String> leftovers() {
    List<String> all = new ArrayList<>();
    for (int host = 1; host <= COUNT; host++) {
      String prefix = "h" + host + ": ";
      lab.host(host, "sh", "-c", LEFTOVERS).must().lines().map(prefix::concat).forEach(all::add);
    }
    return all;
  }
}

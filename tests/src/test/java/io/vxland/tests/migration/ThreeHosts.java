package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Three hosts with a network, VMs that go from one to another, and who looks for them. */
final class ThreeHosts {
  static final int COUNT = 3;

  private static final Duration CLEAN = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(300);

  /**
   * What a migration puts into the kernel, one a line. A tunnel and its guard stand where a VM of
   * the network is.
   */
  private static final String LEFTOVERS =
      """
      idle() { ! ls -d /sys/class/net/br$1/brif/vnet* >/dev/null 2>&1; }
      for n in $(ip -o link show | grep -o 'vxmig[0-9]*' | sort -u); do
        ! idle "${n#vxmig}" || echo "device $n"
      done
      for n in $(nft list ruleset | sed -n 's/.*chain \\(vxmig[0-9]*\\).*/\\1/p'); do
        ! idle "${n#vxmig}" || echo "chain $n"
      done
      nft list ruleset | grep fwd
      bridge fdb show | grep extern_learn | grep -v 'dev vnet'
      for f in /sys/class/net/vnet*/tx_queue_len; do
        [ ! -e "$f" ] || awk -v f="$f" '$1 >= 20000 { print f, $1 }' "$f"
      done
      true
      """;

  private final Lab lab;
  private final List<Integer> hosts;

  /** The first three hosts of a lab, made ready. */
  ThreeHosts(Lab lab) {
    this(lab, List.of(1, 2, 3));
    hosts.forEach(host -> prepare(lab, host));
  }

  /** Three hosts of a lab that were made ready. */
  ThreeHosts(Lab lab, List<Integer> hosts) {
    this.lab = lab;
    this.hosts = List.copyOf(hosts);
  }

  /** Makes the network on a host, and somebody in it. */
  static void prepare(Lab lab, int host) {
    lab.hostWithInput(host, xml("blue", 5001), "virsh", "-q", "net-define", "/dev/stdin").must();
    lab.host(host, "virsh", "-q", "net-start", "blue").must();
    lab.endpoint(
            host, "p", "--bridge", "br5001", "--mtu", "1450", "--ip", "10.50.0.10" + host + "/24")
        .must();
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
    String status = lab.daemon(host, "status").must().lines().findFirst().orElseThrow();
    return Long.parseLong(status.substring("running ".length()).strip());
  }

  /** Starts a daemon that was killed. */
  void startKilled(int host) {
    lab.daemon(host, "kill9").must();
    lab.daemon(host, "start").must();
  }

  /** Each host is answered by a VM, three times, and not twice. */
  void mustReach(int number) {
    for (int host : hosts) {
      // One by one: ping does not wait for the last answer longer than for those before.
      String once = "ping -c 1 -W 10 10.50.0." + number;
      Result pings = lab.inEndpoint(host, "p", "sh", "-c", once + " && " + once + " && " + once);
      assertThat(pings.ok())
          .as(() -> "h" + host + " reaches it: " + pings + places(number))
          .isTrue();
      assertThat(pings.out()).doesNotContain("DUP!");
    }
  }

  /** Where the hosts' kernels have a VM, for a message. */
  private String places(int number) {
    StringBuilder all = new StringBuilder();
    for (int host : hosts) {
      all.append("h").append(host).append(":\n");
      String mac = "52:54:00:00:00:%02x".formatted(number + 9);
      all.append(
          lab.host(host, "sh", "-c", "bridge fdb show | grep " + mac + "; ip -o link show up")
              .out());
    }
    return all.toString();
  }

  /** Starts a daemon, where there is none. */
  void startIfDown(int host) {
    if (!lab.daemon(host, "status").ok()) {
      startKilled(host);
    }
  }

  void awaitNothingLeft() {
    await("nothing of a migration is left")
        .atMost(CLEAN)
        .pollInterval(LOOK)
        .untilAsserted(() -> assertThat(leftovers()).isEmpty());
    for (int host : hosts) {
      await("h" + host + " has nothing to do")
          .atMost(CLEAN)
          .pollInterval(LOOK)
          .until(() -> lab.answer(host, "/v1/plan"), "{\"changes\":[],\"problems\":[]}"::equals);
    }
  }

  private List<String> leftovers() {
    List<String> all = new ArrayList<>();
    for (int host : hosts) {
      String prefix = "h" + host + ": ";
      lab.host(host, "sh", "-c", LEFTOVERS).must().lines().map(prefix::concat).forEach(all::add);
    }
    return all;
  }
}

package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.DataplaneException;
import io.vxland.model.Allowance;
import io.vxland.model.Barriers;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Vtep;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.tests.support.Netns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two hosts have two isolated machines and one that is not; a third host has a VXLAN device that
 * somebody has made by hand, and knows of no marks.
 */
class IsolationKernelTest {
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Host[] hosts = new Host[3];
  private final Map<String, Netns> guests = new HashMap<>();
  private Host stranger;

  private static LocalPort port(int host, int number, String tap, boolean isolated) {
    return new LocalPort(
        new UUID(host, number),
        "vm" + host + number,
        MacAddress.parse("52:54:00:00:0" + host + ":0" + number),
        Scene.VNI,
        Network.defaultBridge(Scene.VNI),
        Optional.of(new InterfaceName(tap)),
        Optional.empty(),
        LocalPort.State.HERE,
        List.of(),
        false,
        OptionalInt.empty(),
        Allowance.NONE,
        new Barriers(isolated, false),
        true);
  }

  private static Scene blue(int host) {
    return Scene.BLUE
        .from("10.99.0." + host, "10.99.0." + (3 - host), "10.99.0.3")
        .isolation(
            port(host, 1, "vnet1", true),
            port(host, 2, "vnet2", true),
            port(host, 3, "vnet3", false));
  }

  @BeforeEach
  void up() throws DataplaneException {
    Netns fabric = Host.fabric();
    open.add(fabric);
    for (int number = 1; number <= 2; number++) {
      Host host = Host.up(fabric, number);
      hosts[number] = host;
      open.add(host);
      host.sh("ip link add br5001 type bridge; ip link set br5001 alias vxland:vni=5001");
      for (int guest = 1; guest <= 3; guest++) {
        plug(host, number, guest);
        // As libvirt does.
        host.sh("bridge link set dev vnet" + guest + " isolated " + (guest < 3 ? "on" : "off"));
      }
      stand(number, blue(number).inputs());
    }
    stranger = Host.up(fabric, 3);
    open.add(stranger);
    stranger.sh(
        """
        ip link add br5001 type bridge forward_delay 0 mcast_snooping 0
        ip link add vx0 type vxlan id 5001 local 10.99.0.3 dstport 4789
        bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.99.0.1
        bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.99.0.2
        ip link set vx0 master br5001 up
        ip link set br5001 up
        """);
    plug(stranger, 3, 3);
  }

  private void plug(Host host, int number, int guest) {
    Netns netns = Netns.create();
    open.add(netns);
    guests.put("" + number + guest, netns);
    String tap = "vnet" + guest;
    host.netns.ip(
        "link", "add", tap, "type", "veth", "peer", "name", "eth0", "netns", netns.name());
    host.netns.ip("link", "set", tap, "master", "br5001", "up");
    netns.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
    String mac = "52:54:00:00:0" + number + ":0" + guest;
    netns.ip("link", "set", "eth0", "address", mac, "up");
    netns.ip("addr", "add", "7.7.7." + number + guest + "/24", "dev", "eth0");
  }

  /** What depends on a device that a plan makes comes by the next one. */
  private void stand(int host, Inputs inputs) throws DataplaneException {
    Plan plan = hosts[host].plan(inputs);
    for (int round = 0; round < 3 && !plan.isEmpty(); round++) {
      assertThat(hosts[host].apply(plan)).isEmpty();
      plan = hosts[host].plan(inputs);
    }
    assertThat(plan.changes()).isEmpty();
  }

  @AfterEach
  void down() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private boolean reaches(String from, String to) {
    return guests
        .get(from)
        .run("sh", "-c", "ping -q -c 2 -i 0.1 -W 1 7.7.7." + to + " >/dev/null && echo yes || true")
        .contains("yes");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "11, 12, false", "11, 21, false", "22, 11, false", "11, 13, true", "11, 23, true",
    "13, 21, true", "13, 23, true", "13, 33, true", "33, 23, true", "33, 21, false",
  })
  void isolatedPortsReachOnlyThoseThatAreNot(String from, String to, boolean reached) {
    assertThat(reaches(from, to)).isEqualTo(reached);
  }

  @Test
  void afterTheRulesetWasFlushedTheNextPassIsolatesThemAgain() throws DataplaneException {
    for (int host = 1; host <= 2; host++) {
      hosts[host].netns.run("nft", "flush", "ruleset");
      hosts[host].rulesetChanged();
      stand(host, blue(host).inputs());
    }
    assertThat(reaches("11", "21")).isFalse();
    assertThat(reaches("11", "23")).isTrue();
  }

  /** The VM of port 21 was paused on the first host, and is about to run on the second. */
  @Test
  void whatAMigrationDeliversIsIsolatedToo() throws DataplaneException {
    MacAddress mac = MacAddress.parse("52:54:00:00:02:01");
    Vtep second = Vtep.parse("10.99.0.2");
    stand(
        1, blue(1).handovers(new Handover.Redirect(Scene.VNI, mac, Optional.of(second))).inputs());
    stand(
        2,
        blue(2)
            .handovers(new Handover.Delivery(Scene.VNI, mac, new InterfaceName("vnet1"), false))
            .inputs());
    for (String from : List.of("11", "13")) {
      guests.get(from).ip("neigh", "replace", "7.7.7.21", "lladdr", mac.toString(), "dev", "eth0");
    }
    long before = received();
    reaches("11", "21");
    assertThat(received()).as("from an isolated port").isEqualTo(before);
    reaches("13", "21");
    assertThat(received()).as("from another").isGreaterThan(before);
  }

  /** Pings that have come to the second host's first machine. */
  private long received() {
    return Long.parseLong(
        guests
            .get("21")
            .run("sh", "-c", "awk '/^Icmp:/ && $2 ~ /[0-9]/ { print $10 }' /proc/net/snmp")
            .strip());
  }
}

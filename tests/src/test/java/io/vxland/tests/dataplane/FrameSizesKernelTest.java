package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.dataplane.DataplaneException;
import io.vxland.plan.Change;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.tests.support.Netns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guests that believe in an MTU of 1500 on a network that carries less, between two hosts. A guest
 * is a namespace at the other end of a veth pair.
 */
class FrameSizesKernelTest {
  /** A packet of 1500 bytes. */
  private static final String PING4 = "ping -4 -n -c 1 -W 2 -s 1472 -M %s 7.7.7.2";

  private static final String PING6 = "ping -6 -n -c 1 -W 2 -s 1452 -M do fd07::2";

  private static final Duration BOUND = Duration.ofSeconds(10);

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Host[] hosts = new Host[3];
  private final Netns[] guests = new Netns[3];
  private String underlay;

  private Inputs blue(int number) {
    int other = 3 - number;
    return underlay.equals("IPv4")
        ? Scene.BLUE.from("10.99.0." + number, "10.99.0." + other).inputs()
        : Scene.BLUE.from("fd99::" + number, "fd99::" + other).inputs();
  }

  private void up(String family) throws DataplaneException {
    underlay = family;
    Netns fabric = Host.fabric();
    open.add(fabric);
    for (int number = 1; number <= 2; number++) {
      Host host = Host.up(fabric, number);
      hosts[number] = host;
      open.add(host);
      host.sh("ip addr add fd99::" + number + "/64 dev eth0 nodad");
      // Where br_netfilter is there, it would fragment by itself what may be fragmented.
      host.sh("sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null || true");
      host.stand(blue(number));
      Netns guest = Netns.create();
      guests[number] = guest;
      open.add(guest);
      host.netns.ip(
          "link", "add", "vnet0", "type", "veth", "peer", "name", "eth0", "netns", guest.name());
      host.netns.ip("link", "set", "vnet0", "master", "br5001", "up");
      guest.ip("link", "set", "eth0", "address", "52:54:00:00:00:0" + number, "up");
      guest.ip("addr", "add", "7.7.7." + number + "/24", "dev", "eth0");
      guest.ip("addr", "add", "fd07::" + number + "/64", "dev", "eth0", "nodad");
    }
    guests[1].run("ping", "-c", "1", "-W", "5", "7.7.7.2");
    guests[1].run("ping", "-c", "1", "-W", "5", "fd07::2");
  }

  @AfterEach
  void down() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  /** What ping says, whether it was answered or not. */
  private String ping(String command) {
    return guests[1].run("sh", "-c", command + " 2>&1 || true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void aPacketThatIsTooLargeArrivesOrItsSenderIsTold(String family) throws DataplaneException {
    up(family);
    int carried = family.equals("IPv4") ? 1450 : 1430;
    assertThat(hosts[1].link("br5001").path("mtu").asInt()).isEqualTo(carried);
    assertThat(ping(PING4.formatted("do"))).containsPattern("(?i)frag needed.*mtu ?=? ?" + carried);
    assertThat(ping(PING6)).containsPattern("(?i)too big.*mtu ?=? ?" + carried);
    guests[1].run("sh", "-c", "ip route flush cache; ip -6 route flush cache");
    // Each end is told once, and then fragments.
    await().atMost(BOUND).until(() -> ping(PING4.formatted("dont")).contains(" 0% packet loss"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void tcpIsKeptToSegmentsThatFitAlsoAfterTheRulesetWasFlushed(String family) throws Exception {
    up(family);
    int carried = family.equals("IPv4") ? 1450 : 1430;
    assertThat(sizes()).containsExactlyInAnyOrder(carried - 40, carried - 60);

    for (int number = 1; number <= 2; number++) {
      hosts[number].netns.run("nft", "flush", "ruleset");
      hosts[number].rulesetChanged();
      Plan again = hosts[number].plan(blue(number));
      assertThat(again.changes()).hasOnlyElementsOfType(Change.TreatFrames.class).hasSize(1);
      assertThat(hosts[number].apply(again)).isEmpty();
      assertThat(hosts[number].plan(blue(number)).changes()).isEmpty();
    }
    assertThat(sizes()).containsExactlyInAnyOrder(carried - 40, carried - 60);

    hosts[1].netns.run("nft", "delete", "chain", "bridge", "vxland_frames", "forward");
    hosts[1].rulesetChanged();
    assertThat(hosts[1].plan(blue(1)).changes()).hasSize(1);
  }

  /** The largest segments that the second guest is offered by connections of the first. */
  private List<Integer> sizes() throws IOException {
    try (Capture capture = Capture.of(guests[2], "eth0", "tcp or (ip6 proto 6)")) {
      for (String address : List.of("7.7.7.2", "fd07::2")) {
        guests[1].run("sh", "-c", "timeout 2 bash -c '</dev/tcp/" + address + "/9' || true");
      }
      return capture.awaitMatches(Pattern.compile("\\[S\\],.*mss (\\d+)"), 2).stream()
          .map(Integer::valueOf)
          .distinct()
          .toList();
    }
  }
}

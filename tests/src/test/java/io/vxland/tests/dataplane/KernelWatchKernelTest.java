package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.linux.KernelWatch;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.tests.support.Netns;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel tells of frames that it learned from. */
class KernelWatchKernelTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String OWN_SIDE =
      """
      ip addr add 7.7.7.%1$d/24 dev br5001
      ip link set br5001 addrgenmode none
      """;

  private final Heard heard = new Heard();
  private Netns fabric;
  private Host near;
  private Host far;
  private KernelWatch watch;
  private Set<String> opened;

  /** Notes all that the watch says. */
  private static final class Heard implements KernelWatch.Listener {
    final List<String> words = new CopyOnWriteArrayList<>();
    final AtomicInteger changes = new AtomicInteger();

    @Override
    public void changed() {
      changes.incrementAndGet();
    }

    @Override
    public void heard(InterfaceName port, MacAddress mac) {
      words.add(mac + " on " + port);
    }

    @Override
    public void lost(String reason) {
      words.add("lost: " + reason);
    }

    @Override
    public void regained() {
      words.add("regained");
    }
  }

  @BeforeEach
  void up() throws DataplaneException {
    fabric = Host.fabric();
    near = Host.up(fabric, 1);
    far = Host.up(fabric, 2);
    near.stand(Scene.BLUE.from("10.99.0.1", "10.99.0.2").inputs());
    far.stand(Scene.BLUE.from("10.99.0.2", "10.99.0.1").inputs());
    near.sh(OWN_SIDE.formatted(1));
    far.sh(OWN_SIDE.formatted(2));
    Set<String> before = netlinkSockets();
    watch = KernelWatch.start(near.netns.path(), heard);
    opened = netlinkSockets();
    opened.removeAll(before);
  }

  /** The inodes of all in the namespace, the last column of the kernel's table. */
  private Set<String> netlinkSockets() {
    return near.netns
        .run("cat", "/proc/net/netlink")
        .lines()
        .map(line -> line.strip().replaceAll(".* ", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @AfterEach
  void down() {
    watch.close();
    near.close();
    far.close();
    fabric.close();
  }

  @Test
  void aCardThatIsHeardThroughTheTunnelIsToldAndAgainWhenItsHostIsAnother() {
    String card = far.link("br5001").get("address").asText();
    near.netns.run("ping", "-c1", "-W2", "7.7.7.2");
    await().atMost(BOUND).until(() -> heard.words.contains(card + " on vxlan5001"));
    int before = heard.changes.get();
    heard.words.clear();
    far.sh("ip addr add 10.99.0.7/24 dev eth0; ip link set vxlan5001 type vxlan local 10.99.0.7");
    near.netns.run("ping", "-c1", "-W2", "7.7.7.2");
    await().atMost(BOUND).until(() -> heard.words.contains(card + " on vxlan5001"));
    assertThat(heard.changes.get()).as("learning is no drift").isEqualTo(before);
  }

  /** The MTU of networks and the VTEP depend on routes, which change without any other event. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip route add 10.97.0.2/32 via 10.99.0.2",
        "ip route add default via 10.99.0.254",
        "ip -6 route add fd97::2/128 dev eth0",
        "ip route add 10.97.0.3/32 via 10.99.0.2 mtu 1400"
      })
  void aChangedRouteIsTold(String route) {
    int before = heard.changes.get();
    near.sh(route);
    await(route).atMost(BOUND).until(() -> heard.changes.get() > before);
    int told = heard.changes.get();
    near.sh(route.replace(" add ", " del "));
    await("its end").atMost(BOUND).until(() -> heard.changes.get() > told);
  }

  /** The kernel makes such routes for each address and each NIC that comes up. */
  @Test
  void routesThatLeadToNoHostAreNotTold() {
    near.sh("ip link set eth0 up");
    int before = heard.changes.get();
    near.sh(
        """
        ip route add local 10.97.0.9/32 dev lo
        ip -6 route add fe80:9::/64 dev eth0
        ip -6 route add multicast ff05::9/128 dev eth0 table local
        """);
    String card = far.link("br5001").get("address").asText();
    near.netns.run("ping", "-c1", "-W2", "7.7.7.2");
    await().atMost(BOUND).until(() -> heard.words.contains(card + " on vxlan5001"));
    assertThat(heard.changes.get()).isEqualTo(before);
  }

  @Test
  void whatWeOrOthersWriteIsNotHeard() {
    near.sh(
        """
        bridge fdb add 52:54:00:00:00:01 dev vxlan5001 dst 10.99.0.2 self static
        bridge fdb append 00:00:00:00:00:00 dev vxlan5001 dst 10.99.0.9 self static
        """);
    String card = far.link("br5001").get("address").asText();
    near.netns.run("ping", "-c1", "-W2", "7.7.7.2");
    await().atMost(BOUND).until(() -> heard.words.contains(card + " on vxlan5001"));
    assertThat(heard.words)
        .noneMatch(word -> word.startsWith("52:54:00:00:00") || word.startsWith("00:00:00"));
  }

  @Test
  void whatRoutingDaemonsWriteIsHeardForItCameFromAnotherHost() {
    near.sh(
        """
        bridge fdb add 52:54:00:00:00:02 dev vxlan5001 master dynamic extern_learn
        bridge fdb add 52:54:00:00:00:03 dev vxlan5001 dst 10.99.0.2 self extern_learn
        """);
    await().atMost(BOUND).until(() -> heard.words.contains("52:54:00:00:00:03 on vxlan5001"));
    assertThat(heard.words).noneMatch(word -> word.startsWith("52:54:00:00:00:02"));
  }

  @Test
  void aSubscriptionThatBreaksIsMadeAnewAndSaidOnceEachWay() throws IOException {
    assertThat(opened).as("the subscription's socket").hasSize(1);
    Descriptors.becomeNull("socket:[" + opened.iterator().next() + "]");
    int before = heard.changes.get();
    near.sh("ip link add between type bridge");
    await().atMost(BOUND).until(() -> heard.words.contains("regained"));
    assertThat(heard.words)
        .filteredOn(word -> word.startsWith("lost: ") || word.equals("regained"))
        .satisfiesExactly(
            first -> assertThat(first).contains("ENOTSOCK"),
            second -> assertThat(second).isEqualTo("regained"));
    await("a resync").atMost(BOUND).until(() -> heard.changes.get() > before);

    String card = far.link("br5001").get("address").asText();
    near.netns.run("ping", "-c1", "-W2", "7.7.7.2");
    await().atMost(BOUND).until(() -> heard.words.contains(card + " on vxlan5001"));
  }
}

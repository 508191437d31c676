package io.vxland.tests.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The daemon comes and goes; frames, devices and entries do not notice. */
final class RestartTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("restart", 2));

  /** One of each kind that the daemon makes: places, neighbours, addresses, a bare device. */
  private static final String CONFIGURATION =
      """
      [network blue]
      suppress = yes
      entry = 52:54:00:00:00:77 10.99.0.2 10.50.0.77 fd50::77

      [network own]
      vni = 70
      bridge = none
      proxy = yes
      address = 10.70.0.1/24, fd70::1/64
      entry = 52:54:00:00:00:78 10.99.0.2 10.70.0.78
      """;

  private static Host one;
  private static Host two;
  private static Endpoint x;
  private static Endpoint y;

  @BeforeAll
  static void makeTheNetworks() {
    one = new Host(LAB.lab(), 1);
    two = new Host(LAB.lab(), 2);
    one.configure(CONFIGURATION);
    for (Host host : List.of(one, two)) {
      host.define(Blue.XML, "blue");
      host.awaitLink("vxlan5001");
    }
    one.awaitLink("vxlan70");
    x = plug(one, "x");
    y = plug(two, "y");
    x.mustPing("10.50.0.2");
  }

  private static Endpoint plug(Host host, String name) {
    String last = Integer.toString(host.index());
    return Endpoint.plug(
        host,
        name,
        "--bridge",
        "br5001",
        "--mac",
        "52:54:00:00:01:0" + last,
        "--ip",
        "10.50.0." + last + "/24");
  }

  @AfterAll
  static void removeTheEndpoints() {
    x.remove();
    y.remove();
  }

  @ParameterizedTest
  @ValueSource(strings = {"kill -9", "orderly stop", "reload"})
  void noPacketIsLostAndNoEntryIsWritten(String how) {
    one.awaitEmptyPlan();
    List<Object> before = entries();
    try (Background links = Background.in(one, "ip monitor link address neigh route");
        Background entries = Background.in(one, "bridge monitor fdb link");
        Background ping = Background.in(x, "ping -i 0.01 10.50.0.2")) {
      awaitListening(links, entries);
      ping.awaitOutput("icmp_seq=50 ");

      switch (how) {
        case "kill -9" -> {
          one.lab().daemon(1, "kill9").must();
          one.lab().daemon(1, "start").must();
        }
        case "orderly stop" -> {
          one.lab().daemon(1, "stop").must();
          one.lab().daemon(1, "start").must();
        }
        default -> one.lab().daemon(1, "reload").must();
      }
      awaitLibvirt();
      one.awaitEmptyPlan();
      await("more answers").atMost(Host.SOON).until(moreLinesThan(ping));
      ping.mustHaveLostNothing(100);

      assertThat(linesOfOurs(links)).isEmpty();
      assertThat(linesOfOurs(entries)).isEmpty();
    }
    assertThat(entries()).isEqualTo(before);
  }

  /** True once 100 more lines have come than there were at the time of the call. */
  private static Callable<Boolean> moreLinesThan(Background ping) {
    long now = ping.output().lines().count();
    return () -> ping.output().lines().count() > now + 100;
  }

  private static void awaitListening(Background links, Background entries) {
    await("the monitors listen")
        .atMost(Host.SOON)
        .until(
            () -> {
              one.sh(
                  """
                  ip neigh replace 10.99.0.250 lladdr 02:00:00:00:00:fe dev eth0 nud permanent
                  ip neigh del 10.99.0.250 dev eth0
                  bridge fdb replace 02:00:00:00:00:fe dev vxlan5001 dst 10.99.0.250
                  bridge fdb del 02:00:00:00:00:fe dev vxlan5001 dst 10.99.0.250
                  """);
              return links.output().contains("10.99.0.250")
                  && entries.output().contains("02:00:00:00:00:fe dev vxlan5001");
            });
  }

  /** What a monitor saw on devices of ours, apart from the marks that we made to see it listen. */
  private static List<String> linesOfOurs(Background monitor) {
    return monitor
        .stop()
        .lines()
        .filter(line -> line.contains("5001") || line.contains("vxlan70"))
        .filter(line -> !line.contains("02:00:00:00:00:fe"))
        .toList();
  }

  private static List<Object> entries() {
    return List.of(
        one.link("br5001").path("ifindex"),
        one.link("vxlan5001").path("ifindex"),
        one.link("vxlan70").path("ifindex"),
        one.fixed("vxlan5001"),
        one.fixed("vxlan70"),
        one.neighbours("br5001"),
        one.neighbours("vxlan5001"),
        one.neighbours("vxlan70"),
        one.addresses("vxlan70"));
  }

  private static void awaitLibvirt() {
    await("vxland sees libvirt").atMost(Host.SOON).until(() -> one.seesLibvirt());
  }

  @Test
  void afterARebootTheBridgeStandsBeforeLibvirtdAndTheNetworkIsActive() {
    one.run("virsh", "-q", "net-autostart", "blue").must();
    one.lab().daemon(1, "stop").must();
    one.lab().libvirtd(1, "stop").must();
    one.sh("rm -rf /run/libvirt/network; ip link del vxlan5001; ip link del br5001");
    assertThat(one.overlayDevices()).containsExactly("vxlan70");

    one.lab().daemon(1, "start").must();
    assertThat(one.has("br5001")).isTrue();
    assertThat(one.has("vxlan5001")).isTrue();
    one.lab().libvirtd(1, "start").must();

    await("blue is active").atMost(Host.SOON).until(() -> one.isActive("blue"));
    awaitLibvirt();
    one.awaitEmptyPlan();
    x.remove();
    x = plug(one, "x");
    x.mustPing("10.50.0.2");
  }

  /** Some of its threads still begin their work when it is ready. */
  @Test
  void aDaemonThatIsStoppedAsSoonAsItIsReadyEndsWell() {
    one.lab().daemon(1, "stop").must();
    for (int i = 0; i < 4; i++) {
      one.lab().daemon(1, "start").must();
      one.lab().daemon(1, "stop").must();
    }
    assertThat(one.lab().daemon(1, "log").must()).doesNotContain("bug in vxland");
    one.lab().daemon(1, "start").must();
    one.awaitEmptyPlan();
  }

  @Test
  void aNetworkThatIsNotAutostartedStaysActiveWhenLibvirtdFindsItsBridge() {
    two.lab().daemon(2, "stop").must();
    two.lab().libvirtd(2, "kill9").must();
    two.sh("ip link del vxlan5001; ip link del br5001");

    two.lab().daemon(2, "start").must();
    assertThat(two.overlayDevices()).isEqualTo(Set.of("br5001", "vxlan5001"));
    two.lab().libvirtd(2, "start").must();

    assertThat(two.isActive("blue")).isTrue();
    JsonNode blue = two.vxctl("network", "list").get(0);
    assertThat(blue.path("name").asText()).isEqualTo("blue");
    y.remove();
    y = plug(two, "y");
    x.mustPing("10.50.0.2");
  }
}

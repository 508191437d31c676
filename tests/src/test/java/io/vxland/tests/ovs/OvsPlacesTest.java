package io.vxland.tests.ovs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.networks.Background;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.Host;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Machines with a fixed place on Open vSwitch: flows to their host alone, and for their names. */
final class OvsPlacesTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("ovsplaces", 3, "--ovs"));

  private static final String BRIDGE = "br-extun";
  private static final String MAC_1 = "52:54:00:07:07:01";
  private static final String MAC_2 = "52:54:00:07:07:02";
  private static final String ENTRY =
      "[network ovs-tun]\nentry = " + MAC_2 + " 10.99.0.2 10.7.0.2 fd07::2\n";

  private final List<OvsHost> hosts = new ArrayList<>();
  private final List<List<String>> before = new ArrayList<>();
  private final List<Endpoint> endpoints = new ArrayList<>();
  private OvsHost one;
  private Endpoint near;

  @BeforeEach
  void defineTheNetwork() {
    Host.all(LAB.lab(), 3).forEach(host -> hosts.add(new OvsHost(host)));
    one = hosts.get(0);
    hosts.forEach(each -> before.add(each.shown()));
  }

  @AfterEach
  void removeAll() {
    endpoints.forEach(Endpoint::remove);
    for (OvsHost each : hosts) {
      each.host().configure("");
      each.host().run("vxctl", "network", "delete", "--force", "ovs-tun");
    }
  }

  private void stand(String... options) {
    hosts.forEach(each -> each.define("ovs-tun", 5001, options));
    hosts.forEach(each -> each.host().awaitEmptyPlan());
  }

  private Endpoint plug(int host, String mac, String... options) {
    List<String> all = new ArrayList<>(List.of("--mac", mac, "--ip", "fd07::" + host + "/64"));
    all.addAll(List.of(options));
    Endpoint endpoint =
        hosts.get(host - 1).plug("p" + host, BRIDGE, "10.7.0." + host, all.toArray(String[]::new));
    endpoints.add(endpoint);
    return endpoint;
  }

  @Test
  void aKnownCardIsReachedThroughOneTunnelAndItsNamesAreAnsweredHere() {
    stand();
    near = plug(1, MAC_1);
    plug(2, MAC_2);
    plug(3, "52:54:00:07:07:03");
    near.mustPing("10.7.0.2");
    assertThat(one.flows(BRIDGE)).isEmpty();
    Sent flooded = whileItPings();
    assertThat(flooded.toTwo()).contains("who-has 10.7.0.2", "who has fd07::2");
    assertThat(flooded.toThree()).contains("who-has 10.7.0.2", "who has fd07::2");

    one.host().configure(ENTRY);
    await("the flows").atMost(Host.SOON).until(() -> !one.flows(BRIDGE).isEmpty());
    one.host().awaitEmptyPlan();

    String two = one.number("tun-vxlan0");
    String three = one.number("tun-vxlan1");
    assertThat(one.flows(BRIDGE))
        .hasSize(9)
        .anyMatch(flow -> flow.endsWith("priority=100,dl_dst=" + MAC_2 + " actions=output:" + two))
        .anyMatch(flow -> flow.endsWith("priority=110,in_port=" + two + " actions=NORMAL"))
        .anyMatch(flow -> flow.endsWith("priority=110,in_port=" + three + " actions=NORMAL"))
        .anyMatch(flow -> flow.contains("priority=104") && flow.contains("arp_tpa=10.7.0.2"))
        .anyMatch(flow -> flow.contains("priority=104") && flow.contains("nd_target=fd07::2"));
    Sent told = whileItPings();
    assertThat(told.toTwo())
        .contains("10.7.0.1 > 10.7.0.2: ICMP echo request")
        .contains("fd07::1 > fd07::2: ICMP6, echo request")
        .doesNotContain("who-has 10.7.0.2")
        .doesNotContain("who has fd07::2");
    assertThat(told.toThree())
        .doesNotContain("> 10.7.0.2:")
        .doesNotContain("who-has 10.7.0.2")
        .doesNotContain("fd07::2");

    assertThat(claims())
        .as("a probe for the address, and somebody who says that it is his")
        .contains("who-has 10.7.0.2 tell 0.0.0.0", "who-has 10.7.0.2 tell 10.7.0.2");

    one.host().configure("");
    await("no flow").atMost(Host.SOON).until(() -> one.flows(BRIDGE).isEmpty());
    one.host().configure(ENTRY);
    await("the flows").atMost(Host.SOON).until(() -> one.flows(BRIDGE).size() == 9);
    endpoints.forEach(Endpoint::remove);
    endpoints.clear();
    for (OvsHost each : hosts) {
      each.host().run("vxctl", "network", "delete", "ovs-tun").must();
      each.awaitNoBridge(BRIDGE);
      assertThat(each.shown()).isEqualTo(before.get(each.host().index() - 1));
    }
  }

  @Test
  void onASharedBridgeTheAnswerComesInTheNetworkOfTheQuestion() {
    stand("--tag", "11");
    hosts.forEach(each -> each.define("other", 5002, "--bridge", BRIDGE, "--tag", "12"));
    near = plug(1, MAC_1, "--tag", "11");
    plug(2, MAC_2, "--tag", "11");
    Endpoint stranger =
        one.plug("p9", BRIDGE, "10.7.0.9", "--tag", "12", "--mac", "52:54:00:07:07:09");
    endpoints.add(stranger);
    near.mustPing("10.7.0.2");
    one.host().configure(ENTRY);
    await("the flows").atMost(Host.SOON).until(() -> !one.flows(BRIDGE).isEmpty());
    one.host().awaitEmptyPlan();

    Sent told = whileItPings();
    assertThat(told.toTwo())
        .contains("10.7.0.1 > 10.7.0.2: ICMP echo request")
        .doesNotContain("who-has 10.7.0.2");
    assertThat(stranger.reaches("10.7.0.2")).isFalse();
    assertThat(stranger.run("ip", "neigh", "show", "10.7.0.2").must()).doesNotContain(MAC_2);
    for (OvsHost each : hosts) {
      each.host().run("vxctl", "network", "delete", "--force", "other").must();
    }
  }

  /** What h1 has sent to each of the others, outer and inner headers. */
  private record Sent(String toTwo, String toThree) {}

  /** While the endpoint, which knows nothing, pings the machine on h2. */
  private Sent whileItPings() {
    near.run("ip", "neigh", "flush", "dev", "eth0").must();
    one.host().run("ovs-appctl", "fdb/flush", BRIDGE).must();
    try (Background two = capture("10.99.0.2");
        Background three = capture("10.99.0.3")) {
      near.mustPing("10.7.0.2");
      near.mustPing("fd07::2");
      two.awaitOutput("ICMP6, echo request");
      // What is sent to all ends the capture of what is sent to the third.
      near.run("ping", "-b", "-c", "1", "-W", "1", "10.7.0.255");
      three.awaitOutput("10.7.0.255: ICMP echo request");
      return new Sent(two.stop(), three.stop());
    }
  }

  private Background capture(String host) {
    return Background.in(
            one.host(),
            "tcpdump -l -nn -i eth0 --immediate-mode -Q out udp dst port 4789 and dst host " + host)
        .awaitOutput("listening on");
  }

  private String claims() {
    try (Background three = capture("10.99.0.3")) {
      send(arpRequest(0, 0, 0, 0));
      three.awaitOutput("tell 0.0.0.0");
      send(arpRequest(10, 7, 0, 2));
      three.awaitOutput("tell 10.7.0.2");
      return three.stop();
    }
  }

  /** Who has 10.7.0.2, asked by an address. */
  private static int[] arpRequest(int... sender) {
    return new int[] {
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0, 7, 7, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1,
      0x52, 0x54, 0, 7, 7, 1, sender[0], sender[1], sender[2], sender[3], 0, 0, 0, 0, 0, 0, 10, 7,
      0, 2
    };
  }

  private void send(int[] frame) {
    StringBuilder octal = new StringBuilder();
    for (int each : frame) {
      octal.append(String.format(java.util.Locale.ROOT, "\\%03o", each));
    }
    near.run("sh", "-c", "printf '" + octal + "' | socat -u - INTERFACE:eth0").must();
  }
}

package io.vxland.tests.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What vxland is for: a network defined with virsh, VMs in it on three hosts, a live migration. The
 * tests run in order, for the later ones use the VMs of the first.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class MainPathTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("mainpath", 3));

  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final String MAC_A = "52:54:00:00:00:0a";
  private static final String MAC_B = "52:54:00:00:00:0b";

  private List<Host> hosts;
  private Host one;
  private Host two;
  private Host three;

  @BeforeEach
  void nameTheHosts() {
    hosts = Host.all(LAB.lab(), 3);
    one = hosts.get(0);
    two = hosts.get(1);
    three = hosts.get(2);
  }

  private static void start(Host host, String guest, String network, String... options) {
    String[] all = new String[options.length + 2];
    all[0] = "--network";
    all[1] = network;
    System.arraycopy(options, 0, all, 2, options.length);
    host.lab().guest(host.index(), guest, all).must();
  }

  private static String inGuest(Host host, String guest, String command) {
    return host.lab().inGuest(host.index(), guest, command).must();
  }

  @Test
  @Order(1)
  void netDefineNetStartAndStartPutVmsOnTheirVni() {
    for (Host host : hosts) {
      host.define(Blue.XML, "blue");
    }
    start(one, "a", "blue", "--mac", MAC_A, "--ip", "10.50.0.1/24", "--ip", "fd50::1/64");
    start(two, "b", "blue", "--mac", MAC_B, "--ip", "10.50.0.2/24", "--ip", "fd50::2/64");
    LAB.lab().waitGuest(1, "a").must();
    LAB.lab().waitGuest(2, "b").must();

    inGuest(one, "a", "ping -c 2 10.50.0.2 && ping -c 2 fd50::2");
    assertThat(inGuest(one, "a", "wget -qO- http://10.50.0.2/")).contains("b");

    for (Host host : hosts) {
      mustStandAsDesigned(host);
      host.awaitEmptyPlan();
    }
    assertThat(three.overlayDevices()).containsExactly("br5001", "vxlan5001");
    for (Host host : List.of(one, two)) {
      assertThat(host.overlayDevices())
          .as("where a VM is, the tunnel for its migration stands")
          .containsExactly("br5001", "vxlan5001", "vxmig5001", "vxout5001");
      JsonNode tap = host.link(tapOf(host, "blue"));
      assertThat(tap.path("master").asText()).isEqualTo("br5001");
      assertThat(tap.path("mtu").asInt()).isEqualTo(1500);
    }
    assertThat(one.learned("vxlan5001")).contains(new Fdb(MAC_B, two.vtep(), "", true));
  }

  private void mustStandAsDesigned(Host host) {
    JsonNode bridge = host.link("br5001");
    JsonNode vxlan = host.link("vxlan5001");
    JsonNode data = vxlan.at("/linkinfo/info_data");
    assertThat(data.path("id").asInt()).isEqualTo(5001);
    assertThat(data.path("local").asText()).isEqualTo(host.vtep());
    assertThat(data.path("port").asInt()).isEqualTo(4789);
    assertThat(vxlan.path("master").asText()).isEqualTo("br5001");
    assertThat(bridge.path("mtu").asInt()).isEqualTo(1450);
    assertThat(vxlan.path("mtu").asInt()).as("what is too large it answers").isEqualTo(65_000);
    for (JsonNode link : List.of(bridge, vxlan)) {
      assertThat(link.path("ifalias").asText()).isEqualTo("vxland:vni=5001");
      assertThat(link.path("flags").toString()).contains("\"UP\"");
      assertThat(link.path("inet6_addr_gen_mode").asText()).isEqualTo("none");
      assertThat(host.addresses(link.path("ifname").asText())).isEmpty();
    }
    assertThat(bridge.at("/linkinfo/info_data/stp_state").asInt()).isZero();
    Set<Fdb> others =
        Set.copyOf(
            hosts.stream()
                .filter(other -> other != host)
                .map(other -> Fdb.replica(other.vtep()))
                .toList());
    assertThat(host.fixed("vxlan5001")).isEqualTo(others);
    assertThat(host.neighbours("vxlan5001")).isEmpty();
    assertThat(host.neighbours("br5001")).isEmpty();
  }

  /** The tap of the only VM in a network, as libvirt tells it. */
  private static String tapOf(Host host, String network) {
    for (String name : host.run("virsh", "list", "--name").must().lines().toList()) {
      for (String line : host.run("virsh", "domiflist", name.strip()).out().lines().toList()) {
        List<String> words = WORD.matcher(line).results().map(MatchResult::group).toList();
        if (words.size() > 2 && words.get(2).equals(network)) {
          return words.get(0);
        }
      }
    }
    throw new AssertionError(host + " has no VM in " + network);
  }

  @Test
  @Order(2)
  void liveMigrationUnderPingIsFollowedOnAllHosts() {
    String entry = "[network blue]\nentry = " + MAC_B + " ";
    one.configure(entry + three.vtep() + "\n");
    three.configure(entry + two.vtep() + "\n");
    Fdb stale = Fdb.placed(MAC_B, two.vtep());
    await().atMost(Host.SOON).until(() -> three.fixed("vxlan5001").contains(stale));
    Endpoint probe =
        Endpoint.plug(
            three, "probe", "--bridge", "br5001", "--mtu", "1450", "--ip", "10.50.0.9/24");
    probe.mustPing("10.50.0.2");
    one.configure("");
    await().atMost(Host.SOON).until(() -> one.fixed("vxlan5001").size() == 2);
    inGuest(one, "a", "ping -c 1 10.50.0.2");

    inGuest(one, "a", "ping 10.50.0.2 >/tmp/pings 2>&1 </dev/null &");
    LAB.lab().migrate(2, 3, "b").must();
    inGuest(one, "a", "ping -c 2 10.50.0.2");
    probe.mustPing("10.50.0.2");
    inGuest(three, "b", "ping -c 2 10.50.0.1");
    int answered = answers();
    await("the ping that ran all the time is answered again")
        .atMost(Host.SOON)
        .until(() -> answers() > answered);

    assertThat(one.learned("vxlan5001")).contains(new Fdb(MAC_B, three.vtep(), "", true));
    await("h2 has learned it")
        .atMost(Host.SOON)
        .until(() -> two.learned("vxlan5001").contains(new Fdb(MAC_B, three.vtep(), "", true)));
    await("the entry of ours that points to h2 has gone from h3")
        .atMost(Host.SOON)
        .until(() -> !three.fixed("vxlan5001").contains(stale));
    String tap = tapOf(three, "blue");
    assertThat(three.fdb(tap)).contains(new Fdb(MAC_B, "", "", false));
    JsonNode port = three.vxctl("port", "list").get(0);
    assertThat(port.path("domain").asText()).isEqualTo("b");
    assertThat(port.path("mac").asText()).isEqualTo(MAC_B);
    assertThat(port.path("tap").asText()).isEqualTo(tap);
    assertThat(port.path("state").asText()).isEqualTo("here");
    await("h2 has no port").atMost(Host.SOON).until(() -> two.answer("/v1/ports").isEmpty());
    assertThat(one.vxctl("port", "list")).hasSize(1);
    hosts.forEach(Host::awaitEmptyPlan);
    probe.remove();
  }

  private int answers() {
    return Integer.parseInt(inGuest(one, "a", "grep -c seq= /tmp/pings").strip());
  }

  @Test
  @Order(4)
  void vxctlDefinesTheSameNetworkAsVirsh() {
    for (Host host : List.of(one, two)) {
      host.run("vxctl", "network", "define", "green", "--vni", "5003").must();
      assertThat(host.isActive("green")).isTrue();
      String info = host.run("virsh", "net-info", "green").must();
      assertThat(info).containsPattern("Autostart:\\s+yes").containsPattern("Persistent:\\s+yes");
      assertThat(host.run("virsh", "net-dumpxml", "green").must())
          .contains("urn:vxland:network:1", "vni=\"5003\"", "br5003");
      host.awaitLink("vxlan5003");
    }
    mustCarryPings("br5003");
    String printed =
        one.run("vxctl", "network", "define", "green", "--vni", "5003", "--print").must();
    assertThat(printed).contains("<name>green</name>", "vni='5003'", "<bridge name='br5003'/>");
    one.run("vxctl", "network", "delete", "green").must();
    one.awaitNoLink("br5003");
    one.awaitNoLink("vxlan5003");
    assertThat(one.run("virsh", "net-list", "--all", "--name").must()).doesNotContain("green");
  }

  @Test
  @Order(5)
  void aNetworkThatIsDefinedWhileTheDaemonIsDownIsPickedUp() {
    one.lab().daemon(1, "stop").must();
    one.lab().hostWithInput(1, Blue.xml("late", 5004), "virsh", "-q", "net-define", "/dev/stdin");
    assertThat(one.has("br5004")).isFalse();

    one.lab().daemon(1, "start").must();

    one.awaitLink("br5004");
    one.awaitLink("vxlan5004");
    one.run("virsh", "-q", "net-start", "late").must();
    two.define(Blue.xml("late", 5004), "late");
    mustCarryPings("br5004");
  }

  @Test
  @Order(6)
  void theThreadThatHearsOfAPauseGoesBeforeBusyGuests() {
    String running = LAB.lab().daemon(1, "status").must().lines().findFirst().orElseThrow();
    String pid = running.substring("running ".length());
    String threads = one.sh("ps -Lo cls,rtprio,comm -p " + pid);
    String log = LAB.lab().daemon(1, "log").must();
    assertThat(threads.contains(" RR  ") || log.contains("real-time priority 1: Operation not"))
        .as("real-time, or it says why not: %s", threads)
        .isTrue();
    assertThat(threads.lines().filter(line -> line.contains("RR")))
        .allMatch(line -> line.endsWith(" libvirt-events"));
  }

  private void mustCarryPings(String bridge) {
    String subnet = "10." + bridge.substring(bridge.length() - 1) + ".0.";
    Endpoint x = Endpoint.plug(one, "x", "--bridge", bridge, "--ip", subnet + "1/24");
    Endpoint y = Endpoint.plug(two, "y", "--bridge", bridge, "--ip", subnet + "2/24");
    x.mustPing(subnet + "2");
    x.remove();
    y.remove();
    one.awaitEmptyPlan();
    two.awaitEmptyPlan();
  }
}

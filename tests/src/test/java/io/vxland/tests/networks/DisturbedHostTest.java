package io.vxland.tests.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What other people and other programs do to a host with running VMs. The VMs are shared. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class DisturbedHostTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("disturbed", 2));

  private static final String MAC_A = "52:54:00:00:00:0a";
  private static final String MAC_C = "52:54:00:00:00:0c";

  private static Host one;
  private static Host two;

  @BeforeAll
  static void startTheVms() {
    one = new Host(LAB.lab(), 1);
    two = new Host(LAB.lab(), 2);
    one.define(Blue.XML, "blue");
    two.define(Blue.XML, "blue");
    LAB.lab().guest(1, "a", "--network", "blue", "--mac", MAC_A, "--ip", "10.50.0.1/24").must();
    Endpoint.plug(two, "y", "--bridge", "br5001", "--ip", "10.50.0.2/24");
    LAB.lab().waitGuest(1, "a").must();
    mustReachOut("a");
  }

  private static void mustReachOut(String guest) {
    LAB.lab().inGuest(1, guest, "ping -c 2 10.50.0.2").must();
  }

  private static Set<Fdb> replicationList() {
    return Set.of(Fdb.replica(two.vtep()));
  }

  @Test
  @Order(1)
  void whenLibvirtdDiesVxlandComesBackToItAndNothingChanges() {
    int bridge = one.link("br5001").path("ifindex").asInt();
    JsonNode ports = one.vxctl("port", "list");
    assertThat(ports).hasSize(1);
    assertThat(ports.get(0).path("mac").asText()).isEqualTo(MAC_A);

    one.lab().libvirtd(1, "kill9").must();
    awaitLibvirt(false);
    assertThat(one.vxctl("port", "list")).isEqualTo(ports);
    mustReachOut("a");
    one.lab().libvirtd(1, "start").must();
    awaitLibvirt(true);

    assertThat(one.isActive("blue")).isTrue();
    assertThat(one.vxctl("port", "list")).isEqualTo(ports);
    assertThat(one.link("br5001").path("ifindex").asInt()).isEqualTo(bridge);
    one.awaitEmptyPlan();
    mustReachOut("a");
  }

  private static void awaitLibvirt(boolean connected) {
    await("libvirt is connected: " + connected)
        .atMost(Host.SOON)
        .until(() -> one.seesLibvirt() == connected);
  }

  @Test
  @Order(2)
  void whatSomebodyDeletesIsPutBack() {
    one.run("bridge", "fdb", "del", Fdb.ALL_ZEROS, "dev", "vxlan5001", "dst", two.vtep()).must();
    await("the replication list is back")
        .atMost(Host.SOON)
        .until(() -> one.fixed("vxlan5001").equals(replicationList()));

    one.run("ip", "link", "del", "vxlan5001").must();
    one.awaitLink("vxlan5001");
    await().atMost(Host.SOON).until(() -> one.fixed("vxlan5001").equals(replicationList()));
    assertThat(one.link("vxlan5001").path("master").asText()).isEqualTo("br5001");

    one.run("ip", "link", "set", "vxlan5001", "nomaster").must();
    one.run("ip", "link", "set", "br5001", "mtu", "1400", "alias", "mine").must();
    one.run("ip", "link", "set", "br5001", "alias", "vxland:vni=5001").must();
    await("bridge and VXLAN device are joined again, with their MTU")
        .atMost(Host.SOON)
        .until(
            () ->
                one.link("vxlan5001").path("master").asText().equals("br5001")
                    && one.link("br5001").path("mtu").asInt() == 1450);
    one.awaitEmptyPlan();
    mustReachOut("a");
  }

  @Test
  @Order(3)
  void whatOthersMadeIsNotTouched() {
    String typed = "02:00:00:00:00:99";
    one.sh(
        """
        set -e
        ip link add br6000 type bridge
        ip link add vxlan6000 type vxlan id 6000 local 10.99.0.1 dstport 4789
        ip link set vxlan6000 master br6000
        ip link set br6000 mtu 1300 alias 'somebody else'
        bridge fdb append 00:00:00:00:00:00 dev vxlan6000 dst 10.99.0.66
        bridge fdb add %1$s dev vxlan6000 dst 10.99.0.66 static
        bridge fdb add %1$s dev vxlan5001 dst 10.99.0.66
        bridge fdb add 02:00:00:00:00:98 dev vxlan5001 master static
        ip neigh add 10.50.0.66 lladdr %1$s dev br5001 nud permanent
        ip address add 10.50.0.200/24 dev br5001
        """
            .formatted(typed));
    List<Object> before = foreign();
    assertThat(one.fdb("vxlan5001")).contains(new Fdb(typed, "10.99.0.66", "permanent", true));

    one.lab().daemon(1, "reload").must();
    one.lab().daemon(1, "kill9").must();
    one.lab().daemon(1, "start").must();
    awaitLibvirt(true);
    one.awaitEmptyPlan();

    assertThat(foreign()).isEqualTo(before);
    assertThat(one.vxctl("fdb", "--vni", "5001").toString()).contains("foreign");
    one.sh(
        """
        set -e
        ip link del vxlan6000
        ip link del br6000
        bridge fdb del %1$s dev vxlan5001 dst 10.99.0.66
        bridge fdb del 02:00:00:00:00:98 dev vxlan5001 master
        ip neigh del 10.50.0.66 dev br5001
        ip address del 10.50.0.200/24 dev br5001
        """
            .formatted(typed));
  }

  private static List<Object> foreign() {
    return List.of(
        one.link("br6000").path("ifindex"),
        one.link("br6000").path("mtu"),
        one.link("br6000").path("ifalias"),
        one.link("vxlan6000").path("ifindex"),
        one.link("vxlan6000").path("master"),
        one.link("vxlan6000").path("mtu"),
        one.fdb("vxlan6000"),
        one.fdb("vxlan5001").stream().filter(entry -> entry.mac().startsWith("02:00")).toList(),
        one.neighbours("br5001"),
        one.addresses("br5001"));
  }

  @Test
  @Order(4)
  void ofTwoNetworksWithOneVniTheSecondIsRefused() {
    String rival = Blue.xml("rival", 5001).replace("br5001", "brrival");
    one.lab().hostWithInput(1, rival, "virsh", "-q", "net-define", "/dev/stdin").must();

    Result refused = one.run("virsh", "net-start", "rival");

    assertThat(refused.ok()).isFalse();
    assertThat(refused.err()).contains("'rival'", "'blue'", "VNI 5001");
    assertThat(one.isActive("rival")).isFalse();
    assertThat(one.has("brrival")).isFalse();
    assertThat(one.isActive("blue")).isTrue();
    mustReachOut("a");
    one.run("virsh", "-q", "net-undefine", "rival").must();
    one.awaitEmptyPlan();
  }

  @Test
  @Order(5)
  void aVmOnNoNetworkOfOursIsLeftAlone() {
    one.sh("ip link add lan0 type bridge && ip link set lan0 up");
    String lan = "<network><name>lan</name><forward mode='bridge'/><bridge name='lan0'/></network>";
    one.define(lan, "lan");

    one.lab().guest(1, "z", "--network", "lan", "--mac", "52:54:00:00:00:0f").must();

    String tap = one.sh("virsh -q domiflist z | awk '{ print $1 }'").strip();
    assertThat(one.link(tap).path("master").asText()).isEqualTo("lan0");
    assertThat(one.link(tap).path("mtu").asInt()).isEqualTo(1500);
    assertThat(one.vxctl("port", "list")).hasSize(1);
    assertThat(one.vxctl("network", "list")).hasSize(1);
    one.awaitEmptyPlan();
    one.run("virsh", "-q", "destroy", "z").must();
    one.run("virsh", "-q", "net-destroy", "lan").must();
    assertThat(one.has("lan0")).isTrue();
  }

  @Test
  @Order(6)
  void aVmStartsWhileTheDaemonIsDownAndTheDaemonCatchesUp() {
    one.lab().daemon(1, "stop").must();
    one.lab().guest(1, "c", "--network", "blue", "--mac", MAC_C, "--ip", "10.50.0.3/24").must();
    one.lab().waitGuest(1, "c").must();
    mustReachOut("c");

    one.lab().daemon(1, "start").must();

    await("the daemon knows the VM")
        .atMost(Host.SOON)
        .until(() -> one.answer("/v1/ports").findValuesAsText("mac").contains(MAC_C));
    assertThat(one.vxctl("port", "list").findValuesAsText("domain"))
        .containsExactlyInAnyOrder("a", "c");
    one.awaitEmptyPlan();
    one.run("virsh", "-q", "destroy", "c").must();
    await("the port has gone").atMost(Host.SOON).until(() -> one.answer("/v1/ports").size() == 1);
  }

  @Test
  @Order(7)
  void aNetworkThatIsGoneLeavesNothingButBridgesInUse() {
    one.define(Blue.xml("short", 5009), "short");
    one.awaitLink("vxlan5009");
    one.run("virsh", "-q", "net-destroy", "short").must();
    one.run("virsh", "-q", "net-undefine", "short").must();
    one.awaitNoLink("br5009");
    one.awaitNoLink("vxlan5009");

    one.run("virsh", "-q", "net-destroy", "blue").must();
    one.run("virsh", "-q", "net-undefine", "blue").must();
    await("the daemon has seen it go")
        .atMost(Host.SOON)
        .until(() -> one.answer("/v1/networks").isEmpty());
    assertThat(one.vxctl("plan").at("/problems").toString()).contains("br5001");
    mustReachOut("a");
    assertThat(one.fixed("vxlan5001")).isEqualTo(replicationList());

    one.run("virsh", "-q", "destroy", "a").must();
    one.awaitNoLink("br5001");
    one.awaitNoLink("vxlan5001");
    one.awaitEmptyPlan();
    assertThat(one.overlayDevices()).containsExactly("lan0");
  }
}

package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.plan.Change;
import io.vxland.plan.Plan;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not ours is not touched, and a refusal of the kernel keeps nothing else from being. */
class OwnershipKernelTest {
  private Host host;

  @BeforeEach
  void up() throws DataplaneException {
    host = Host.up();
  }

  @AfterEach
  void down() {
    host.close();
  }

  private static List<String> problems(Plan plan) {
    return plan.problems().stream().map(Object::toString).toList();
  }

  @Test
  void whatOthersPutIntoOurDevicesSurvivesAFullSweep() throws DataplaneException {
    Scene scene = Scene.BLUE.suppress().address("7.7.7.1/24").cardAt("10.99.0.2");
    host.stand(scene.inputs());
    host.sh(
        """
        bridge fdb add 52:54:00:aa:00:01 dev vxlan5001 dst 10.99.0.2 self
        bridge fdb add 52:54:00:aa:00:02 dev vxlan5001 dst 10.99.0.2 self extern_learn
        bridge fdb add 52:54:00:aa:00:03 dev vxlan5001 master static
        ip neigh add 7.7.7.101 lladdr 52:54:00:aa:00:01 dev br5001 nud permanent
        ip neigh add 7.7.7.102 lladdr 52:54:00:aa:00:01 dev br5001 nud permanent protocol zebra
        ip neigh add 7.7.7.103 lladdr 52:54:00:aa:00:01 dev br5001 nud reachable
        ip addr add 7.7.8.100/24 dev br5001
        ip addr add fd07::100/64 dev br5001 nodad
        ip route add 192.0.2.0/24 dev br5001
        """);
    List<String> foreign = strangers();
    assertThat(foreign).hasSize(9);

    assertThat(host.stand(scene.inputs()).changes()).as("nothing of ours is amiss").isEmpty();
    host.stand(Scene.BLUE.inputs());

    assertThat(strangers()).isEqualTo(foreign);
    assertThat(host.netns.bridge("fdb", "show", "dev", "vxlan5001"))
        .doesNotContain("52:54:00:00:00:01");
    assertThat(host.netns.ip("neigh", "show", "dev", "br5001")).doesNotContain("7.7.7.2 ");
    assertThat(host.netns.ip("addr", "show", "dev", "br5001")).doesNotContain("7.7.7.1/24");
  }

  private List<String> strangers() {
    String shown =
        host.netns.bridge("fdb", "show", "dev", "vxlan5001")
            + host.netns.ip("neigh", "show", "dev", "br5001")
            + host.netns.ip("-o", "addr", "show", "dev", "br5001")
            + host.netns.ip("route", "show", "192.0.2.0/24");
    return shown
        .lines()
        .filter(line -> line.matches(".*(00:aa:00|7\\.7\\.8\\.100|fd07::100|192\\.0\\.2\\.0).*"))
        .map(
            line -> line.replaceAll("^\\d+: | (STALE|DELAY|REACHABLE|PROBE)| linkdown", "").strip())
        .sorted()
        .toList();
  }

  @Test
  void devicesOfOthersSurviveAFullSweep() throws DataplaneException {
    host.sh(
        """
        ip link add virbr0 type bridge
        ip link add br7 type bridge
        ip link add vxlan7 type vxlan id 7 local 10.99.0.1 dstport 4789
        ip link set vxlan7 master br7
        ip link add brlike type bridge
        ip link set brlike alias 'vxland:vni=0'
        ip link add brlike2 type bridge
        ip link set brlike2 alias 'not vxland:vni=5'
        bridge fdb add 52:54:00:aa:00:01 dev vxlan7 dst 10.99.0.2 self static
        """);
    List<String> before = KernelState.of(host.netns);
    host.stand(Scene.BLUE.inputs());
    host.stand(Scene.NOTHING);
    assertThat(KernelState.of(host.netns)).isEqualTo(before);
  }

  @Test
  void anUnmarkedBridgeOfOurNameIsRefusedByNameAndAdoptedOnceMarked() throws DataplaneException {
    host.sh("ip link add br5001 type bridge; ip link add vm type veth peer name vnet7");
    host.sh("ip link set vnet7 master br5001");
    int index = host.index("br5001");
    List<String> before = KernelState.of(host.netns);
    Plan refused = host.plan(Scene.BLUE.inputs());
    assertThat(refused.changes()).isEmpty();
    assertThat(problems(refused))
        .containsExactly(
            "network 'net5001': device br5001 exists and vxland did not make it; delete it, or hand"
                + " it over with: ip link set br5001 alias vxland:vni=5001");
    assertThat(KernelState.of(host.netns)).isEqualTo(before);

    host.sh("ip link set br5001 alias vxland:vni=5001");
    host.stand(Scene.BLUE.inputs());
    assertThat(host.index("br5001")).isEqualTo(index);
    assertThat(host.link("vnet7").get("master").asText()).isEqualTo("br5001");
    assertThat(host.link("vxlan5001").get("master").asText()).isEqualTo("br5001");

    Plan gone = host.plan(Scene.NOTHING);
    assertThat(problems(gone)).hasSize(1).first().asString().contains("[vnet7] is plugged in");
    host.apply(gone);
    assertThat(host.index("br5001")).as("a card is in it").isEqualTo(index);
  }

  @ParameterizedTest
  @ValueSource(strings = {"br5001", "vxlan5001"})
  void aLinkThatACrashLeftWithoutItsAliasIsOursAndGetsIt(String device) throws DataplaneException {
    host.stand(Scene.BLUE.inputs());
    int index = host.index(device);
    host.sh("ip link set " + device + " alias ''");
    assertThat(host.link(device).has("ifalias")).isFalse();
    Plan plan = host.plan(Scene.BLUE.inputs());
    assertThat(plan.problems()).isEmpty();
    host.apply(plan);
    host.stand(Scene.BLUE.inputs());
    assertThat(host.link(device).get("ifalias").asText()).isEqualTo("vxland:vni=5001");
    assertThat(host.index(device)).isEqualTo(index);
  }

  @Test
  void aDeviceOfTheSameVniMadeByHandBlocksTheNetworkAndIsNamed() throws DataplaneException {
    host.sh("ip link add tunnel0 type vxlan id 5001 local 10.99.0.1 dstport 4789");
    Plan plan = host.plan(Scene.BLUE.inputs());
    assertThat(plan.changes()).isEmpty();
    assertThat(problems(plan)).hasSize(1).first().asString().contains("tunnel0", "VNI 5001");
  }

  @Test
  void whatTheKernelRefusesIsReportedInItsWordsAndTheRestIsMade() throws DataplaneException {
    Plan plan = host.plan(Scene.BLUE.cardAt("10.99.0.2").inputs(5001, 2));
    host.sh("ip link add tunnel0 type vxlan id 5001 local 10.99.0.1 dstport 4789");
    List<Failure> failures = host.apply(plan);
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).change()).isInstanceOf(Change.CreateVxlan.class);
    assertThat(failures.get(0).reason())
        .isEqualTo("VNI 5001 on UDP port 4789 is in use by device tunnel0");
    assertThat(host.link("vxlan5002").get("master").asText()).isEqualTo("br5002");
    assertThat(host.netns.bridge("fdb", "show", "dev", "vxlan5002")).contains("10.99.0.3");
  }

  @Test
  void aDeviceOfOurNameThatAppearsMeanwhileIsNotTouched() throws DataplaneException {
    Plan plan = host.plan(Scene.BLUE.cardAt("10.99.0.2").inputs(5001, 2));
    host.sh("ip link add vxlan5001 type bridge; ip link add br5002 type bridge");
    List<String> before = devices("vxlan5001", "br5002");
    List<Failure> failures = host.apply(plan);
    assertThat(failures)
        .extracting(failure -> failure.change().device().value())
        .contains("vxlan5001", "br5002");
    assertThat(failures)
        .filteredOn(failure -> !failure.change().device().value().equals("vxlan5002"))
        .hasSize(2)
        .allMatch(failure -> failure.reason().contains("EEXIST"));
    assertThat(devices("vxlan5001", "br5002")).isEqualTo(before);
    assertThat(host.link("vxlan5002").has("master")).isFalse();
  }

  private List<String> devices(String... names) {
    return KernelState.of(host.netns).stream()
        .filter(line -> List.of(names).stream().anyMatch(name -> line.contains('"' + name + '"')))
        .filter(line -> line.startsWith("link") || line.startsWith("addr"))
        .toList();
  }

  @Test
  void anEntryThatTheKernelRefusesKeepsNoOtherOut() throws DataplaneException {
    host.stand(Scene.BLUE.inputs());
    Plan plan = host.plan(Scene.BLUE.cardAt("10.99.0.2").suppress().address("7.7.7.1/24").inputs());
    host.sh("ip link del br5001");
    List<Failure> failures = host.apply(plan);
    assertThat(failures)
        .isNotEmpty()
        .anyMatch(failure -> failure.reason().equals("there is no device br5001"));
    assertThat(host.netns.bridge("fdb", "show", "dev", "vxlan5001")).contains("52:54:00:00:00:01");
    host.stand(Scene.BLUE.cardAt("10.99.0.2").suppress().address("7.7.7.1/24").inputs());
  }
}

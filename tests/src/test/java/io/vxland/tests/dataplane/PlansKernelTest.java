package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.Flooding;
import io.vxland.plan.Change;
import io.vxland.plan.Plan;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans on the real kernel: one is enough, and it does no more than it must. */
class PlansKernelTest {
  private Host host;

  @BeforeEach
  void up() throws DataplaneException {
    host = Host.up();
  }

  @AfterEach
  void down() {
    host.close();
  }

  static LongStream seeds() {
    return LongStream.range(0, 40);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void afterOnePlanNothingIsLeftToDo(long seed) throws DataplaneException {
    host.stand(ArbitraryWorlds.of(seed));
    host.stand(ArbitraryWorlds.of(seed + 5000));
    host.stand(Scene.NOTHING);
    assertThat(host.netns.ipJson("link", "show")).hasSize(3);
  }

  private String flooded() {
    JsonNode port = host.netns.bridgeJson("-d", "link", "show", "dev", "vxlan5001").get(0);
    return Stream.of("flood", "mcast_flood", "bcast_flood")
        .filter(flag -> port.get(flag).asBoolean())
        .toList()
        .toString();
  }

  @Test
  void unknownUnicastAloneIsHeldBackWhereTheNetworkSaysSo() throws DataplaneException {
    Scene told = Scene.BLUE.nolearning().cardAt("10.99.0.3");
    host.stand(told.inputs());
    assertThat(flooded()).isEqualTo("[flood, mcast_flood, bcast_flood]");
    host.stand(told.flood(Flooding.BROADCASTS).inputs());
    assertThat(flooded()).isEqualTo("[mcast_flood, bcast_flood]");
    assertThat(host.netns.bridge("fdb", "show", "br", "br5001"))
        .contains(Scene.CARD + " dev vxlan5001 extern_learn master br5001");
    host.netns.bridge("link", "set", "dev", "vxlan5001", "flood", "on");
    host.stand(told.flood(Flooding.BROADCASTS).inputs());
    assertThat(flooded()).isEqualTo("[mcast_flood, bcast_flood]");
    host.stand(told.inputs());
    assertThat(flooded()).isEqualTo("[flood, mcast_flood, bcast_flood]");
  }

  @Test
  void aNetworkIsInTheKernelAsTheDesignSays() throws DataplaneException {
    host.stand(Scene.BLUE.suppress().address("7.7.7.1/24").cardAt("10.99.0.3").inputs());

    JsonNode bridge = host.link("br5001");
    assertThat(bridge.get("ifalias").asText()).isEqualTo("vxland:vni=5001");
    assertThat(bridge.get("inet6_addr_gen_mode").asText()).isEqualTo("none");
    assertThat(bridge.get("flags").toString()).contains("\"UP\"");
    JsonNode data = bridge.get("linkinfo").get("info_data");
    assertThat(data.get("stp_state").asInt()).isZero();
    assertThat(data.get("forward_delay").asInt()).isZero();
    assertThat(data.get("mcast_snooping").asInt()).isZero();

    JsonNode vxlan = host.link("vxlan5001");
    assertThat(vxlan.get("ifalias").asText()).isEqualTo("vxland:vni=5001");
    assertThat(vxlan.get("master").asText()).isEqualTo("br5001");
    JsonNode tunnel = vxlan.get("linkinfo").get("info_data");
    assertThat(tunnel.get("id").asInt()).isEqualTo(5001);
    assertThat(tunnel.get("local").asText()).isEqualTo("10.99.0.1");
    assertThat(tunnel.get("port").asInt()).isEqualTo(4789);
    JsonNode port = host.netns.bridgeJson("link", "show", "dev", "vxlan5001").get(0);
    assertThat(port.get("neigh_suppress").asBoolean()).isTrue();

    assertThat(forwarding("00:00:00:00:00:00"))
        .containsExactlyInAnyOrder("10.99.0.2 static", "10.99.0.3 static");
    assertThat(forwarding("52:54:00:00:00:01")).containsExactly("10.99.0.3 static");
    JsonNode neighbour = host.netns.ipJson("neigh", "show", "dev", "br5001", "7.7.7.2").get(0);
    assertThat(neighbour.get("lladdr").asText()).isEqualTo("52:54:00:00:00:01");
    assertThat(neighbour.get("state").get(0).asText()).isEqualTo("PERMANENT");
    assertThat(host.netns.ip("addr", "show", "dev", "br5001")).contains("inet 7.7.7.1/24");
  }

  private List<String> forwarding(String mac) {
    return Stream.of(host.netns.bridge("fdb", "show", "dev", "vxlan5001").split("\n"))
        .filter(line -> line.startsWith(mac + " dst "))
        .map(line -> line.replaceAll(".* dst (\\S+) .*(static|permanent).*", "$1 $2"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "10.99.0.1, 1500, 1450",
    "10.99.0.1, 9000, 8950",
    "fd99::1, 1500, 1430",
    "fd99::1, 9000, 8930",
  })
  void theMtuOfTheBridgeIsWhatTheUnderlayLeavesAndItsVxlanDeviceTakesAll(
      String vtep, int underlay, int tenant) throws DataplaneException {
    host.sh("ip link set fabric mtu %1$d; ip link set eth0 mtu %1$d".formatted(underlay));
    Scene scene = vtep.contains(":") ? Scene.BLUE_OVER_IPV6 : Scene.BLUE;
    host.stand(scene.underlayMtu(underlay).inputs());
    assertThat(host.link("br5001").get("mtu").asInt()).isEqualTo(tenant);
    assertThat(host.link("vxlan5001").get("mtu").asInt()).isEqualTo(65_000);
  }

  @Test
  void anMtuThatTheUnderlayNoLongerLeavesIsLowered() throws DataplaneException {
    host.stand(Scene.BLUE.inputs());
    int before = host.index("vxlan5001");
    host.stand(Scene.BLUE.underlayMtu(1400).inputs());
    assertThat(host.link("br5001").get("mtu").asInt()).isEqualTo(1350);
    assertThat(host.index("vxlan5001")).isEqualTo(before);
  }

  static Stream<Arguments> changesInPlace() {
    return Stream.of(
        change("ttl", scene -> scene.ttl(9)),
        change("ageing", scene -> scene.ageing(60)),
        change("learning", Scene::nolearning),
        change("mtu", scene -> scene.mtu(1400)),
        change("local", scene -> scene.from("10.99.0.9", "10.99.0.2", "10.99.0.3")),
        change("peers", scene -> scene.from("10.99.0.1", "10.99.0.4")),
        change("suppress", Scene::suppress),
        change("out of the bridge", Scene::unbridged));
  }

  private static Arguments change(String name, Function<Scene, Scene> change) {
    return Arguments.of(Named.of(name, change));
  }

  @ParameterizedTest
  @MethodSource("changesInPlace")
  void whatTheKernelCanChangeIsChangedInPlaceAndBack(Function<Scene, Scene> change)
      throws DataplaneException {
    host.sh("ip addr add 10.99.0.9/24 dev eth0");
    host.stand(Scene.BLUE.inputs());
    int before = host.index("vxlan5001");
    assertThat(host.stand(change.apply(Scene.BLUE).inputs()).changes()).isNotEmpty();
    assertThat(host.stand(Scene.BLUE.inputs()).changes()).isNotEmpty();
    assertThat(host.index("vxlan5001")).isEqualTo(before);
  }

  @Test
  void aRemoteBecomesAnotherInPlaceAndTheFormerIsNoLongerADestination() throws DataplaneException {
    host.stand(Scene.BLUE.remote("10.99.0.2").inputs());
    int before = host.index("vxlan5001");
    host.stand(Scene.BLUE.remote("10.99.0.3").inputs());
    assertThat(host.index("vxlan5001")).isEqualTo(before);
    assertThat(host.netns.bridge("fdb", "show", "dev", "vxlan5001"))
        .contains("10.99.0.3")
        .doesNotContain("10.99.0.2");
  }

  static Stream<Arguments> changesThatNeedAnotherDevice() {
    return Stream.of(
        change("port", scene -> scene.port(8472)),
        change("proxy", Scene::proxy),
        change("group", scene -> scene.group("239.1.1.1")),
        change("IPv6", scene -> scene.from("fd99::1", "fd99::2")));
  }

  @ParameterizedTest
  @MethodSource("changesThatNeedAnotherDevice")
  void whatTheKernelCannotChangeIsMadeAnewAndBack(Function<Scene, Scene> change)
      throws DataplaneException {
    host.stand(Scene.BLUE.inputs());
    int bridge = host.index("br5001");
    for (Scene scene : List.of(change.apply(Scene.BLUE), Scene.BLUE)) {
      Plan plan = host.stand(scene.inputs());
      assertThat(plan.changes())
          .filteredOn(step -> step instanceof Change.DeleteLink)
          .extracting(step -> step.device().value())
          .containsExactly("vxlan5001");
    }
    assertThat(host.index("br5001")).as("VMs stay plugged in").isEqualTo(bridge);
  }

  @Test
  void aRemoteIsAddedInPlaceButTakenAwayByAnotherDevice() throws DataplaneException {
    host.stand(Scene.BLUE.inputs());
    int before = host.index("vxlan5001");
    host.stand(Scene.BLUE.remote("10.99.0.2").inputs());
    assertThat(host.index("vxlan5001")).isEqualTo(before);
    Plan back = host.stand(Scene.BLUE.inputs());
    assertThat(back.changes()).anyMatch(change -> change instanceof Change.DeleteLink);
  }

  @Test
  void aPlaceThatMovesIsReplacedInOneMessage() throws DataplaneException {
    host.stand(Scene.BLUE.cardAt("10.99.0.2").inputs());
    Plan plan = host.stand(Scene.BLUE.cardAt("10.99.0.3").inputs());
    assertThat(plan.changes()).hasSize(1).allMatch(change -> change instanceof Change.PlaceMac);
    assertThat(forwarding("52:54:00:00:00:01")).containsExactly("10.99.0.3 static");
  }

  @Test
  void aThousandNetworksStandAndGo(TestReporter reporter) throws DataplaneException {
    long start = System.nanoTime();
    host.stand(Scene.BLUE.cardAt("10.99.0.2").inputs(1, 1000));
    long stood = System.nanoTime();
    assertThat(host.netns.ip("-o", "link", "show", "type", "vxlan").lines()).hasSize(1000);
    assertThat(host.netns.ip("-o", "link", "show", "type", "bridge").lines()).hasSize(1000);
    long goes = System.nanoTime();
    host.stand(Scene.NOTHING);
    long gone = System.nanoTime();
    assertThat(host.netns.ipJson("link", "show")).hasSize(3);
    reporter.publishEntry("1000 networks stand after", text(stood - start));
    reporter.publishEntry("and are gone after", text(gone - goes));
  }

  private static String text(long nanos) {
    return Duration.ofNanos(nanos).toMillis() + " ms";
  }
}

package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.linux.LinuxCutover;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.tests.support.Netns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot wait for the loop, on a bridge whose ports come and go. */
class CutoverKernelTest {
  private static final MacAddress CARD = MacAddress.parse("52:54:00:00:00:01");
  private static final LocalPort PORT =
      new LocalPort(
          new UUID(0, 1),
          "vm",
          CARD,
          new Vni(5001),
          new InterfaceName("br5001"),
          Optional.empty(),
          Optional.empty(),
          LocalPort.State.HERE);

  private Netns netns;
  private LinuxCutover cutover;

  @BeforeEach
  void open() throws DataplaneException {
    netns = Netns.create();
    netns.ip("link", "add", "br5001", "type", "bridge");
    cutover = LinuxCutover.open(netns.path());
  }

  @AfterEach
  void close() {
    cutover.close();
    netns.close();
  }

  /** A way into the tunnel, such as the daemon makes it. */
  private void addTunnel(String... bridge) {
    netns.run(
        "sh",
        "-ec",
        """
        [ -e /sys/class/net/vxmig5001 ] || ip link add vxmig5001 type vxlan id 16772214 dstport 4789 local 127.0.0.1
        ip link set vxmig5001 up
        ip link add vxout5001 link vxmig5001 type macvlan mode source
        """);
    if (bridge.length > 0) {
      netns.ip("link", "set", bridge[0], "up");
      netns.ip("link", "set", "vxout5001", "up", "master", bridge[0]);
    }
  }

  private String entries(String bridge) {
    return netns.bridge("fdb", "show", "br", bridge);
  }

  @Test
  void withoutTheTunnelNothingIsDone() throws DataplaneException {
    cutover.prepare(PORT);
    assertThat(cutover.redirect(PORT)).isFalse();
    addTunnel();
    assertThat(cutover.redirect(PORT)).as("it is no port").isFalse();
    assertThat(netns.bridge("fdb", "show")).doesNotContain(CARD.toString());
  }

  @Test
  void aTunnelThatWasLookedUpBeforeIsUsed() throws DataplaneException {
    addTunnel("br5001");
    cutover.prepare(PORT);
    assertThat(cutover.redirect(PORT)).isTrue();
    assertThat(entries("br5001")).contains(CARD + " dev vxout5001 extern_learn");
  }

  @Test
  void aTunnelThatWasMadeAnewMeanwhileIsFound() throws DataplaneException {
    addTunnel("br5001");
    cutover.prepare(PORT);
    netns.ip("link", "del", "vxout5001");
    assertThat(cutover.redirect(PORT)).isFalse();
    addTunnel("br5001");
    assertThat(cutover.redirect(PORT)).isTrue();
    assertThat(entries("br5001")).contains(CARD + " dev vxout5001 extern_learn");
  }

  @Test
  void aTunnelThatWasUnpluggedMeanwhileIsNoPlace() throws DataplaneException {
    addTunnel("br5001");
    cutover.prepare(PORT);
    netns.ip("link", "set", "vxout5001", "nomaster");
    assertThat(cutover.redirect(PORT)).isFalse();
    assertThat(netns.bridge("fdb", "show")).doesNotContain(CARD.toString());
  }

  @Test
  void aRedirectNeverLandsInTheDeviceOfAnotherNetworkThatHasGotTheIndex()
      throws DataplaneException {
    addTunnel("br5001");
    cutover.prepare(PORT);
    assertThat(cutover.redirect(PORT)).isTrue();
    String index = netns.ipJson("link", "show", "dev", "vxout5001").get(0).get("ifindex").asText();
    netns.ip("link", "del", "vxout5001");
    netns.ip("link", "add", "br5002", "type", "bridge");
    netns.ip("link", "add", "vxout5002", "index", index, "type", "veth", "peer", "name", "far");
    netns.ip("link", "set", "far", "up");
    netns.ip("link", "set", "br5002", "up");
    netns.ip("link", "set", "vxout5002", "up", "master", "br5002");
    assertThat(cutover.redirect(PORT)).isFalse();
    assertThat(entries("br5002")).doesNotContain(CARD.toString());
  }

  private void arrive() throws DataplaneException {
    netns.ip("link", "add", "vnet0", "type", "veth", "peer", "name", "guest");
    netns.ip("link", "set", "guest", "up");
    netns.ip("link", "set", "vnet0", "up", "master", "br5001");
    cutover.receive(PORT.on(Optional.of(new InterfaceName("vnet0"))));
  }

  private void place(String device, String... kind) {
    List<String> command = new ArrayList<>(List.of("fdb", "add", CARD.toString(), "dev", device));
    command.addAll(List.of(kind));
    netns.bridge(command.toArray(String[]::new));
  }

  /** A frame for it that comes by the VXLAN device would go back there, so it is dropped. */
  @ParameterizedTest
  @ValueSource(strings = {"dynamic", "dynamic extern_learn"})
  void aCardThatHasArrivedIsBehindTheTunnelNoMore(String kind) throws DataplaneException {
    addNetworksDevice();
    netns.ip("link", "set", "br5001", "up");
    netns.ip("link", "set", "vxlan5001", "up");
    addEntry("static");
    place("vxlan5001", ("master " + kind).split(" ", -1));
    arrive();
    assertThat(entries("br5001")).contains(CARD + " dev vnet0 master br5001");
    assertThat(entries("br5001")).doesNotContain(CARD + " dev vxlan5001 master", "extern_learn");
  }

  @Test
  void norIsItBehindTheOutletOfAnEarlierMigration() throws DataplaneException {
    addTunnel("br5001");
    assertThat(cutover.redirect(PORT)).isTrue();
    addNetworksDevice();
    arrive();
    assertThat(entries("br5001")).contains(CARD + " dev vnet0 master br5001");
    assertThat(entries("br5001")).doesNotContain(CARD + " dev vxout5001", "extern_learn");
  }

  @Test
  void whatTheBridgeDoesNotKnowIsFloodedToTheTap() throws DataplaneException {
    addNetworksDevice();
    arrive();
    assertThat(entries("br5001")).doesNotContain(CARD.toString());
  }

  @Test
  void whatZebraHasSaidGoesWithItsRoute() throws DataplaneException {
    addNetworksDevice();
    netns.ip("link", "set", "br5001", "up");
    netns.ip("link", "set", "vxlan5001", "up");
    addEntry("extern_learn");
    place("vxlan5001", "master", "dynamic", "extern_learn");
    arrive();
    assertThat(entries("br5001")).contains(CARD + " dev vxlan5001 extern_learn");
  }

  private void addNetworksDevice() {
    netns.ip("link", "add", "vxlan5001", "type", "vxlan", "id", "5001", "dstport", "4789");
    netns.ip("link", "set", "vxlan5001", "master", "br5001");
  }

  private void addEntry(String kind) {
    netns.bridge(
        "fdb", "add", CARD.toString(), "dev", "vxlan5001", "dst", "10.99.0.2", "self", kind);
  }

  private boolean follow() throws DataplaneException {
    return cutover.repoint(PORT.vni(), CARD, Vtep.parse("10.99.0.3"));
  }

  private String place() {
    return netns
        .bridge("fdb", "show", "dev", "vxlan5001")
        .lines()
        .filter(line -> line.startsWith(CARD.toString()))
        .collect(Collectors.joining());
  }

  @Test
  void ourEntryGoesWithItsCardAndIsStillOurs() throws DataplaneException {
    addNetworksDevice();
    addEntry("static");
    assertThat(follow()).isTrue();
    assertThat(place()).isEqualTo(CARD + " dst 10.99.0.3 self static");
  }

  @ParameterizedTest
  @ValueSource(strings = {"permanent", "extern_learn", "dynamic"})
  void whatOthersWroteOrTheKernelHasLearnedStays(String kind) throws DataplaneException {
    addNetworksDevice();
    addEntry(kind);
    assertThat(follow()).isFalse();
    assertThat(place()).contains("dst 10.99.0.2").doesNotContain("10.99.0.3");
  }

  @Test
  void noEntryIsMadeThatWasNotThere() throws DataplaneException {
    assertThat(follow()).as("no device").isFalse();
    addNetworksDevice();
    assertThat(follow()).as("no entry").isFalse();
    assertThat(place()).isEmpty();
  }
}

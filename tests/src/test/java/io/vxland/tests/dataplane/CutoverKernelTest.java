package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.linux.LinuxCutover;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.tests.support.Netns;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The one change that cannot wait, on a bridge whose ports come and go. */
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

  private void addTunnel(String... bridge) {
    netns.ip(
        "link",
        "add",
        "vxmig5001",
        "type",
        "vxlan",
        "id",
        "16772214",
        "dstport",
        "4789",
        "local",
        "127.0.0.1");
    if (bridge.length > 0) {
      netns.ip("link", "set", "vxmig5001", "master", bridge[0]);
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
    assertThat(entries("br5001")).contains(CARD + " dev vxmig5001 extern_learn");
  }

  @Test
  void aTunnelThatWasMadeAnewMeanwhileIsFound() throws DataplaneException {
    addTunnel("br5001");
    cutover.prepare(PORT);
    netns.ip("link", "del", "vxmig5001");
    assertThat(cutover.redirect(PORT)).isFalse();
    addTunnel("br5001");
    assertThat(cutover.redirect(PORT)).isTrue();
    assertThat(entries("br5001")).contains(CARD + " dev vxmig5001 extern_learn");
  }

  @Test
  void aTunnelThatWasUnpluggedMeanwhileIsNoPlace() throws DataplaneException {
    addTunnel("br5001");
    cutover.prepare(PORT);
    netns.ip("link", "set", "vxmig5001", "nomaster");
    assertThat(cutover.redirect(PORT)).isFalse();
    assertThat(netns.bridge("fdb", "show")).doesNotContain(CARD.toString());
  }
}

package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Checksums;
import io.vxland.model.Checksums.Zero6;
import io.vxland.model.InterfaceName;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checksums in the outer UDP header: the kernel changes them on no device. */
class ChecksumsTest {
  private static final InterfaceName VXLAN = new InterfaceName("vxlan5001");

  private final FakeKernel kernel = new FakeKernel();

  private static Network network(String name, int vni, OverlayOptions options) {
    return Worlds.network(name, vni).with(options);
  }

  private static OverlayOptions sending(boolean sent, Zero6 zero6) {
    return OverlayOptions.DEFAULTS.with(new Checksums(sent, zero6));
  }

  private Plan plan(Network... networks) {
    Set<Network> all = Set.of(networks);
    return Planner.plan(
        Desire.of(
            Worlds.inputs(all, Set.of(), Worlds.knowledge(all, List.of(Worlds.SECOND), Map.of()))),
        kernel.read(),
        true);
  }

  @ParameterizedTest
  @CsvSource({"true, TX", "true, RX", "false, NO", "false, BOTH"})
  void othersNeedANewDevice(boolean sent, Zero6 zero6) {
    kernel.apply(plan(network("blue", 5001, OverlayOptions.DEFAULTS)));
    Plan plan = plan(network("blue", 5001, sending(sent, zero6)));
    assertThat(plan.changes())
        .startsWith(new Change.DeleteLink(VXLAN))
        .anyMatch(
            change ->
                change instanceof Change.CreateVxlan create
                    && create.spec().checksums().equals(new Checksums(sent, zero6)));
    kernel.apply(plan);
    assertThat(plan(network("blue", 5001, sending(sent, zero6))).changes()).isEmpty();
  }

  @Test
  void theCommandOfANewDeviceNamesThem() {
    assertThat(plan(network("blue", 5001, sending(false, Zero6.BOTH))).changes())
        .filteredOn(Change.CreateVxlan.class::isInstance)
        .singleElement()
        .extracting(Change::command)
        .asString()
        .contains(" noudpcsum udp6zerocsumtx udp6zerocsumrx");
  }

  @Test
  void oneUdpPortAcceptsPacketsWithoutChecksumOrDoesNot() {
    Network blue = network("blue", 5001, sending(true, Zero6.RX));
    Network red = network("red", 5002, OverlayOptions.DEFAULTS);
    Plan plan = plan(blue, red);
    assertThat(plan.blocked()).containsExactly(new Vni(5002));
    assertThat(plan.problems())
        .containsExactly(
            new Problem(
                "network 'red'",
                "it cannot be made beside network 'blue' on UDP port 4789: it accepts packets"
                    + " without a checksum; set the same 'udp6-zero-checksum' for both, or another"
                    + " 'port' for one of them"));
    assertThat(plan(blue, network("red", 5002, sending(true, Zero6.BOTH))).problems()).isEmpty();
    OverlayOptions elsewhere = OverlayOptions.DEFAULTS.on(new UdpPort(8472));
    assertThat(plan(blue, network("red", 5002, elsewhere)).problems()).isEmpty();
  }
}

package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Barriers;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.Vtep;
import io.vxland.plan.ActualState.Frames;
import io.vxland.plan.ActualState.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made for frames that are larger than their network carries. */
final class FrameSizesTest {
  private static final InterfaceName TAP = new InterfaceName("vnet0");

  private final FakeKernel kernel = new FakeKernel();

  private static Inputs inputs(OverlayOptions options, String vtep, LocalPort... ports) {
    Set<Network> networks = Set.of(Worlds.network("blue", 5001, options));
    return new Inputs(
        Optional.of(Vtep.parse(vtep)),
        Optional.of(Worlds.UNDERLAY),
        networks,
        Set.of(ports),
        Worlds.knowledge(networks, List.of(), Map.of()),
        Set.of());
  }

  private static LocalPort port(OptionalInt mtu) {
    LocalPort port = Worlds.port("52:54:00:00:00:01", 5001, LocalPort.State.HERE);
    return new LocalPort(
        port.domain(),
        port.domainName(),
        port.mac(),
        port.vni(),
        port.bridge(),
        Optional.of(TAP),
        port.portId(),
        port.state(),
        port.addresses(),
        port.named(),
        mtu,
        port.allowance(),
        Barriers.NONE,
        true);
  }

  private static OverlayOptions with(Replication replication) {
    OverlayOptions all = OverlayOptions.DEFAULTS;
    return new OverlayOptions(
        all.port(),
        all.mtu(),
        all.learning(),
        all.ageing(),
        all.proxy(),
        all.suppress(),
        all.flood(),
        all.ttl(),
        replication,
        all.addresses(),
        all.entries(),
        all.ovs());
  }

  private Plan plan(Inputs inputs) {
    return Planner.plan(Desire.of(inputs), kernel.read(), true);
  }

  private void stand(Inputs inputs) {
    kernel.apply(plan(inputs));
    assertThat(plan(inputs).changes()).isEmpty();
  }

  private static Segment segment(Inputs inputs) {
    return Desire.of(inputs).segments().values().iterator().next();
  }

  @Test
  void theVxlanDeviceTakesAllAndTheBridgeSaysWhatTheNetworkCarries() {
    Segment segment = segment(inputs(OverlayOptions.DEFAULTS, "10.99.0.1"));
    assertThat(segment.vxlan().mtu()).isEqualTo(Segment.ROOM);
    assertThat(segment.bridge().orElseThrow().mtu()).isEqualTo(new Mtu(1450));
    assertThat(segment.tellsSenders()).isTrue();
  }

  @Test
  void aDeviceThatIsBoundToTheUnderlayCannotAndTellsNobody() {
    Segment segment =
        segment(inputs(with(new Replication.Group(IpAddress.parse("239.1.1.1"))), "10.99.0.1"));
    assertThat(segment.vxlan().mtu()).isEqualTo(new Mtu(1450));
    assertThat(segment.tellsSenders()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.99.0.1, true, 1410 1390 1406 1386",
    "fd99::1, true, 1390 1370 1386 1366",
    "fd99::1, false, none",
    "10.99.0.1, false, none"
  })
  void segmentsAreKeptToTheNetworksMtuUnlessThatIsTurnedOff(
      String vtep, boolean clamp, String sizes) {
    String rules =
        Desire.of(inputs(OverlayOptions.DEFAULTS.clamping(clamp), vtep)).frames().replacement();
    if (clamp) {
      assertThat(sizes.split(" ", -1)).allMatch(size -> rules.contains("size set " + size + "\n"));
    } else {
      assertThat(rules).doesNotContain("size set");
    }
    assertThat(rules.contains("meta length > 1430 ip frag-off 0 ip frag-off set 0x4000"))
        .as("over IPv6, which does not fragment on the way")
        .isEqualTo(vtep.contains(":"));
  }

  @Test
  void rulesThatWereFlushedAreMadeAgainAndGoWithTheLastNetwork() {
    Inputs blue = inputs(OverlayOptions.DEFAULTS, "10.99.0.1");
    stand(blue);
    kernel.frames(Frames.of(""));
    assertThat(plan(blue).changes()).hasSize(1).hasOnlyElementsOfType(Change.TreatFrames.class);
    kernel.apply(plan(blue));
    assertThat(plan(blue).changes()).isEmpty();
    Inputs without = inputs(OverlayOptions.DEFAULTS.clamping(false), "10.99.0.1");
    assertThat(plan(without).changes()).containsExactly(new Change.LeaveFrames());
  }

  @Test
  void whereNftCannotItIsSaidOnceAndNothingElseWaitsForIt() {
    kernel.frames(Frames.missing("there is no program /usr/sbin/nft"));
    Inputs blue = inputs(OverlayOptions.DEFAULTS, "10.99.0.1");
    stand(blue);
    assertThat(plan(blue).problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .contains("there is no program /usr/sbin/nft", "'mss-clamp = no'");
    assertThat(plan(inputs(OverlayOptions.DEFAULTS.clamping(false), "10.99.0.1")).problems())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1450, 0, 1500", "1450, 1400, 1500", "1450, 9000, 9000", "1600, 0, -", "1500, 0, -"})
  void aTapTakesWhatGuestsBesideItMaySend(int now, int guest, String wanted) {
    kernel.foreign("vnet0", new Kind.Other(), "");
    Inputs blue =
        inputs(
            OverlayOptions.DEFAULTS,
            "10.99.0.1",
            port(guest == 0 ? OptionalInt.empty() : OptionalInt.of(guest)));
    kernel.apply(plan(blue));
    kernel.apply(new Change.SetMaster(TAP, new InterfaceName("br5001")));
    kernel.apply(new Change.NoAddressGeneration(TAP));
    kernel.apply(new Change.SetMtu(TAP, new Mtu(now)));
    kernel.apply(new Change.PinToPort(TAP, MacAddress.parse("52:54:00:00:00:01")));
    if (wanted.equals("-")) {
      assertThat(plan(blue).changes()).isEmpty();
    } else {
      assertThat(plan(blue).changes())
          .containsExactly(new Change.SetMtu(TAP, new Mtu(Integer.parseInt(wanted))));
    }
  }
}

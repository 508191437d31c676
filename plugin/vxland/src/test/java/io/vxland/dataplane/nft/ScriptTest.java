package io.vxland.dataplane.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.Change;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptTest {
  private static final InterfaceName TUNNEL = new InterfaceName("vxmig5001");
  private static final InterfaceName OTHER = new InterfaceName("vxmig5002");
  private static final InterfaceName TAP = new InterfaceName("vnet3");
  private static final MacAddress CARD = MacAddress.parse("52:54:00:12:34:56");
  private static final MacAddress SECOND = MacAddress.parse("52:54:00:12:34:57");

  private static Listing with(InterfaceName... guarded) {
    Map<InterfaceName, Listing.Chain> chains = new java.util.HashMap<>();
    for (InterfaceName device : guarded) {
      chains.put(
          device,
          new Listing.Chain(
              true, List.of(new Listing.Rule(7, CARD, TAP, 0), new Listing.Rule(9, CARD, TAP, 0))));
    }
    return new Listing(true, chains, List.of());
  }

  @Test
  void aGuardAndItsDeliveryAreAsTheChangesThemselvesSay() {
    List<Change> changes =
        List.of(new Change.GuardTunnel(TUNNEL), new Change.Deliver(TUNNEL, CARD, TAP));
    List<String> lines = Script.of(changes, Listing.NONE);
    assertThat(lines)
        .containsExactly(
            "add table netdev vxland",
            "add chain netdev vxland vxmig5001"
                + " { type filter hook ingress device \"vxmig5001\" priority 0; policy drop; }",
            "flush chain netdev vxland vxmig5001",
            "add rule netdev vxland vxmig5001 ether daddr 52:54:00:12:34:56"
                + " counter fwd to \"vnet3\"");
    assertThat(changes.get(0).command())
        .isEqualTo("nft '" + String.join("; ", lines.subList(0, 3)) + "'");
    assertThat(changes.get(1).command()).isEqualTo("nft '" + lines.get(3) + "'");
  }

  @Test
  void aDeliveryTakesThePlaceOfAllThatWereThere() {
    assertThat(Script.of(List.of(new Change.Deliver(TUNNEL, CARD, TAP)), with(TUNNEL)))
        .containsExactly(
            "delete rule netdev vxland vxmig5001 handle 7",
            "delete rule netdev vxland vxmig5001 handle 9",
            "add rule netdev vxland vxmig5001 ether daddr 52:54:00:12:34:56"
                + " counter fwd to \"vnet3\"");
  }

  @Test
  void whatIsNotThereNeedsNoEnd() {
    assertThat(
            Script.of(
                List.of(
                    new Change.StopDelivery(TUNNEL, SECOND),
                    new Change.StopDelivery(OTHER, CARD),
                    new Change.UnguardTunnel(OTHER)),
                with(TUNNEL)))
        .isEmpty();
    assertThat(Script.of(List.of(new Change.UnguardTunnel(OTHER)), Listing.NONE)).isEmpty();
  }

  @Test
  void theTableGoesWithItsLastChainUnlessThereIsSomethingElseInIt() {
    Change first = new Change.UnguardTunnel(TUNNEL);
    Change second = new Change.UnguardTunnel(OTHER);
    assertThat(Script.of(List.of(first), with(TUNNEL, OTHER)))
        .containsExactly(
            "flush chain netdev vxland vxmig5001", "delete chain netdev vxland vxmig5001");
    assertThat(Script.of(List.of(first, second), with(TUNNEL, OTHER)))
        .last()
        .isEqualTo("delete table netdev vxland");
    assertThat(Script.of(List.of(first, new Change.GuardTunnel(OTHER)), with(TUNNEL)))
        .doesNotContain("delete table netdev vxland");
    // A kernel that takes the chain along with its device leaves the table.
    assertThat(Script.of(List.of(first), with())).containsExactly("delete table netdev vxland");
    assertThat(
            Script.of(List.of(first), new Listing(true, with(TUNNEL).chains(), List.of("a set"))))
        .doesNotContain("delete table netdev vxland");
  }

  @Test
  void whatBuildsOnAnEarlierRuleGoesInATransactionOfItsOwn() {
    Change guard = new Change.GuardTunnel(TUNNEL);
    Change deliver = new Change.Deliver(TUNNEL, CARD, TAP);
    assertThat(Script.joins(deliver, List.of(guard))).isTrue();
    assertThat(Script.joins(new Change.Deliver(TUNNEL, SECOND, TAP), List.of(guard, deliver)))
        .isTrue();
    assertThat(Script.joins(new Change.StopDelivery(OTHER, CARD), List.of(deliver))).isTrue();
    assertThat(Script.joins(new Change.StopDelivery(TUNNEL, CARD), List.of(guard, deliver)))
        .isFalse();
    assertThat(Script.joins(guard, List.of(new Change.UnguardTunnel(TUNNEL)))).isFalse();
    assertThat(Script.joins(new Change.UnguardTunnel(TUNNEL), List.of(deliver))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "0x7", "a\"b", "vnet*", "a\\b", "$tap"})
  void namesThatNftWouldTakeForSomethingElseAreRefused(String name) {
    assertThat(Script.refusal(new Change.Deliver(TUNNEL, CARD, new InterfaceName(name))))
        .isPresent();
    assertThat(Script.refusal(new Change.GuardTunnel(new InterfaceName(name)))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"vnet3", "tap-web.0", "_t", "macvtap_1", "-j", "101-eth0", "täp0"})
  void namesOfTapsAreTaken(String name) {
    assertThat(Script.refusal(new Change.Deliver(TUNNEL, CARD, new InterfaceName(name)))).isEmpty();
  }
}

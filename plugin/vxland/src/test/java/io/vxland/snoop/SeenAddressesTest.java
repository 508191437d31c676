package io.vxland.snoop;

import static io.vxland.snoop.SeenAddresses.HELD;
import static io.vxland.snoop.SeenAddresses.KEPT;
import static io.vxland.snoop.SeenAddresses.MAX_ADDRESSES;
import static io.vxland.snoop.SeenAddresses.STEADY;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeenAddressesTest {
  private static final IpAddress ADDRESS = IpAddress.parse("10.0.0.7");
  private static final IpAddress OTHER = IpAddress.parse("fd00::7");

  private static final MacAddress RIVAL = MacAddress.parse("52:54:00:00:00:99");

  /** A clock may begin anywhere. */
  private static final long START = Long.MAX_VALUE - STEADY;

  private final SeenAddresses seen = new SeenAddresses();
  private final LocalPort one = port(1, 5001);
  private final LocalPort two = port(2, 5001);
  private final LocalPort elsewhere = port(3, 5002);
  private Set<LocalPort> all = Set.of(one, two, elsewhere);
  private long now = START;

  private static LocalPort port(int number, int vni) {
    return new LocalPort(
        new UUID(0, number),
        "vm" + number,
        new MacAddress(0x5254_0000_0000L + number),
        new Vni(vni),
        new InterfaceName("br" + vni),
        Optional.of(new InterfaceName("vnet" + number)),
        Optional.empty(),
        LocalPort.State.HERE);
  }

  private static IpAddress numbered(int number) {
    return new IpAddress(IpAddress.Family.V4, 0, 0x0A00_0100L + number);
  }

  private boolean claim(LocalPort card, IpAddress address) {
    return seen.claim(card, address, all, now);
  }

  @Test
  void whatACardClaimsItHas() {
    assertThat(claim(one, OTHER)).isTrue();
    assertThat(claim(one, ADDRESS)).isTrue();
    assertThat(claim(one, ADDRESS)).as("no news").isFalse();
    assertThat(seen.of(one.key())).containsExactly(ADDRESS, OTHER);
    assertThat(seen.all()).containsOnlyKeys(one.key());
  }

  @Test
  void whereTheMetadataNameAddressesNothingElseIsTaken() {
    LocalPort named = one.with(List.of(OTHER));
    all = Set.of(named, two, elsewhere);
    assertThat(claim(named, ADDRESS)).isFalse();
    assertThat(claim(two, OTHER)).as("it is another card's").isFalse();
    assertThat(claim(two, ADDRESS)).isTrue();
    assertThat(claim(elsewhere, OTHER)).as("in another network it is free").isTrue();
  }

  @Test
  void anAddressStaysWithACardThatClaimsItAndGoesToAnotherAfterThat() {
    claim(one, ADDRESS);
    now += HELD - 1;
    assertThat(claim(two, ADDRESS)).isFalse();
    claim(one, ADDRESS);
    now += HELD - 1;
    assertThat(claim(two, ADDRESS)).isFalse();
    now++;
    assertThat(claim(two, ADDRESS)).isTrue();
    assertThat(seen.of(one.key())).isEmpty();
    assertThat(seen.of(two.key())).containsExactly(ADDRESS);
  }

  @Test
  void networksDoNotMeet() {
    assertThat(claim(one, ADDRESS)).isTrue();
    assertThat(claim(elsewhere, ADDRESS)).isTrue();
    assertThat(seen.of(one.key())).containsExactly(ADDRESS);
    assertThat(seen.of(elsewhere.key())).containsExactly(ADDRESS);
  }

  @Test
  void aCardThatClaimsTooMuchKeepsWhatItClaimedFirstForAWhile() {
    for (int i = 0; i < MAX_ADDRESSES; i++) {
      assertThat(claim(one, numbered(i))).isTrue();
      now++;
    }
    assertThat(claim(one, ADDRESS)).isFalse();
    claim(one, numbered(0));
    now += STEADY - 1;
    assertThat(claim(one, ADDRESS)).as("the others are steady no more").isTrue();
    assertThat(seen.of(one.key()))
        .hasSize(MAX_ADDRESSES)
        .contains(ADDRESS, numbered(0))
        .doesNotContain(numbered(1));
  }

  @Test
  void whatIsNotHeardOfForLongIsForgotten() {
    claim(one, ADDRESS);
    claim(one, OTHER);
    now += KEPT / 2;
    claim(one, OTHER);
    now += KEPT / 2 - 1;
    assertThat(seen.retain(all, now)).isFalse();
    now++;
    assertThat(seen.retain(all, now)).isTrue();
    assertThat(seen.of(one.key())).containsExactly(OTHER);
  }

  @Test
  void aCardThatIsGoneOrInAnotherNetworkHasNothing() {
    claim(one, ADDRESS);
    claim(two, OTHER);
    assertThat(seen.retain(List.of(port(1, 5002), two), now)).isTrue();
    assertThat(seen.all()).containsOnlyKeys(two.key());
    assertThat(seen.retain(List.of(), now)).isTrue();
    assertThat(seen.all()).isEmpty();
  }

  @Test
  void aCardThatComesHasWhatItHadUntilItSaysMore() {
    List<IpAddress> before = List.of(ADDRESS, OTHER, IpAddress.parse("224.0.0.1"));
    assertThat(seen.inherit(one, before, now)).isTrue();
    assertThat(seen.of(one.key())).containsExactly(ADDRESS, OTHER);
    assertThat(seen.inherit(one, List.of(numbered(1)), now)).isFalse();
    assertThat(seen.inherit(two.with(List.of(numbered(2))), before, now)).isFalse();
    assertThat(seen.inherit(two, List.of(), now)).isFalse();
    assertThat(claim(one, numbered(1))).isTrue();
    assertThat(seen.of(one.key())).containsExactly(ADDRESS, numbered(1), OTHER);
  }

  private boolean told(MacAddress... rivals) {
    List<Location> locations =
        Stream.of(rivals)
            .map(mac -> new Location(mac, Vtep.parse("10.99.0.2"), List.of(ADDRESS)))
            .toList();
    return seen.giveWay(vni -> vni.value() == 5001 ? locations : List.of(), now);
  }

  @Test
  void anAddressThatACardElsewhereClaimsLaterGoesThereUntilItIsClaimedHereAgain() {
    claim(one, ADDRESS);
    claim(one, OTHER);
    claim(elsewhere, ADDRESS);
    assertThat(told()).isFalse();
    assertThat(told(RIVAL)).isTrue();
    assertThat(seen.of(one.key())).containsExactly(OTHER);
    assertThat(seen.of(elsewhere.key())).as("another network").containsExactly(ADDRESS);
    now += HELD - 1;
    assertThat(claim(one, ADDRESS)).isFalse();
    now++;
    assertThat(seen.contests()).isEmpty();
    assertThat(claim(one, ADDRESS)).isTrue();
    assertThat(told(RIVAL)).as("its claim is the earlier one now").isFalse();
    assertThat(seen.contests())
        .containsExactly(new SeenAddresses.Contest(new Vni(5001), ADDRESS, one.key(), RIVAL, now));
    now += STEADY;
    seen.retain(all, now);
    assertThat(seen.contests()).isEmpty();
  }

  @Test
  void whatACardElsewhereHadBeforeIsTheEarlierClaim() {
    told(RIVAL);
    assertThat(claim(one, ADDRESS)).isTrue();
    assertThat(told(RIVAL)).isFalse();
    assertThat(told(RIVAL)).isFalse();
    assertThat(told()).isFalse();
    assertThat(told(RIVAL)).as("it is claimed there anew").isTrue();
    assertThat(seen.of(one.key())).isEmpty();
  }

  @Test
  void aCardThatIsToldOfWhileItMovesIsNoRivalOfItself() {
    claim(one, ADDRESS);
    told();
    assertThat(told(one.mac())).isFalse();
    assertThat(seen.of(one.key())).containsExactly(ADDRESS);
  }

  /** Whatever guests claim, in whatever order. */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15})
  void noNetworkHasAnAddressTwiceAndNoCardTooMany(long seed) {
    Random random = new Random(seed);
    List<LocalPort> cards =
        List.of(one, two, elsewhere, port(4, 5002), port(5, 5001).with(List.of(numbered(3))));
    all = Set.copyOf(cards);
    for (int i = 0; i < 5_000; i++) {
      now += random.nextInt(3) == 0 ? random.nextLong(STEADY) : random.nextLong(1_000_000);
      LocalPort card = cards.get(random.nextInt(cards.size()));
      IpAddress address = numbered(random.nextInt(60));
      List<IpAddress> before = seen.of(card.key());
      boolean news = claim(card, address);
      List<IpAddress> after = seen.of(card.key());
      assertThat(news).isEqualTo(!before.equals(after));
      assertThat(after.size()).isLessThanOrEqualTo(MAX_ADDRESSES);
      for (int vni : new int[] {5001, 5002}) {
        List<IpAddress> together =
            cards.stream()
                .filter(each -> each.vni().value() == vni)
                .flatMap(
                    each ->
                        each.addresses().isEmpty()
                            ? seen.of(each.key()).stream()
                            : each.addresses().stream())
                .toList();
        assertThat(together).doesNotHaveDuplicates();
      }
    }
  }
}

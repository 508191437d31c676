package io.vxland.control.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.vxland.control.ControlPlane.Move;
import io.vxland.control.etcd.EtcdCopy.News;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Presence;
import io.vxland.model.Presence.Card;
import io.vxland.model.Presence.Holder;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a host makes of what it reads of etcd, and what of that is any news to it. */
class EtcdCopyTest {
  private static final Vni HERE = new Vni(5001);
  private static final String MAC = "52:54:00:00:00:01";
  private static final String CARD = "5001/" + MAC;
  private static final News NONE = new News(false, false, List.of());
  private static final News OF_CLAIMS = new News(false, true, List.of());
  private static final News ALL = new News(true, true, List.of());

  private final EtcdCopy copy =
      new EtcdCopy(
          "/vxland/", Vtep.parse("10.99.0.1"), Duration.ofMinutes(15), Duration.ofSeconds(10));
  private long revision = 10;

  private static EtcdStore.Item item(String key, String value, long revision) {
    return new EtcdStore.Item(key, ByteSequence.from(value, UTF_8), revision, false);
  }

  private static String port(long sequence) {
    return "{'sequence':N,'domain':'00000000-0000-0000-0000-000000000001','vm':'v','addresses':[],'named':false}"
        .replace("N", Long.toString(sequence))
        .replace('\'', '"');
  }

  private News put(String key, String value) {
    revision++;
    return copy.take(revision, List.of(item(key, value, revision)));
  }

  private News remove(String key) {
    revision++;
    return copy.take(
        revision, List.of(new EtcdStore.Item(key, ByteSequence.EMPTY, revision, true)));
  }

  private void read(List<List<EtcdStore.Item>> parts) {
    EtcdCopy.Reading reading = copy.reading();
    parts.forEach(reading::take);
    reading.end(new EtcdStore.Moment(1, revision));
    copy.connected();
  }

  /** This host has a network, and a VM in it. */
  private void hasItsNetwork() {
    TreeMap<Card, Holder> cards = new TreeMap<>();
    cards.put(
        new Card(HERE, MacAddress.parse("52:54:00:00:00:99")),
        new Holder(new UUID(0, 9), "vm9", List.of()));
    copy.publish(new Presence(new TreeSet<>(List.of(HERE)), cards));
  }

  private List<String> places() {
    return copy
        .knowledge(Set.of(HERE), Set.of(HERE))
        .locations()
        .getOrDefault(HERE, List.of())
        .stream()
        .map(Location::vtep)
        .map(Vtep::toString)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ports/10.99.0.2/5002/52:54:00:00:00:01",
        "members/10.99.0.2/5002",
        "sequences/5002/52:54:00:00:00:01"
      })
  void whatIsInOthersNetworksIsNoNewsButKept(String key) {
    hasItsNetwork();
    String value =
        key.startsWith("ports") ? port(1) : key.startsWith("m") ? "{}" : "{\"number\":1}";
    assertThat(put(key, value)).isEqualTo(NONE);
    assertThat(remove(key)).isEqualTo(NONE);
    read(List.of());
    put("ports/10.99.0.2/5002/" + MAC, port(1));
    Vni theirs = new Vni(5002);
    assertThat(copy.knowledge(Set.of(theirs), Set.of()).locations().get(theirs)).hasSize(1);
  }

  @Test
  void aCardsNewPlaceIsNewsAndWhatItsOldHostTakesBackAfterwardsIsNot() {
    hasItsNetwork();
    read(List.of(List.of(item("ports/10.99.0.2/" + CARD, port(1), 5))));
    assertThat(put("ports/10.99.0.3/" + CARD, port(2))).isEqualTo(moveTo("10.99.0.3"));
    assertThat(places()).containsExactly("10.99.0.3");
    assertThat(put("sequences/" + CARD, "{\"number\":2}")).isEqualTo(OF_CLAIMS);
    assertThat(remove("ports/10.99.0.2/" + CARD)).isEqualTo(OF_CLAIMS);
    assertThat(places()).containsExactly("10.99.0.3");
    assertThat(remove("ports/10.99.0.3/" + CARD)).isEqualTo(ALL);
    assertThat(places()).isEmpty();
  }

  private static News moveTo(String host) {
    return new News(false, true, List.of(new Move(HERE, MacAddress.parse(MAC), Vtep.parse(host))));
  }

  @Test
  void aCardThatIsNewHasNotMovedAndOneWithOtherAddressesHasNotMovedOnly() {
    hasItsNetwork();
    read(List.of());
    assertThat(put("ports/10.99.0.2/" + CARD, port(1))).isEqualTo(ALL);
    assertThat(put("ports/10.99.0.1/" + CARD, port(2))).isEqualTo(moveTo("10.99.0.1"));
    assertThat(put("ports/10.99.0.3/" + CARD, port(3))).isEqualTo(moveTo("10.99.0.3"));
    String more = port(4).replace("[]", "[\"10.0.0.7\"]");
    assertThat(put("ports/10.99.0.2/" + CARD, more))
        .isEqualTo(new News(true, true, moveTo("10.99.0.2").moves()));
  }

  @Test
  void aClaimThatComesTooLateIsNoNewPlace() {
    hasItsNetwork();
    read(List.of(List.of(item("ports/10.99.0.2/" + CARD, port(7), 5))));
    assertThat(put("ports/10.99.0.3/" + CARD, port(3))).isEqualTo(OF_CLAIMS);
    assertThat(places()).containsExactly("10.99.0.2");
  }

  @ParameterizedTest
  @CsvSource({
    "hosts/10.99.0.2, {'name':'h2'}",
    "members/10.99.0.2/5001, {}",
    "vnis/7, {'network':'blue'}",
    "members/10.99.0.1/5002, {}",
    "no/such/key, {}",
    "members/10.99.0.2/5002, not understood",
  })
  void whatEveryHostHasToKnowIsNews(String key, String value) {
    hasItsNetwork();
    assertThat(put(key, value.replace('\'', '"'))).isEqualTo(ALL);
  }

  @Test
  void aKeyThatIsUnderstoodAtLastIsNews() {
    hasItsNetwork();
    read(List.of(List.of(item("members/10.99.0.2/5002", "not understood", 5))));
    assertThat(copy.troubles()).hasSize(1);
    assertThat(put("members/10.99.0.2/5002", "{}")).isEqualTo(ALL);
    assertThat(copy.troubles()).isEmpty();
  }

  @Test
  void untilAHostHasItsNetworksEverythingIsNews() {
    assertThat(put("members/10.99.0.2/5002", "{}")).isEqualTo(ALL);
  }

  @Test
  void whatIsReadInPartsIsKnownAtTheEndAndWhatIsNotAmongItIsGone() {
    hasItsNetwork();
    read(
        List.of(
            List.of(item("ports/10.99.0.2/" + CARD, port(1), 5)),
            List.of(item("ports/10.99.0.2/5001/52:54:00:00:00:02", port(1), 6))));
    assertThat(places()).containsExactly("10.99.0.2", "10.99.0.2");
    read(List.of(List.of(item("ports/10.99.0.3/" + CARD, port(2), 8)), List.of()));
    assertThat(places()).containsExactly("10.99.0.3");
    assertThat(copy.knowledge(Set.of(HERE), Set.of(HERE)).replication())
        .isEqualTo(Map.of(HERE, new TreeSet<Vtep>()));
  }
}

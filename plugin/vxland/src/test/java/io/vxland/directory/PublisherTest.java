package io.vxland.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.Presence;
import io.vxland.model.Presence.Card;
import io.vxland.model.Presence.Holder;
import io.vxland.model.SharedNetwork;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What hosts make of the store, and the store of hosts, while cards go from one to another. */
class PublisherTest {
  private static final Vni VNI = new Vni(5001);
  private static final Card CARD = new Card(VNI, MacAddress.parse("52:54:00:00:00:01"));
  private static final Holder HOLDER = new Holder(new UUID(0, 1), "vm1", List.of());
  private static final long GRACE = 60_000_000_000L;

  private final Store store = new Store();
  private long now = 5;

  /** A host with its copy of the store, which may lag behind. */
  private final class Host {
    final Vtep vtep;
    final Directory directory = new Directory();
    Publisher publisher = new Publisher();
    final SortedMap<Card, Holder> here = new TreeMap<>();
    final TreeSet<Vni> networks = new TreeSet<>(List.of(VNI));
    private int read;

    Host(String vtep) {
      this.vtep = Vtep.parse(vtep);
      store.put(new Entry.Host(this.vtep, vtep));
    }

    Belief belief() {
      return new Belief(directory, vtep, now, GRACE);
    }

    void hear() {
      for (Store.Change change : store.since(read)) {
        if (change.now() == null) {
          directory.remove(change.key(), now);
        } else {
          directory.put(change.now());
        }
      }
      read = store.end();
    }

    void restart() {
      publisher = new Publisher();
      read(false);
    }

    void restartReading() {
      read(true);
    }

    private void read(boolean forgetful) {
      store.readInto(directory, vtep, forgetful, now);
      read = store.end();
    }

    /** Returns how many writes the store took. */
    int write() {
      int taken = 0;
      for (Write write : publisher.writes(belief(), new Presence(networks, here))) {
        taken += store.apply(write) ? 1 : 0;
      }
      return taken;
    }

    List<String> places() {
      return belief().knowledge(List.of(VNI), List.of(VNI)).locations().get(VNI).stream()
          .map(Location::vtep)
          .map(Vtep::toString)
          .toList();
    }
  }

  private final Host one = new Host("10.99.0.1");
  private final Host two = new Host("10.99.0.2");
  private final Host three = new Host("10.99.0.3");
  private final List<Host> hosts = List.of(one, two, three);

  private void settle() {
    int taken = 1;
    for (int round = 0; taken > 0; round++) {
      assertThat(round).as("rounds until all have written what they have to").isLessThan(20);
      taken = 0;
      for (Host host : hosts) {
        host.hear();
        taken += host.write();
      }
    }
    hosts.forEach(Host::hear);
  }

  private long sequence(Host at) {
    return one.belief()
        .owner(CARD.vni(), CARD.mac())
        .map(stored -> (Entry.Port) stored.entry())
        .filter(port -> port.vtep().equals(at.vtep))
        .orElseThrow()
        .sequence();
  }

  @Test
  void hostsKnowEachOtherAndWhereACardIs() {
    one.here.put(CARD, HOLDER);
    settle();
    assertThat(two.belief().knowledge(List.of(VNI), List.of(VNI)).replication().get(VNI))
        .extracting(Vtep::toString)
        .containsExactly("10.99.0.1", "10.99.0.3");
    assertThat(two.places()).containsExactly("10.99.0.1");
    assertThat(one.places()).isEmpty();
  }

  @Test
  void aCardThatMovesIsAtItsNewHostFromItsClaimOnAndTheOldClaimGoes() {
    one.here.put(CARD, HOLDER);
    settle();
    two.here.put(CARD, HOLDER);
    two.write();
    three.hear();
    assertThat(three.places()).containsExactly("10.99.0.2");
    one.here.remove(CARD);
    settle();
    assertThat(three.places()).containsExactly("10.99.0.2");
    assertThat(one.directory.claims(CARD.vni(), CARD.mac())).hasSize(1);
    assertThat(sequence(two)).isEqualTo(2);
  }

  @Test
  void aCardThatHasLeftKeepsItsPlaceUntilItsNewHostSpeaks() {
    one.here.put(CARD, HOLDER);
    settle();
    one.here.remove(CARD);
    settle();
    assertThat(three.places()).containsExactly("10.99.0.1");
    assertThat(one.publisher.deadline()).contains(now + Publisher.LINGER);
    now += Publisher.LINGER;
    settle();
    assertThat(three.places()).isEmpty();
  }

  @Test
  void aCardThatComesBackAtOnceIsClaimedAgain() {
    one.here.put(CARD, HOLDER);
    settle();
    one.here.remove(CARD);
    one.write();
    two.here.put(CARD, HOLDER);
    two.write();
    two.here.remove(CARD);
    two.write();
    one.here.put(CARD, HOLDER);
    settle();
    assertThat(three.places()).containsExactly("10.99.0.1");
    assertThat(sequence(one)).isGreaterThanOrEqualTo(2);
  }

  @Test
  void ofTwoThatHaveACardAtOnceTheLaterHasItAndTheOtherDoesNotFightButSaysSo() {
    one.here.put(CARD, HOLDER);
    settle();
    two.here.put(CARD, new Holder(new UUID(0, 2), "vm2", List.of()));
    settle();
    assertThat(three.places()).containsExactly("10.99.0.2");
    assertThat(Publisher.disputes(one.belief(), new Presence(one.networks, one.here)))
        .hasEntrySatisfying(CARD, port -> assertThat(port.vm()).isEqualTo("vm2"));
    one.restart();
    settle();
    assertThat(three.places()).containsExactly("10.99.0.2");
  }

  @Test
  void theLaterOfTwoSaysSoTooUnlessTheOtherGivesInOrIsGone() {
    one.here.put(CARD, HOLDER);
    settle();
    two.here.put(CARD, new Holder(new UUID(0, 2), "vm2", List.of()));
    settle();
    assertThat(rivals(two)).as("a VM that moves is with both for a moment").isEmpty();
    now += Publisher.RIVAL;
    assertThat(rivals(two))
        .hasEntrySatisfying(CARD, port -> assertThat(port.vtep()).isEqualTo(one.vtep));
    assertThat(rivals(one)).as("it says that it has lost").isEmpty();
    two.directory.remove(new Key.Host(one.vtep), now);
    assertThat(rivals(two)).isEmpty();
  }

  private static SortedMap<Card, Entry.Port> rivals(Host host) {
    return Publisher.rivals(host.belief(), new Presence(host.networks, host.here));
  }

  @Test
  void aHostThatIsLateDoesNotOverwriteANewerPlace() {
    one.here.put(CARD, HOLDER);
    settle();
    one.here.remove(CARD);
    one.write();
    two.here.put(CARD, HOLDER);
    two.write();
    // Another claim on what it saw before the second host's.
    three.here.put(CARD, HOLDER);
    assertThat(three.write()).as("writes that the store takes").isZero();
    three.here.remove(CARD);
    settle();
    assertThat(one.places()).containsExactly("10.99.0.2");
  }

  @Test
  void aRestartedDaemonWritesNothing() {
    one.here.put(CARD, HOLDER);
    settle();
    one.restart();
    assertThat(one.write()).isZero();
  }

  @Test
  void whatADeadHostSaidCountsUntilTheGraceIsOverAndAgainWhenItIsBack() {
    one.here.put(CARD, HOLDER);
    settle();
    store.delete(new Key.Host(one.vtep));
    settle();
    now += GRACE - 1;
    assertThat(three.places()).containsExactly("10.99.0.1");
    now += 1;
    assertThat(three.places()).isEmpty();
    assertThat(three.belief().knowledge(List.of(VNI), List.of(VNI)).replication().get(VNI))
        .extracting(Vtep::toString)
        .containsExactly("10.99.0.2");
    store.put(new Entry.Host(one.vtep, "h1"));
    settle();
    assertThat(three.places()).containsExactly("10.99.0.1");
  }

  @Test
  void afterTheStoreWasWipedNobodyForgetsAndAllIsSaidAgain() {
    one.here.put(CARD, HOLDER);
    settle();
    store.wipe();
    for (Host host : hosts) {
      host.restartReading();
      store.put(new Entry.Host(host.vtep, "again"));
    }
    assertThat(three.places()).containsExactly("10.99.0.1");
    settle();
    assertThat(three.places()).containsExactly("10.99.0.1");
    three.directory.forget(now + 1, now);
    assertThat(three.places()).as("said again").containsExactly("10.99.0.1");
    assertThat(sequence(one)).isEqualTo(1);
  }

  @Test
  void whatNobodySaysAgainAfterALossIsForgotten() {
    one.here.put(CARD, HOLDER);
    settle();
    store.wipe();
    three.restartReading();
    three.directory.forget(now, now);
    assertThat(three.places()).containsExactly("10.99.0.1");
    three.directory.forget(now + 1, now);
    assertThat(three.places()).isEmpty();
  }

  @Test
  void aStoreThatWentBackIsKnownByItsKeys() {
    Stored own = new Stored(new Entry.Member(one.vtep, VNI), 5, 0);
    Stored other = new Stored(new Entry.Member(two.vtep, VNI), 7, 0);
    assertThat(isBehind(List.of(own, other), own, other)).isFalse();
    assertThat(isBehind(List.of(own, other), own)).as("the other left").isFalse();
    assertThat(isBehind(List.of(own, other), other)).as("nobody took it away").isTrue();
    assertThat(isBehind(List.of(own, other), own, new Stored(other.entry(), 6, 0)))
        .as("written before that")
        .isTrue();
  }

  @Test
  void whatIsOnlyRememberedIsNotMissed() {
    Stored own = new Stored(new Entry.Member(one.vtep, VNI), 5, 0);
    Stored other = new Stored(new Entry.Member(two.vtep, VNI), 7, 0);
    Directory directory = new Directory();
    directory.put(own);
    directory.put(other);
    readAll(directory, List.of(own), true);
    Directory.Reading again = directory.reading();
    again.take(List.of(own));
    assertThat(again.isBehind(two.vtep)).isFalse();
  }

  private boolean isBehind(List<Stored> before, Stored... now) {
    Directory directory = new Directory();
    before.forEach(directory::put);
    Directory.Reading reading = directory.reading();
    reading.take(List.of(now));
    return reading.isBehind(one.vtep);
  }

  private void readAll(Directory directory, List<Stored> stored, boolean forgetful) {
    Directory.Reading reading = directory.reading();
    reading.take(stored);
    reading.end(one.vtep, forgetful, now);
  }

  @Test
  void aNetworkThatWasDefinedAgainIsNotDeletedByAnOldCopyOfTheStore() {
    NetworkName blue = new NetworkName("blue");
    SharedNetwork network =
        new SharedNetwork(blue, VNI, Template.BRIDGE, Network.defaultBridge(VNI), Optional.empty());
    Stored deleted = new Stored(new Entry.Network(network, true), 5, 0);
    Stored defined = new Stored(new Entry.Network(network, false), 9, 0);
    Directory directory = new Directory();
    directory.put(deleted);
    assertThat(directory.registry().deleted()).containsKey(blue);
    directory.put(defined);
    readAll(directory, List.of(deleted), true);
    readAll(directory, List.of(deleted), false);
    assertThat(directory.registry().deleted()).doesNotContainKey(blue);
    assertThat(directory.registry().defined()).doesNotContainKey(blue);
    assertThat(directory.revision(deleted.entry().key())).isEqualTo(5);
    directory.put(new Stored(deleted.entry(), 12, 0));
    assertThat(directory.registry().deleted()).as("by somebody, later").containsKey(blue);
  }

  @Test
  void whatIsSaidAgainIsAsOldAsItWasAndWhatIsNewIsNot() {
    Directory directory = new Directory();
    Entry.Member member = new Entry.Member(two.vtep, VNI);
    Entry.Port port =
        new Entry.Port(
            two.vtep, VNI, CARD.mac(), 1, HOLDER.domain(), HOLDER.vm(), HOLDER.addresses());
    directory.put(new Stored(member, 1, 100));
    directory.put(new Stored(port, 2, 200));
    Entry.Port moved =
        new Entry.Port(
            two.vtep, VNI, CARD.mac(), 3, HOLDER.domain(), HOLDER.vm(), HOLDER.addresses());
    Directory.Reading reading = directory.reading();
    reading.take(List.of(new Stored(member, 7, 900), new Stored(moved, 8, 900)));
    reading.end(one.vtep, true, 900);
    assertThat(new Belief(directory, one.vtep, now, GRACE).told(List.of(VNI), List.of(VNI)))
        .containsExactly(new Stored(member, 7, 100), new Stored(moved, 8, 900));
  }

  @Test
  void aNetworkThatAHostHasNoMoreIsTakenBack() {
    settle();
    two.networks.clear();
    settle();
    assertThat(one.belief().knowledge(List.of(VNI), List.of(VNI)).replication().get(VNI))
        .extracting(Vtep::toString)
        .containsExactly("10.99.0.3");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whereverCardsGoEverybodyKnowsItInTheEnd(long seed) {
    Random random = new Random(seed);
    List<Card> cards = new ArrayList<>();
    List<Host> place = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      cards.add(new Card(VNI, new MacAddress(0x525400000000L + i)));
      place.add(null);
    }
    for (int step = 0; step < 400; step++) {
      int card = random.nextInt(cards.size());
      Host to = random.nextInt(4) == 0 ? null : hosts.get(random.nextInt(hosts.size()));
      if (place.get(card) != null) {
        place.get(card).here.remove(cards.get(card));
        place.get(card).write();
      }
      if (to != null) {
        to.here.put(cards.get(card), HOLDER);
        to.write();
      }
      place.set(card, to);
      Host late = hosts.get(random.nextInt(hosts.size()));
      if (random.nextBoolean()) {
        late.hear();
      }
      late.write();
      if (random.nextInt(20) == 0) {
        late.restart();
      }
      now += random.nextInt(1_000_000_000);
    }
    settle();
    now += Publisher.LINGER;
    settle();
    for (int i = 0; i < cards.size(); i++) {
      Card card = cards.get(i);
      Host at = place.get(i);
      for (Host host : hosts) {
        assertThat(
                host.belief()
                    .owner(card.vni(), card.mac())
                    .map(s -> ((Entry.Port) s.entry()).vtep()))
            .as("%s of %s", card.mac(), host.vtep)
            .isEqualTo(Optional.ofNullable(at).map(h -> h.vtep));
      }
    }
  }
}

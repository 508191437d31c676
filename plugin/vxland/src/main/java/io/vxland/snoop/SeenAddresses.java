package io.vxland.snoop;

import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The addresses that cards were seen to claim. What a card may claim has rules: nothing that the
 * metadata name for another card of its network, nothing at all where they name its own addresses,
 * {@value #MAX_ADDRESSES} at most, and none that another card of this host has claimed within
 * {@link #HELD}.
 *
 * <p>Times are nanoseconds of a clock that does not go back. Not thread-safe.
 */
public final class SeenAddresses {
  /** Most addresses of one card. */
  public static final int MAX_ADDRESSES = 16;

  /**
   * For how long an address stays with the card that claimed it last, whoever else claims it. It is
   * short, for an address may move on purpose (VRRP); who must not lose one has it in the metadata.
   */
  public static final long HELD = 5_000_000_000L;

  /**
   * For how long an address keeps its place on a full list. So at most {@value #MAX_ADDRESSES}
   * addresses change a minute, whatever a guest sends.
   */
  public static final long STEADY = 60_000_000_000L;

  /**
   * For how long an address of which nothing is heard is still the card's. Guests ask for their
   * neighbours more often: Linux does after less than a minute when it sends to them.
   */
  public static final long KEPT = 15 * 60_000_000_000L;

  private final Map<LocalPort.Key, Card> cards = new HashMap<>();

  /** The cards of other hosts that had the addresses of cards here when it was last told. */
  private Map<Spot, Set<MacAddress>> rivals = Map.of();

  /** When an address went to a card of another host. */
  private final Map<Spot, Given> givenAway = new HashMap<>();

  private final Map<Spot, Contest> contests = new TreeMap<>();

  /** When its addresses were heard of last. */
  private record Card(Vni vni, Map<IpAddress, Long> heard) {}

  private record Given(MacAddress rival, long at) {}

  /** An address of a network. */
  private record Spot(Vni vni, IpAddress address) implements Comparable<Spot> {
    @Override
    public int compareTo(Spot other) {
      int byNetwork = vni.compareTo(other.vni);
      return byNetwork != 0 ? byNetwork : address.compareTo(other.address);
    }
  }

  /**
   * An address that a card here and one of another host claim in turns.
   *
   * @param card the card here
   * @param rival the other host's card
   * @param at when it was seen last
   */
  public record Contest(
      Vni vni, IpAddress address, LocalPort.Key card, MacAddress rival, long at) {}

  /**
   * A card has claimed an address.
   *
   * @param card the card
   * @param all all cards of this host
   * @return whether the card has an address more than before
   */
  public boolean claim(LocalPort card, IpAddress address, Collection<LocalPort> all, long now) {
    if (!card.addresses().isEmpty()) {
      return false;
    }
    Map<IpAddress, Long> heard =
        cards.computeIfAbsent(card.key(), key -> new Card(card.vni(), new TreeMap<>())).heard();
    if (heard.replace(address, now) != null) {
      return false;
    }
    boolean named =
        all.stream()
            .anyMatch(
                other ->
                    other.vni().equals(card.vni())
                        && !other.key().equals(card.key())
                        && other.addresses().contains(address));
    Spot spot = new Spot(card.vni(), address);
    Given before = givenAway.get(spot);
    if (named
        || (before != null && now - before.at() < HELD)
        || isHeldByAnother(card, address, now)
        || !makeRoom(heard, now)) {
      return false;
    }
    if (before != null) {
      contests.put(spot, new Contest(card.vni(), address, card.key(), before.rival(), now));
    }
    cards.forEach(
        (key, other) -> {
          if (other.vni().equals(card.vni())) {
            other.heard().remove(address);
          }
        });
    heard.put(address, now);
    return true;
  }

  private boolean isHeldByAnother(LocalPort card, IpAddress address, long now) {
    return cards.entrySet().stream()
        .filter(other -> !other.getKey().equals(card.key()))
        .filter(other -> other.getValue().vni().equals(card.vni()))
        .map(other -> other.getValue().heard().get(address))
        .anyMatch(last -> last != null && now - last < HELD);
  }

  /** The one that was not heard of for the longest time gives way. */
  private static boolean makeRoom(Map<IpAddress, Long> heard, long now) {
    if (heard.size() < MAX_ADDRESSES) {
      return true;
    }
    Optional<Map.Entry<IpAddress, Long>> oldest =
        heard.entrySet().stream()
            .filter(entry -> now - entry.getValue() >= STEADY)
            .min((one, other) -> Long.compare(one.getValue() - now, other.getValue() - now));
    oldest.ifPresent(entry -> heard.remove(entry.getKey()));
    return oldest.isPresent();
  }

  /**
   * A card had addresses elsewhere, or before a restart: it has them still, if nothing is known of
   * it here.
   *
   * @return whether it has addresses now that it had not
   */
  public boolean inherit(LocalPort card, List<IpAddress> addresses, long now) {
    if (!card.addresses().isEmpty() || !of(card.key()).isEmpty() || addresses.isEmpty()) {
      return false;
    }
    Card fresh = new Card(card.vni(), new TreeMap<>());
    addresses.stream()
        .filter(IpAddress::isMachines)
        .limit(MAX_ADDRESSES)
        .forEach(address -> fresh.heard().put(address, now));
    cards.put(card.key(), fresh);
    return !fresh.heard().isEmpty();
  }

  /**
   * Takes in what other hosts tell of their cards. An address that one of those has claimed since
   * it was told last goes there: it is the later claim. A card here gets it back by claiming it
   * again, but not within {@link #HELD}.
   *
   * @param elsewhere the cards of other hosts in a network
   * @return whether that changed any addresses
   */
  public boolean giveWay(Function<Vni, List<Location>> elsewhere, long now) {
    Map<Spot, Set<MacAddress>> current = new HashMap<>();
    cards.forEach(
        (key, card) ->
            card.heard()
                .keySet()
                .forEach(address -> current.put(new Spot(card.vni(), address), new TreeSet<>())));
    Set<Vni> networks = current.keySet().stream().map(Spot::vni).collect(Collectors.toSet());
    for (Vni vni : networks) {
      for (Location location : elsewhere.apply(vni)) {
        for (IpAddress address : location.addresses()) {
          Optional.ofNullable(current.get(new Spot(vni, address)))
              .ifPresent(macs -> macs.add(location.mac()));
        }
      }
    }
    boolean changed = false;
    for (Map.Entry<LocalPort.Key, Card> card : cards.entrySet()) {
      changed |=
          card.getValue()
              .heard()
              .keySet()
              .removeIf(
                  address ->
                      givesWay(
                          new Spot(card.getValue().vni(), address),
                          card.getKey().mac(),
                          current,
                          now));
    }
    rivals = current;
    return changed;
  }

  /** What is told of an address when it is new here was claimed before. */
  private boolean givesWay(
      Spot spot, MacAddress mac, Map<Spot, Set<MacAddress>> current, long now) {
    Set<MacAddress> known = rivals.get(spot);
    if (known == null) {
      return false;
    }
    Optional<MacAddress> rival =
        current.get(spot).stream()
            .filter(other -> !other.equals(mac) && !known.contains(other))
            .findFirst();
    rival.ifPresent(other -> givenAway.put(spot, new Given(other, now)));
    return rival.isPresent();
  }

  /** The addresses that a card here has got back from one elsewhere, not long ago. */
  public List<Contest> contests() {
    return List.copyOf(contests.values());
  }

  /**
   * Forgets what is over: cards that are gone or have moved to another network, and addresses that
   * were not heard of for {@link #KEPT}.
   *
   * @param present those of which something is to be known
   * @return whether that changed any addresses
   */
  public boolean retain(Collection<LocalPort> present, long now) {
    Map<LocalPort.Key, List<IpAddress>> before = all();
    Map<LocalPort.Key, Vni> networks =
        present.stream().collect(Collectors.toMap(LocalPort::key, LocalPort::vni, (a, b) -> a));
    cards.entrySet().removeIf(card -> !card.getValue().vni().equals(networks.get(card.getKey())));
    cards.values().forEach(card -> card.heard().values().removeIf(last -> now - last >= KEPT));
    givenAway.values().removeIf(given -> now - given.at() >= STEADY);
    contests
        .values()
        .removeIf(contest -> now - contest.at() >= STEADY || !networks.containsKey(contest.card()));
    return !before.equals(all());
  }

  /** The addresses of a card, ascending. */
  public List<IpAddress> of(LocalPort.Key card) {
    return Optional.ofNullable(cards.get(card))
        .map(known -> List.copyOf(known.heard().keySet()))
        .orElse(List.of());
  }

  /** The addresses of all cards that have some. */
  public Map<LocalPort.Key, List<IpAddress>> all() {
    return Set.copyOf(cards.keySet()).stream()
        .filter(key -> !of(key).isEmpty())
        .collect(Collectors.toMap(key -> key, this::of));
  }
}

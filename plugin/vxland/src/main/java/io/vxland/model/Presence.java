package io.vxland.model;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What is true of a host, for the others to know.
 *
 * @param networks those it has
 * @param cards the cards that are here, not those that are still on their way or have left
 */
public record Presence(SortedSet<Vni> networks, SortedMap<Card, Holder> cards) {
  /** Nothing. */
  public static final Presence NONE = new Presence(new TreeSet<>(), new TreeMap<>());

  /** A card in a network. */
  public record Card(Vni vni, MacAddress mac) implements Comparable<Card> {
    @Override
    public int compareTo(Card other) {
      int byNetwork = vni.compareTo(other.vni);
      return byNetwork != 0 ? byNetwork : mac.compareTo(other.mac);
    }
  }

  /**
   * Whose a card is.
   *
   * @param domain the VM
   * @param vm its name, for people
   * @param addresses of the card, ascending
   * @param named whether an administrator names the addresses; else a guest was seen to use them
   */
  public record Holder(UUID domain, String vm, List<IpAddress> addresses, boolean named) {
    /** With addresses that nobody has named. */
    public Holder(UUID domain, String vm, List<IpAddress> addresses) {
      this(domain, vm, addresses, false);
    }

    /** Sorts the addresses. */
    public Holder {
      addresses = addresses.stream().sorted().distinct().toList();
    }
  }

  /** Copies both. */
  public Presence {
    networks = Collections.unmodifiableSortedSet(new TreeSet<>(networks));
    cards = Collections.unmodifiableSortedMap(new TreeMap<>(cards));
  }
}

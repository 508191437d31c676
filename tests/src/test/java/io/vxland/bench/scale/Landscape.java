package io.vxland.bench.scale;

import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Hosts, networks and cards. Host 0 is the real one: it has the first networks, and no card here.
 *
 * @param real the real host's VTEP
 * @param hosts how many hosts, the real one among them
 * @param members per network, its hosts
 * @param cards the cards of all other hosts
 */
record Landscape(Vtep real, int hosts, List<List<Integer>> members, List<Card> cards) {
  private static final int FIRST_VNI = 10_001;
  private static final int MOST_OF_A_NETWORK = 250;

  /**
   * A card.
   *
   * @param number of all cards
   * @param network the number of its network
   * @param host the number of its host at the beginning
   * @param address its only one
   */
  record Card(int number, int network, int host, IpAddress address) {
    Vni vni() {
      return Landscape.vni(network);
    }

    MacAddress mac() {
      return new MacAddress(0x5254_0000_0000L | number);
    }

    UUID domain() {
      return new UUID(0x5678_9abc_def0_4000L, 0x8000_0000_0000_0000L | number);
    }

    String vm() {
      return "guest-" + number;
    }
  }

  static Vni vni(int network) {
    return new Vni(FIRST_VNI + network);
  }

  /** 10.64.0.0/10 has those that are not there. */
  Vtep vtep(int host) {
    return host == 0 ? real : new Vtep(new IpAddress(IpAddress.Family.V4, 0, 0x0A40_0000L + host));
  }

  static String name(int host) {
    return "sim" + host + ".example.org";
  }

  /**
   * Spreads them evenly: each host has so many networks, and all have about the same number of
   * cards, in each of their networks the same.
   *
   * @param each how many networks a host has
   */
  static Landscape of(Vtep real, int hosts, int networks, int ports, int each, long seed) {
    Random random = new Random(seed);
    List<List<Integer>> members = new ArrayList<>();
    for (int network = 0; network < networks; network++) {
      members.add(new ArrayList<>());
    }
    List<Integer> size = new ArrayList<>(Collections.nCopies(networks, 1));
    List<Card> cards = new ArrayList<>();
    for (int host = 0; host < hosts; host++) {
      List<Integer> its = new ArrayList<>(networksOf(host, networks, each, random));
      for (int network : its) {
        members.get(network).add(host);
      }
      int until = host == 0 ? 0 : (int) ((long) ports * host / (hosts - 1));
      for (int i = 0; cards.size() < until; i++) {
        int network = its.get(i % its.size());
        int last = size.get(network) + 1;
        if (last > MOST_OF_A_NETWORK) {
          throw new IllegalArgumentException("network " + network + " has too many cards");
        }
        size.set(network, last);
        cards.add(new Card(cards.size(), network, host, address(network, last)));
      }
    }
    return new Landscape(real, hosts, members, cards);
  }

  private static Set<Integer> networksOf(int host, int networks, int each, Random random) {
    Set<Integer> its = new TreeSet<>();
    for (int i = 0; its.size() < each; i++) {
      its.add(host == 0 ? i : random.nextInt(networks));
    }
    return its;
  }

  /** Of 10.128.0.0/9; the first of each network is the real host's own. */
  private static IpAddress address(int network, int last) {
    return new IpAddress(IpAddress.Family.V4, 0, 0x0A80_0000L + ((long) network << 8) + last);
  }

  /** Whether the real host has a network. */
  boolean isHere(int network) {
    return members.get(network).get(0) == 0;
  }

  /** How many other hosts the replication lists of the real host have in all. */
  long replicas() {
    return members.stream()
        .filter(hosts -> !hosts.isEmpty() && hosts.get(0) == 0)
        .mapToLong(hosts -> hosts.size() - 1)
        .sum();
  }

  /** How many cards of others there are in the networks of the real host. */
  long placed() {
    return cards.stream().filter(card -> isHere(card.network())).count();
  }
}

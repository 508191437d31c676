package io.vxland.directory;

import io.vxland.model.MacAddress;
import io.vxland.model.NetworkName;
import io.vxland.model.Registry;
import io.vxland.model.SharedNetwork;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A copy of the store, as far as it has been read. Not thread-safe.
 *
 * <p>A host whose lease has ended is gone from that moment on; what it has said counts until nobody
 * believes any more that it comes back. Times are nanoseconds of one monotonic clock.
 */
public final class Directory {
  private static final Comparator<Stored> BY_SEQUENCE =
      Comparator.comparingLong((Stored stored) -> ((Entry.Port) stored.entry()).sequence())
          .thenComparing(stored -> ((Entry.Port) stored.entry()).vtep(), Comparator.reverseOrder());

  private final Map<Key, Stored> all = new HashMap<>();
  private final Map<Vtep, Entry.Host> alive = new HashMap<>();
  private final Map<Vtep, Long> goneSince = new HashMap<>();

  /** Most cards are claimed once; the claim that counts is the last. */
  private final Map<Vni, Map<MacAddress, List<Stored>>> claims = new HashMap<>();

  private final Map<Vni, Set<Vtep>> members = new HashMap<>();
  private final Map<NetworkName, Entry.Network> networks = new HashMap<>();
  private final Map<Vni, NetworkName> owners = new HashMap<>();
  private final Map<Vtep, Set<Key>> byHost = new HashMap<>();

  /** What the store had once and a host has not said again yet, with the time of the loss. */
  private final Map<Key, Long> remembered = new HashMap<>();

  /** Networks of which the store, restored from an old copy, still says that they are deleted. */
  private final Set<Key> revived = new HashSet<>();

  /**
   * All that the store has at a revision, read part by part. What is read counts at once; what was
   * not read by the end is gone.
   */
  public final class Reading {
    private final Set<Key> missing = new HashSet<>(all.keySet());
    private boolean older;

    private Reading() {}

    /** Takes in a part. */
    public void take(Collection<Stored> some) {
      for (Stored stored : some) {
        Key key = stored.entry().key();
        missing.remove(key);
        older |= stored.revision() < revision(key);
        boolean revives = isRevived(stored);
        put(stored);
        if (revives) {
          revived.add(key);
        }
      }
    }

    /**
     * Whether a store that has no more than was read cannot be the one that was read before, only
     * grown older: a key's revision never falls, and what a host has said of itself nobody else
     * takes away.
     */
    public boolean isBehind(Vtep self) {
      return older
          || missing.stream()
              .anyMatch(
                  key -> key.owner().equals(Optional.of(self)) && !remembered.containsKey(key));
    }

    /**
     * Everything was read.
     *
     * @param forgetful whether the store has lost what it once had: it was wiped, or restored from
     *     an old copy. What other hosts have said is then kept as if they were away, for they say
     *     it again.
     */
    public void end(Vtep self, boolean forgetful, long now) {
      for (Key key : missing) {
        boolean own = key.owner().equals(Optional.of(self));
        if (forgetful && key.owner().isPresent() && !own && !(key instanceof Key.Host)) {
          get(key).ifPresent(stored -> put(new Stored(stored.entry(), 0, stored.since())));
          remembered.put(key, now);
        } else {
          remove(key, now);
        }
      }
      // Of a host that nobody has seen alive it is not known since when it is gone.
      byHost.keySet().stream()
          .filter(host -> !alive.containsKey(host))
          .forEach(host -> goneSince.putIfAbsent(host, now));
    }
  }

  /** Begins to read anew. Nothing else changes the directory meanwhile. */
  public Reading reading() {
    return new Reading();
  }

  /** It was defined anew after that copy was made. */
  private boolean isRevived(Stored stored) {
    return stored.entry() instanceof Entry.Network old
        && old.deleted()
        && get(old.key())
            .filter(known -> known.revision() > stored.revision())
            .filter(known -> !((Entry.Network) known.entry()).deleted())
            .isPresent();
  }

  /** Takes in an entry that is new or was changed, or is said again. */
  public void put(Stored news) {
    Entry entry = news.entry();
    Key key = entry.key();
    remembered.remove(key);
    Optional<Stored> same = get(key).filter(before -> before.entry().equals(entry));
    if (same.filter(before -> before.revision() == news.revision()).isPresent()) {
      return;
    }
    revived.remove(key);
    Stored stored =
        same.map(before -> new Stored(entry, news.revision(), before.since())).orElse(news);
    all.put(key, stored);
    if (entry instanceof Entry.Host host) {
      alive.put(host.vtep(), host);
      goneSince.remove(host.vtep());
    } else if (entry instanceof Entry.Port port) {
      Map<MacAddress, List<Stored>> network =
          claims.computeIfAbsent(port.vni(), vni -> new HashMap<>());
      network.put(port.mac(), with(stored, network.getOrDefault(port.mac(), List.of())));
      belongs(port.vtep(), key);
    } else if (entry instanceof Entry.Member member) {
      members.computeIfAbsent(member.vni(), vni -> new HashSet<>()).add(member.vtep());
      belongs(member.vtep(), key);
    } else if (entry instanceof Entry.Network network) {
      networks.put(network.network().name(), network);
    } else if (entry instanceof Entry.Allocation allocation) {
      owners.put(allocation.vni(), allocation.network());
    }
  }

  private static List<Stored> with(Stored claim, List<Stored> rivals) {
    if (rivals.isEmpty()) {
      return List.of(claim);
    }
    List<Stored> all = new ArrayList<>(without(((Entry.Port) claim.entry()).vtep(), rivals));
    all.add(claim);
    all.sort(BY_SEQUENCE);
    return List.copyOf(all);
  }

  private static List<Stored> without(Vtep host, List<Stored> claims) {
    return claims.stream()
        .filter(claim -> !((Entry.Port) claim.entry()).vtep().equals(host))
        .toList();
  }

  private void belongs(Vtep host, Key key) {
    byHost.computeIfAbsent(host, vtep -> new HashSet<>()).add(key);
  }

  /** Takes in that a key was removed. */
  public void remove(Key key, long now) {
    remembered.remove(key);
    if (all.remove(key) == null) {
      return;
    }
    if (key instanceof Key.Host host) {
      alive.remove(host.vtep());
      goneSince.put(host.vtep(), now);
    } else if (key instanceof Key.Port port) {
      claims
          .get(port.vni())
          .computeIfPresent(
              port.mac(),
              (mac, rivals) -> {
                List<Stored> left = without(port.vtep(), rivals);
                return left.isEmpty() ? null : List.copyOf(left);
              });
      belongsNoMore(port.vtep(), key);
    } else if (key instanceof Key.Member member) {
      members.get(member.vni()).remove(member.vtep());
      belongsNoMore(member.vtep(), key);
    } else if (key instanceof Key.Network network) {
      networks.remove(network.name());
    } else if (key instanceof Key.Allocation allocation) {
      owners.remove(allocation.vni());
    }
  }

  private void belongsNoMore(Vtep host, Key key) {
    Set<Key> keys = byHost.get(host);
    keys.remove(key);
    if (keys.isEmpty()) {
      byHost.remove(host);
      if (!alive.containsKey(host)) {
        goneSince.remove(host);
      }
    }
  }

  /** Lets go of what the store lost before a time and nobody has said again. */
  public void forget(long before, long now) {
    List.copyOf(remembered.entrySet()).stream()
        .filter(entry -> entry.getValue() - before < 0)
        .forEach(entry -> remove(entry.getKey(), now));
  }

  /** What is stored under a key. */
  public Optional<Stored> get(Key key) {
    return Optional.ofNullable(all.get(key));
  }

  /** The revision of a key, 0 if there is no such key. */
  public long revision(Key key) {
    return get(key).map(Stored::revision).orElse(0L);
  }

  /** What a host has said of itself, but that it lives. */
  public Set<Key> of(Vtep host) {
    return Collections.unmodifiableSet(byHost.getOrDefault(host, Set.of()));
  }

  /** The hosts that live. */
  public Map<Vtep, Entry.Host> alive() {
    return Collections.unmodifiableMap(alive);
  }

  /** Since when hosts of which there still is something are gone. */
  public Map<Vtep, Long> goneSince() {
    return Collections.unmodifiableMap(goneSince);
  }

  /** The hosts that have a network, also those that are gone. */
  public Set<Vtep> members(Vni vni) {
    return Collections.unmodifiableSet(members.getOrDefault(vni, Set.of()));
  }

  /** The networks that all hosts have or had, and whose a VNI is. */
  public Registry registry() {
    Map<NetworkName, SharedNetwork> defined = new HashMap<>();
    Map<NetworkName, SharedNetwork> deleted = new HashMap<>();
    networks.forEach(
        (name, entry) -> {
          if (!revived.contains(entry.key())) {
            (entry.deleted() ? deleted : defined).put(name, entry.network());
          }
        });
    return new Registry(defined, deleted, owners);
  }

  /** The cards of a network. */
  public Set<MacAddress> cards(Vni vni) {
    return Collections.unmodifiableSet(claims.getOrDefault(vni, Map.of()).keySet());
  }

  /** All claims to a card, the one that counts last. */
  public List<Stored> claims(Vni vni, MacAddress mac) {
    return claims.getOrDefault(vni, Map.of()).getOrDefault(mac, List.of());
  }
}

package io.vxland.directory;

import io.vxland.directory.Write.Condition;
import io.vxland.model.Presence;
import io.vxland.model.Presence.Card;
import io.vxland.model.Presence.Holder;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a host has to write so that the directory says of it what is true. It remembers which cards
 * were away since they were claimed: of those it may claim again what another host claims, too. Not
 * thread-safe.
 */
public final class Publisher {
  /** How long a card's last place stays when nobody says yet that he has it: nanoseconds. */
  public static final long LINGER = 10_000_000_000L;

  /** How long two hosts may claim a card before that is a trouble: nanoseconds. */
  public static final long RIVAL = 3_000_000_000L;

  private final Map<Key.Port, Long> awaySince = new HashMap<>();

  /** What is to be written now; nothing if all is well. */
  public List<Write> writes(Belief belief, Presence truth) {
    List<Write> writes = new ArrayList<>();
    Set<Key> own = new HashSet<>(belief.directory().of(belief.self()));
    for (Vni vni : truth.networks()) {
      Entry.Member member = new Entry.Member(belief.self(), vni);
      if (!own.remove(member.key())) {
        writes.add(put(member, 0));
      }
    }
    truth.cards().forEach((card, holder) -> claim(belief, card, holder).ifPresent(writes::add));
    for (Key key : own) {
      if (key instanceof Key.Member) {
        writes.add(delete(belief.directory(), key));
      } else if (key instanceof Key.Port port
          && !truth.cards().containsKey(new Card(port.vni(), port.mac()))
          && isOver(belief, port)) {
        writes.add(giveUp(belief.directory(), port));
      }
    }
    awaySince.keySet().retainAll(own);
    return writes;
  }

  /** When something is to be written only because time has passed; empty if nothing is. */
  public Optional<Long> deadline() {
    return awaySince.values().stream().map(since -> since + LINGER).min(Long::compare);
  }

  private Optional<Write> claim(Belief belief, Card card, Holder holder) {
    Vtep self = belief.self();
    Key.Port key = new Key.Port(self, card.vni(), card.mac());
    Optional<Stored> mine = belief.directory().get(key);
    Optional<Stored> owner = belief.owner(card.vni(), card.mac());
    boolean lost = owner.map(Stored::entry).filter(entry -> !entry.key().equals(key)).isPresent();
    // A claim may be refused because others were quicker: it came back until it has been heard.
    boolean cameBack = lost ? awaySince.containsKey(key) : awaySince.remove(key) != null;
    if (mine.isEmpty() || (cameBack && lost)) {
      Directory directory = belief.directory();
      Key.Sequence sequence = new Key.Sequence(card.vni(), card.mac());
      long next = Math.max(number(directory, sequence), number(owner)) + 1;
      return Optional.of(
          new Write(
              List.of(
                  new Condition(key, mine.map(Stored::revision).orElse(0L)),
                  new Condition(sequence, directory.revision(sequence))),
              List.of(port(key, holder, next), new Entry.Sequence(card.vni(), card.mac(), next)),
              List.of()));
    }
    Entry.Port said = (Entry.Port) mine.get().entry();
    Entry.Port right = port(key, holder, said.sequence());
    return said.equals(right) ? Optional.empty() : Optional.of(put(right, mine.get().revision()));
  }

  private static long number(Directory directory, Key.Sequence key) {
    return directory.get(key).map(there -> ((Entry.Sequence) there.entry()).number()).orElse(0L);
  }

  private static long number(Optional<Stored> claim) {
    return claim.map(there -> ((Entry.Port) there.entry()).sequence()).orElse(0L);
  }

  private static Entry.Port port(Key.Port key, Holder holder, long sequence) {
    return new Entry.Port(
        key.vtep(),
        key.vni(),
        key.mac(),
        sequence,
        holder.domain(),
        holder.vm(),
        holder.addresses(),
        holder.named());
  }

  /** Another host has it by now, or nobody came for it. */
  private boolean isOver(Belief belief, Key.Port key) {
    long since = awaySince.computeIfAbsent(key, any -> belief.now());
    boolean lost =
        belief
            .owner(key.vni(), key.mac())
            .filter(stored -> !stored.entry().key().equals(key))
            .isPresent();
    return lost || belief.now() - since >= LINGER;
  }

  private static Write put(Entry entry, long revision) {
    return new Write(List.of(new Condition(entry.key(), revision)), List.of(entry), List.of());
  }

  /** The last that has claimed a card takes its sequence along. */
  private static Write giveUp(Directory directory, Key.Port key) {
    Key.Sequence sequence = new Key.Sequence(key.vni(), key.mac());
    if (directory.claims(key.vni(), key.mac()).size() > 1 || directory.get(sequence).isEmpty()) {
      return delete(directory, key);
    }
    return new Write(
        List.of(
            new Condition(key, directory.revision(key)),
            new Condition(sequence, directory.revision(sequence))),
        List.of(),
        List.of(key, sequence));
  }

  private static Write delete(Directory directory, Key key) {
    return new Write(List.of(new Condition(key, directory.revision(key))), List.of(), List.of(key));
  }

  /** Which of this host's cards another host has by the directory, although they are here. */
  public static SortedMap<Card, Entry.Port> disputes(Belief belief, Presence truth) {
    SortedMap<Card, Entry.Port> disputes = new TreeMap<>();
    for (Card card : truth.cards().keySet()) {
      belief
          .owner(card.vni(), card.mac())
          .map(stored -> (Entry.Port) stored.entry())
          .filter(port -> !port.vtep().equals(belief.self()))
          .ifPresent(port -> disputes.put(card, port));
    }
    return disputes;
  }

  /**
   * Which of this host's cards another host still claims, although this one has claimed them since.
   * A host that a VM has left takes its claim back within a moment, unless it is gone itself.
   */
  public static SortedMap<Card, Entry.Port> rivals(Belief belief, Presence truth) {
    SortedMap<Card, Entry.Port> rivals = new TreeMap<>();
    for (Card card : truth.cards().keySet()) {
      List<Stored> claims = belief.directory().claims(card.vni(), card.mac());
      Vtep self = belief.self();
      if (claims.size() > 1
          && host(claims.get(claims.size() - 1)).equals(self)
          && belief.now() - claims.get(claims.size() - 1).since() >= RIVAL) {
        claims.stream()
            .filter(claim -> !host(claim).equals(self))
            .filter(claim -> !belief.directory().goneSince().containsKey(host(claim)))
            .forEach(claim -> rivals.put(card, (Entry.Port) claim.entry()));
      }
    }
    return rivals;
  }

  private static Vtep host(Stored claim) {
    return ((Entry.Port) claim.entry()).vtep();
  }
}

package io.vxland.control.etcd;

import io.vxland.control.ControlPlane.Host;
import io.vxland.control.ControlPlane.Move;
import io.vxland.control.ControlPlane.Said;
import io.vxland.control.ControlPlane.Trouble;
import io.vxland.control.RegistryException;
import io.vxland.control.etcd.EtcdRegistry.Errand;
import io.vxland.directory.Belief;
import io.vxland.directory.Directory;
import io.vxland.directory.Entry;
import io.vxland.directory.EntryText;
import io.vxland.directory.Key;
import io.vxland.directory.Names;
import io.vxland.directory.Publisher;
import io.vxland.directory.Stored;
import io.vxland.directory.Write;
import io.vxland.model.InvalidValueException;
import io.vxland.model.Knowledge;
import io.vxland.model.Location;
import io.vxland.model.Presence;
import io.vxland.model.Presence.Card;
import io.vxland.model.Registry;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What has been read of etcd, how well it is heard, and what this host has to say. The thread that
 * talks to etcd writes it, others read it. Thread-safe.
 */
final class EtcdCopy {
  /** Most keys that are named as not understood. */
  private static final int MAX_REFUSED = 100;

  private final String prefix;
  private final Vtep self;
  private final Duration grace;
  private final Duration catchUp;

  private final Directory directory = new Directory();
  private final Names names = new Names();
  private final Publisher publisher = new Publisher();
  private final Map<String, String> refused = new TreeMap<>();
  private Optional<Presence> truth = Optional.empty();
  private boolean complete;
  private String trouble = "";
  private boolean connected;
  private long connectedAt;
  private long heardAt;
  private long revision;
  private long cluster;
  private Set<Card> rivals = Set.of();
  private long rivalsAt = System.nanoTime();

  /**
   * Creates an empty one.
   *
   * @param prefix before all keys, for messages
   * @param grace how long one believes that a host comes back
   * @param catchUp how long after a connection other hosts may need to say what they could not
   */
  EtcdCopy(String prefix, Vtep self, Duration grace, Duration catchUp) {
    this.prefix = prefix;
    this.self = self;
    this.grace = grace;
    this.catchUp = catchUp;
  }

  private Belief belief() {
    return new Belief(directory, self, System.nanoTime(), grace.toNanos());
  }

  synchronized Knowledge knowledge(Set<Vni> networks, Set<Vni> replicated) {
    return complete ? belief().knowledge(networks, replicated) : Knowledge.NOTHING_YET;
  }

  synchronized List<Said> said(Set<Vni> networks, Set<Vni> replicated, String source) {
    Belief belief = belief();
    return complete
        ? belief.told(networks, replicated).stream()
            .map(stored -> said(stored, source, belief.now()))
            .toList()
        : List.of();
  }

  private static Said said(Stored stored, String source, long now) {
    Optional<Duration> age = Optional.of(Duration.ofNanos(now - stored.since()));
    if (stored.entry() instanceof Entry.Port port) {
      return new Said(port.vni(), Optional.of(port.mac()), port.vtep(), source, age);
    }
    Entry.Member member = (Entry.Member) stored.entry();
    return new Said(member.vni(), Optional.empty(), member.vtep(), source, age);
  }

  synchronized Optional<Registry> registry() {
    return complete ? Optional.of(directory.registry()) : Optional.empty();
  }

  synchronized Optional<String> trouble() {
    return trouble.isEmpty() ? Optional.empty() : Optional.of(trouble);
  }

  synchronized boolean isCurrent() {
    return connected && System.nanoTime() - connectedAt >= catchUp.toNanos();
  }

  synchronized Optional<Duration> silence() {
    return complete ? Optional.of(Duration.ofNanos(System.nanoTime() - heardAt)) : Optional.empty();
  }

  synchronized List<Host> hosts(String source) {
    return belief().hosts().stream()
        .map(
            host ->
                new Host(
                    host.vtep(),
                    host.name(),
                    source,
                    Optional.of(host.alive()),
                    Duration.ofNanos(host.gone())))
        .toList();
  }

  synchronized List<Trouble> troubles() {
    List<Trouble> troubles = new ArrayList<>();
    if (!trouble.isEmpty()) {
      troubles.add(
          new Trouble(
              "etcd",
              trouble,
              (complete ? "what is known stays in force" : "nothing is removed until then")
                  + "; vxland tries again"));
    }
    refused.entrySet().stream()
        .findFirst()
        .ifPresent(first -> troubles.add(notUnderstood(first.getKey(), first.getValue())));
    truth.ifPresent(
        here -> {
          Publisher.disputes(belief(), here)
              .forEach(
                  (card, rival) ->
                      troubles.add(
                          dispute(
                              card, here, rival, "has claimed it since", rival.vtep().toString())));
          Publisher.rivals(belief(), here)
              .forEach(
                  (card, rival) ->
                      troubles.add(dispute(card, here, rival, "claims it, too", "this host")));
        });
    return troubles;
  }

  private Trouble notUnderstood(String key, String reason) {
    return new Trouble(
        "etcd",
        refused.size()
            + (refused.size() < MAX_REFUSED ? "" : " or more")
            + " keys are not understood, such as "
            + prefix
            + Key.SCHEMA
            + "/"
            + key
            + ": "
            + reason,
        "correct them on the host that wrote them, or delete them with: etcdctl del");
  }

  private static Trouble dispute(
      Card card, Presence here, Entry.Port rival, String claims, String winner) {
    return new Trouble(
        "VM '" + here.cards().get(card).vm() + "'",
        card.mac()
            + " of VNI "
            + card.vni()
            + " is on this host, but VM '"
            + rival.vm()
            + "' at "
            + rival.vtep()
            + ' '
            + claims,
        "other hosts send to "
            + winner
            + "; give one of the two VMs another MAC address, or stop it");
  }

  /** What is true of this host from now on; returns whether that is news. */
  synchronized boolean publish(Presence now) {
    boolean news = !truth.equals(Optional.of(now));
    truth = Optional.of(now);
    return news;
  }

  /** What this host has to write. */
  synchronized List<Write> writes() {
    return truth.map(now -> publisher.writes(belief(), now)).orElse(List.of());
  }

  /** What an errand has to write. */
  synchronized Optional<Write> next(Errand errand) throws RegistryException {
    return errand.next(directory);
  }

  /** There is a connection, and everything was read by it. */
  synchronized void connected() {
    trouble = "";
    connected = true;
    connectedAt = System.nanoTime();
    heardAt = connectedAt;
    complete = true;
  }

  /** etcd has said something. */
  synchronized void heard() {
    heardAt = System.nanoTime();
  }

  /**
   * There is no connection (any more).
   *
   * @return whether that, or the reason, is news
   */
  synchronized boolean lost(String reason) {
    boolean news = !trouble.equals(reason);
    connected = false;
    trouble = reason;
    return news;
  }

  /**
   * Time has passed.
   *
   * @param since how long ago this was called last
   * @return whether anything is different by that: a host that was believed may be so no more
   */
  synchronized boolean tick(Duration since) {
    long now = System.nanoTime();
    long over = now - grace.toNanos();
    directory.forget(over, now);
    if (truth.isPresent() && now - rivalsAt >= Publisher.RIVAL) {
      rivalsAt = now;
      Set<Card> standing = Publisher.rivals(belief(), truth.get()).keySet();
      if (!standing.equals(rivals)) {
        rivals = Set.copyOf(standing);
        return true;
      }
    }
    return isWithin(now - connectedAt - catchUp.toNanos(), since)
        || directory.goneSince().values().stream().anyMatch(gone -> isWithin(over - gone, since));
  }

  /** Whether that is how long ago something was to happen. A little more than once is no harm. */
  private static boolean isWithin(long ago, Duration since) {
    return ago >= 0 && ago < 2 * since.toNanos();
  }

  /** All that there is, which comes in parts. */
  final class Reading {
    private final Directory.Reading into = directory.reading();

    private Reading() {}

    /** Takes in a part. */
    void take(List<EtcdStore.Item> some) {
      synchronized (EtcdCopy.this) {
        into.take(some.stream().flatMap(item -> read(item).stream()).toList());
      }
    }

    /** That was all. */
    void end(EtcdStore.Moment moment) {
      synchronized (EtcdCopy.this) {
        boolean other = cluster != 0 && cluster != moment.cluster();
        boolean forgetful = other || moment.revision() < revision || into.isBehind(self);
        into.end(self, forgetful, System.nanoTime());
        revision = moment.revision();
        cluster = moment.cluster();
      }
    }
  }

  /** Begins to read everything. */
  synchronized Reading reading() {
    refused.clear();
    return new Reading();
  }

  /**
   * What changes are to this host. Of a hundred thousand cards few are in its networks; where the
   * others go is kept for the day on which it gets theirs.
   *
   * @param known whether it knows something else of others by them, besides the moves
   * @param said whether they may have to do with what it says itself
   * @param moves which cards went from one host to another
   */
  record News(boolean known, boolean said, List<Move> moves) {
    private static final News NONE = new News(false, false, List.of());
    private static final News ALL = new News(true, true, List.of());

    News {
      moves = List.copyOf(moves);
    }

    private News and(News other) {
      List<Move> all = new ArrayList<>(moves);
      all.addAll(other.moves);
      return new News(known || other.known, said || other.said, all);
    }
  }

  /** Takes in changes. */
  synchronized News take(long at, List<EtcdStore.Item> changes) {
    News news = News.NONE;
    for (EtcdStore.Item item : changes) {
      news = news.and(take(item));
    }
    revision = Math.max(revision, at);
    heardAt = System.nanoTime();
    return news;
  }

  private News take(EtcdStore.Item item) {
    boolean wasRefused = refused.remove(item.key()) != null;
    Optional<Key> key = key(item);
    Optional<Location> before = key.flatMap(this::place);
    if (item.gone()) {
      key.ifPresent(gone -> directory.remove(gone, System.nanoTime()));
    } else {
      read(item).ifPresent(directory::put);
    }
    if (wasRefused || refused.containsKey(item.key()) || key.isEmpty() || truth.isEmpty()) {
      return News.ALL;
    }
    Optional<Vni> network = network(key.get());
    boolean own = key.get().owner().equals(Optional.of(self));
    if (network.isPresent() && !own && !truth.get().networks().contains(network.get())) {
      return News.NONE;
    }
    boolean claim = key.get() instanceof Key.Port;
    Optional<Location> after = key.flatMap(this::place);
    if (claim && isMove(before, after)) {
      Move move = new Move(network.orElseThrow(), after.get().mac(), after.get().vtep());
      boolean same =
          before.get().addresses().equals(after.get().addresses())
              && before.get().named() == after.get().named();
      return new News(!same, true, List.of(move));
    }
    boolean known = own || !after.equals(before) || !(claim || key.get() instanceof Key.Sequence);
    return new News(known, true, List.of());
  }

  private static boolean isMove(Optional<Location> before, Optional<Location> after) {
    return before.isPresent()
        && after.isPresent()
        && !before.get().vtep().equals(after.get().vtep());
  }

  /** Of what a network's hosts only need to know. */
  private static Optional<Vni> network(Key key) {
    if (key instanceof Key.Port port) {
      return Optional.of(port.vni());
    } else if (key instanceof Key.Member member) {
      return Optional.of(member.vni());
    } else if (key instanceof Key.Sequence sequence) {
      return Optional.of(sequence.vni());
    }
    return Optional.empty();
  }

  private Optional<Location> place(Key key) {
    return key instanceof Key.Port port
        ? belief()
            .owner(port.vni(), port.mac())
            .map(stored -> ((Entry.Port) stored.entry()).location())
        : Optional.empty();
  }

  private Optional<Key> key(EtcdStore.Item item) {
    try {
      return Optional.of(Key.parse(item.key(), names));
    } catch (InvalidValueException notOurs) {
      return Optional.empty();
    }
  }

  private Optional<Stored> read(EtcdStore.Item item) {
    try {
      Entry entry = EntryText.read(Key.parse(item.key(), names), item.value().getBytes());
      return Optional.of(new Stored(entry, item.revision(), System.nanoTime()));
    } catch (InvalidValueException notOurs) {
      if (refused.size() < MAX_REFUSED) {
        refused.put(item.key(), notOurs.getMessage());
      }
      return Optional.empty();
    }
  }
}

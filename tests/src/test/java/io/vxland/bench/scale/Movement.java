package io.vxland.bench.scale;

import io.vxland.bench.scale.Landscape.Card;
import io.vxland.directory.Entry;
import io.vxland.directory.Key;
import io.vxland.directory.Write;
import io.vxland.directory.Write.Condition;
import io.vxland.model.Vtep;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;

/**
 * Lets cards go from host to host, as {@link io.vxland.directory.Publisher} has it: the new host
 * claims the card with the next sequence, then the old one, which has heard of it, gives it up.
 */
final class Movement {
  private final Landscape landscape;
  private final Store store;
  private final Random random = new Random(7);

  /** Of each card: its host, and what the store has of it. */
  private final int[] host;

  private final long[] sequence;
  private final long[] portRevision;
  private final long[] sequenceRevision;
  private final boolean[] underWay;
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();

  Movement(Landscape landscape, Store store) {
    this.landscape = landscape;
    this.store = store;
    int count = landscape.cards().size();
    host = landscape.cards().stream().mapToInt(Card::host).toArray();
    sequence = new long[count];
    portRevision = new long[count];
    sequenceRevision = new long[count];
    underWay = new boolean[count];
  }

  Entry.Port port(Card card) {
    return port(card, host[card.number()], sequence[card.number()] + 1);
  }

  private Entry.Port port(Card card, int at, long number) {
    return new Entry.Port(
        landscape.vtep(at),
        card.vni(),
        card.mac(),
        number,
        card.domain(),
        card.vm(),
        List.of(card.address()));
  }

  /** The store has this of a card. */
  synchronized void stored(Entry entry, long revision) {
    if (entry instanceof Entry.Port port) {
      int card = (int) port.mac().bits() & 0xFF_FFFF;
      portRevision[card] = revision;
    } else if (entry instanceof Entry.Sequence of) {
      int card = (int) of.mac().bits() & 0xFF_FFFF;
      sequence[card] = of.number();
      sequenceRevision[card] = revision;
    }
  }

  /**
   * One card of a network of these goes to another host.
   *
   * @param log gets {@code SECOND MAC VNI VTEP}, of the moment before the new host's claim is sent
   */
  void one(IntPredicate networks, PrintWriter log) {
    int number;
    int to;
    synchronized (this) {
      do {
        number = random.nextInt(host.length);
        List<Integer> members = landscape.members().get(landscape.cards().get(number).network());
        to = members.get(random.nextInt(members.size()));
      } while (underWay[number]
          || to == 0
          || to == host[number]
          || !networks.test(landscape.cards().get(number).network()));
      underWay[number] = true;
    }
    Card card = landscape.cards().get(number);
    Entry.Port claimed = port(card, to, sequence[number] + 1);
    Entry.Sequence next = new Entry.Sequence(card.vni(), card.mac(), claimed.sequence());
    Write claim =
        new Write(
            List.of(
                new Condition(claimed.key(), 0),
                new Condition(next.key(), sequenceRevision[number])),
            List.of(claimed, next),
            List.of());
    Key left = new Key.Port(landscape.vtep(host[number]), card.vni(), card.mac());
    Write leave =
        new Write(List.of(new Condition(left, portRevision[number])), List.of(), List.of(left));
    int goes = number;
    int comes = to;
    log(log, card, landscape.vtep(to));
    CompletableFuture<Long> unused =
        store
            .write(claim)
            .thenCompose(
                revision -> {
                  arrived(goes, comes, claimed, next, revision);
                  return store.write(leave);
                })
            .whenComplete((revision, failed) -> finished(goes, failed != null || revision == 0));
  }

  private static void log(PrintWriter log, Card card, Vtep to) {
    Instant now = Instant.now();
    String second =
        String.format(Locale.ROOT, "%d.%06d", now.getEpochSecond(), now.getNano() / 1000);
    log.println(second + " " + card.mac() + " " + card.vni() + " " + to);
  }

  private synchronized void arrived(
      int number, int at, Entry.Port port, Entry.Sequence next, long revision) {
    if (revision == 0) {
      throw new IllegalStateException("somebody else has claimed " + port.mac());
    }
    host[number] = at;
    stored(port, revision);
    stored(next, revision);
  }

  private synchronized void finished(int number, boolean failed) {
    underWay[number] = false;
    (failed ? refused : done).incrementAndGet();
    notifyAll();
  }

  /** Waits, no longer than ten seconds, until so many moves have come to an end in all. */
  synchronized void await(int count) throws InterruptedException {
    long end = System.nanoTime() + 10_000_000_000L;
    for (long left = end - System.nanoTime();
        done.get() + refused.get() < count && left > 0;
        left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  int done() {
    return done.get();
  }

  int refused() {
    return refused.get();
  }
}

package io.vxland.bench.scale;

import io.vxland.bench.scale.Landscape.Card;
import io.vxland.directory.Entry;
import io.vxland.model.Vtep;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The other hosts of tests/bench/scale: {@code ENDPOINT PREFIX VTEP HOSTS NETWORKS PORTS EACH}
 * fills etcd, and says {@code loaded KEYS SECONDS}, then {@code expect REPLICAS CARDS}, which the
 * host of that VTEP has to know. It keeps the hosts' lease until its standard input ends. A line
 * {@code moves RATE SECONDS here|elsewhere|all FILE} lets cards move, in networks of the real host,
 * in all but those, or in any; when that is over it says {@code moved DONE REFUSED LATE}.
 */
public final class ScaleLoader {
  private static final PrintStream OUT = System.out;

  private final Landscape landscape;
  private final Store store;
  private final Movement movement;

  private ScaleLoader(Landscape landscape, Store store) {
    this.landscape = landscape;
    this.store = store;
    this.movement = new Movement(landscape, store);
  }

  public static void main(String[] words)
      throws InterruptedException, ExecutionException, TimeoutException, IOException {
    Landscape landscape =
        Landscape.of(
            Vtep.parse(words[2]),
            number(words[3]),
            number(words[4]),
            number(words[5]),
            number(words[6]),
            1);
    try (Store store = new Store(words[0], words[1])) {
      new ScaleLoader(landscape, store).run();
    }
  }

  private static int number(String word) {
    return Integer.parseUnsignedInt(word);
  }

  private void run() throws InterruptedException, IOException {
    long from = System.nanoTime();
    AtomicInteger count = new AtomicInteger();
    store.fill(
        entries().iterator(),
        (entry, revision) -> {
          movement.stored(entry, revision);
          count.incrementAndGet();
        });
    OUT.printf(
        Locale.ROOT, "loaded %d %.1f%n", count.get(), (System.nanoTime() - from) / 1_000_000_000.0);
    OUT.printf("expect %d %d%n", landscape.replicas(), landscape.placed());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      move(number(words[1]), number(words[2]), words[3], Path.of(words[4]));
    }
  }

  /** The real host says itself what it has. */
  private Stream<Entry> entries() {
    Stream<Entry> hosts =
        IntStream.range(1, landscape.hosts())
            .mapToObj(host -> new Entry.Host(landscape.vtep(host), Landscape.name(host)));
    Stream<Entry> members =
        IntStream.range(0, landscape.members().size())
            .boxed()
            .flatMap(
                network ->
                    landscape.members().get(network).stream()
                        .filter(host -> host != 0)
                        .map(
                            host ->
                                new Entry.Member(landscape.vtep(host), Landscape.vni(network))));
    Stream<Entry> cards = landscape.cards().stream().flatMap(this::entries);
    return Stream.concat(Stream.concat(hosts, members), cards);
  }

  private Stream<Entry> entries(Card card) {
    return Stream.of(movement.port(card), new Entry.Sequence(card.vni(), card.mac(), 1));
  }

  private void move(int rate, int seconds, String where, Path file)
      throws InterruptedException, IOException {
    IntPredicate networks =
        switch (where) {
          case "here" -> landscape::isHere;
          case "elsewhere" -> network -> !landscape.isHere(network);
          default -> network -> true;
        };
    int before = movement.done();
    int refusedBefore = movement.refused();
    int wanted = rate * seconds;
    AtomicInteger begun = new AtomicInteger();
    long late;
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try (PrintWriter log =
        new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8), true)) {
      long from = System.nanoTime();
      ScheduledFuture<?> unused =
          clock.scheduleAtFixedRate(
              () -> {
                if (begun.get() < wanted) {
                  movement.one(networks, log);
                  begun.incrementAndGet();
                } else {
                  clock.shutdown();
                }
              },
              0,
              1_000_000_000L / rate,
              TimeUnit.NANOSECONDS);
      if (!clock.awaitTermination(seconds * 3L + 10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("only " + begun + " moves could be begun");
      }
      movement.await(before + refusedBefore + wanted);
      late = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from) - seconds * 1000L;
    }
    OUT.printf(
        "moved %d %d %d%n", movement.done() - before, movement.refused() - refusedBefore, late);
  }
}

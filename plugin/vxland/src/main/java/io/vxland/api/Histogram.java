package io.vxland.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How often durations of which length were seen.
 *
 * @param bounds the upper bounds of the buckets in seconds, inclusive, rising
 * @param counts how many fell into each bucket and into none before it; one more than bounds, the
 *     last for what is longer
 * @param sum of all durations in seconds
 */
public record Histogram(List<Double> bounds, List<Long> counts, double sum) {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there is not one count more than bounds, or bounds do not
   *     rise
   */
  public Histogram {
    bounds = List.copyOf(bounds);
    counts = List.copyOf(counts);
    if (counts.size() != bounds.size() + 1) {
      throw new IllegalArgumentException("a histogram has one count more than bounds");
    }
    for (int i = 1; i < bounds.size(); i++) {
      if (!(bounds.get(i - 1) < bounds.get(i))) {
        throw new IllegalArgumentException("the bounds of a histogram rise");
      }
    }
  }

  /** One that has seen nothing, with these bounds in seconds. */
  public static Histogram empty(double... bounds) {
    List<Double> all = new ArrayList<>();
    for (double bound : bounds) {
      all.add(bound);
    }
    return new Histogram(all, Collections.nCopies(bounds.length + 1, 0L), 0);
  }

  /** The same with one more duration in seconds. */
  public Histogram plus(double seconds) {
    int bucket = 0;
    while (bucket < bounds.size() && seconds > bounds.get(bucket)) {
      bucket++;
    }
    List<Long> more = new ArrayList<>(counts);
    more.set(bucket, more.get(bucket) + 1);
    return new Histogram(bounds, more, sum + seconds);
  }
}

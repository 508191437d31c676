package io.vxland.netlink4j.model;

import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is said about a device of a kind; what is not said is not there. Immutable, ordered by the
 * attributes' numbers.
 *
 * @param <K> the kind
 */
public final class Options<K> {
  private final SortedMap<Option<K, ?>, Object> values;

  private Options(SortedMap<Option<K, ?>, Object> values) {
    this.values = Collections.unmodifiableSortedMap(values);
  }

  /** Nothing said. */
  public static <K> Options<K> none() {
    return new Options<>(new TreeMap<>(Comparator.comparingInt(Option<K, ?>::type)));
  }

  /** These and one more, which replaces a former value. */
  public <T> Options<K> with(Option<K, T> option, T value) {
    return withChecked(option, value);
  }

  /**
   * These and one more, whose type is looked at now.
   *
   * @throws IllegalArgumentException if the value does not fit the option
   */
  public Options<K> withChecked(Option<K, ?> option, Object value) {
    SortedMap<Option<K, ?>, Object> more = new TreeMap<>(values);
    more.put(option, option.check(value));
    return new Options<>(more);
  }

  /** The value, if there is one. */
  public <T> Optional<T> get(Option<K, T> option) {
    Object value = values.get(option);
    return value == null ? Optional.empty() : Optional.of(option.check(value));
  }

  /** Whether a flag is there and true. */
  public boolean isOn(Option<K, Boolean> option) {
    return get(option).orElse(false);
  }

  /** All, ordered by number. */
  public Map<Option<K, ?>, Object> asMap() {
    return values;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Options<?> other && values.equals(other.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}

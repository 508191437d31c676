package io.vxland.ovsdb;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Columns of a row with their values. The accessors throw an {@link OvsdbException} that names the
 * column if it is not there, or holds something else than is asked for.
 */
public record Row(Map<String, Value> columns) {
  /** A row without columns. */
  public static final Row EMPTY = new Row(Map.of());

  public Row {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    columns.keySet().forEach(Names::require);
    if (columns.containsValue(null)) {
      throw new NullPointerException("a column without a value");
    }
  }

  /** This row with a column more, or another value in it. */
  public Row with(String column, Value value) {
    Map<String, Value> more = new LinkedHashMap<>(columns);
    more.put(column, value);
    return new Row(more);
  }

  /** This row with a column of one string. */
  public Row with(String column, String value) {
    return with(column, Atom.of(value));
  }

  /** Whether the column is there. */
  public boolean has(String column) {
    return columns.containsKey(column);
  }

  /** The value of a column. */
  public Value value(String column) throws OvsdbException {
    Value value = columns.get(column);
    if (value == null) {
      throw unlike(column, "it is not among " + columns.keySet());
    }
    return value;
  }

  /** The one string. */
  public String text(String column) throws OvsdbException {
    return one(column, "one string", Row::textOf);
  }

  /** The string if there is one. */
  public Optional<String> optionalText(String column) throws OvsdbException {
    return optional(column, "at most one string", Row::textOf);
  }

  /** The strings of a set. */
  public Set<String> texts(String column) throws OvsdbException {
    return set(column, "strings", Row::textOf);
  }

  /** The one integer. */
  public long integer(String column) throws OvsdbException {
    return one(column, "one integer", Row::integerOf);
  }

  /** The integer if there is one. */
  public Optional<Long> optionalInteger(String column) throws OvsdbException {
    return optional(column, "at most one integer", Row::integerOf);
  }

  /** The integers of a set. */
  public Set<Long> integers(String column) throws OvsdbException {
    return set(column, "integers", Row::integerOf);
  }

  /** The one real number. */
  public double real(String column) throws OvsdbException {
    return one(column, "one real number", Row::realOf);
  }

  /** The one boolean. */
  public boolean bool(String column) throws OvsdbException {
    return one(column, "one boolean", Row::boolOf);
  }

  /** The boolean if there is one. */
  public Optional<Boolean> optionalBool(String column) throws OvsdbException {
    return optional(column, "at most one boolean", Row::boolOf);
  }

  /** The one row that the column refers to; {@code _uuid} is this row's own. */
  public UUID uuid(String column) throws OvsdbException {
    return one(column, "one UUID", Row::uuidOf);
  }

  /** The row that the column refers to, if there is one. */
  public Optional<UUID> optionalUuid(String column) throws OvsdbException {
    return optional(column, "at most one UUID", Row::uuidOf);
  }

  /** The rows that the column refers to. */
  public Set<UUID> uuids(String column) throws OvsdbException {
    return set(column, "UUIDs", Row::uuidOf);
  }

  /** A map of strings, such as {@code options}. */
  public Map<String, String> textMap(String column) throws OvsdbException {
    return map(column, "a map of strings", Row::textOf, Row::textOf);
  }

  /** A map from integers to UUIDs, such as {@code queues} of QoS. */
  public Map<Long, UUID> uuidsByInteger(String column) throws OvsdbException {
    return map(column, "a map from integers to UUIDs", Row::integerOf, Row::uuidOf);
  }

  private static Optional<String> textOf(Atom atom) {
    return atom instanceof Atom.Text text ? Optional.of(text.value()) : Optional.empty();
  }

  private static Optional<Long> integerOf(Atom atom) {
    return atom instanceof Atom.Int integer ? Optional.of(integer.value()) : Optional.empty();
  }

  private static Optional<Double> realOf(Atom atom) {
    if (atom instanceof Atom.Int whole) {
      return Optional.of((double) whole.value());
    }
    return atom instanceof Atom.Real real ? Optional.of(real.value()) : Optional.empty();
  }

  private static Optional<Boolean> boolOf(Atom atom) {
    return atom instanceof Atom.Bool bool ? Optional.of(bool.value()) : Optional.empty();
  }

  private static Optional<UUID> uuidOf(Atom atom) {
    return atom instanceof Atom.Uuid uuid ? Optional.of(uuid.value()) : Optional.empty();
  }

  private <T> T one(String column, String wanted, Function<Atom, Optional<T>> reading)
      throws OvsdbException {
    return optional(column, wanted, reading)
        .orElseThrow(() -> unlike(column, wanted + " is wanted, and there is none"));
  }

  private <T> Optional<T> optional(
      String column, String wanted, Function<Atom, Optional<T>> reading) throws OvsdbException {
    Set<T> found = set(column, wanted, reading);
    if (found.size() > 1) {
      throw unlike(column, wanted + " is wanted, and there are " + found.size());
    }
    return found.stream().findFirst();
  }

  private <T> Set<T> set(String column, String wanted, Function<Atom, Optional<T>> reading)
      throws OvsdbException {
    Value value = value(column);
    Set<Atom> atoms;
    if (value instanceof SetValue set) {
      atoms = set.elements();
    } else if (value instanceof Atom atom) {
      atoms = Set.of(atom);
    } else {
      throw unlike(column, wanted, value);
    }
    Set<T> read = new LinkedHashSet<>();
    for (Atom atom : atoms) {
      read.add(reading.apply(atom).orElseThrow(() -> unlike(column, wanted, value)));
    }
    return Collections.unmodifiableSet(read);
  }

  private <K, V> Map<K, V> map(
      String column,
      String wanted,
      Function<Atom, Optional<K>> ofKey,
      Function<Atom, Optional<V>> ofValue)
      throws OvsdbException {
    Value value = value(column);
    // The empty set and the empty map cannot be told apart by type, and some servers' tools do not.
    if (value.equals(SetValue.EMPTY)) {
      return Map.of();
    }
    if (!(value instanceof MapValue map)) {
      throw unlike(column, wanted, value);
    }
    Map<K, V> read = new LinkedHashMap<>();
    for (Map.Entry<Atom, Atom> entry : map.entries().entrySet()) {
      read.put(
          ofKey.apply(entry.getKey()).orElseThrow(() -> unlike(column, wanted, value)),
          ofValue.apply(entry.getValue()).orElseThrow(() -> unlike(column, wanted, value)));
    }
    return Collections.unmodifiableMap(read);
  }

  private static OvsdbException unlike(String column, String wanted, Value value) {
    return unlike(column, wanted + " is wanted, and there is " + Quote.of(value.toString()));
  }

  private static OvsdbException unlike(String column, String words) {
    return new OvsdbException("read column " + Quote.of(column), words);
  }
}

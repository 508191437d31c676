package io.vxland.ovsdb;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A map from atoms of one type to atoms of one type.
 *
 * @param entries the pairs, in the order in which they are written
 */
public record MapValue(Map<Atom, Atom> entries) implements Value {
  /** The empty map. */
  public static final MapValue EMPTY = new MapValue(Map.of());

  public MapValue {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    Kind.requireOne(entries.keySet());
    Kind.requireOne(entries.values());
  }

  /** A map of strings, as {@code options} and {@code external_ids} are. */
  public static MapValue of(Map<String, String> entries) {
    Map<Atom, Atom> atoms = new LinkedHashMap<>();
    entries.forEach((key, value) -> atoms.put(Atom.of(key), Atom.of(value)));
    return new MapValue(atoms);
  }
}

package io.vxland.ovsdb;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A set of atoms of one type. An optional column is a set of none or one.
 *
 * @param elements the atoms, in the order in which they are written
 */
public record SetValue(Set<Atom> elements) implements Value {
  /** The empty set. */
  public static final SetValue EMPTY = new SetValue(Set.of());

  public SetValue {
    elements = Collections.unmodifiableSet(new LinkedHashSet<>(elements));
    Kind.requireOne(elements);
  }

  /** A set of these atoms. */
  public static SetValue of(Atom... atoms) {
    return new SetValue(new LinkedHashSet<>(Arrays.asList(atoms)));
  }

  /** A set of rows. */
  public static SetValue ofUuids(Collection<UUID> uuids) {
    return new SetValue(
        uuids.stream().map(Atom::of).collect(Collectors.toCollection(LinkedHashSet::new)));
  }
}

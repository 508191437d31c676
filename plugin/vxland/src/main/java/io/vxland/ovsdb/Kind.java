package io.vxland.ovsdb;

import java.util.Collection;

/** What the atoms of one set, or of one side of a map, have in common. */
enum Kind {
  TEXT,
  NUMBER,
  BOOLEAN,
  UUID;

  static Kind of(Atom atom) {
    if (atom instanceof Atom.Text) {
      return TEXT;
    } else if (atom instanceof Atom.Bool) {
      return BOOLEAN;
    } else if (atom instanceof Atom.Int || atom instanceof Atom.Real) {
      return NUMBER;
    }
    return UUID;
  }

  /** Refuses atoms that no column can hold together. */
  static void requireOne(Collection<Atom> atoms) {
    if (atoms.stream().map(Kind::of).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "atoms of one type are wanted: " + Quote.of(atoms.toString()));
    }
  }
}

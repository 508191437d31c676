package io.vxland.ovsdb;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;

/** A value that is not made of others (RFC 7047, 5.1: {@code <atom>}). */
public sealed interface Atom extends Value {
  /** A string, without U+0000 and without half surrogate pairs. */
  record Text(String value) implements Atom {
    public Text {
      if (value.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
        throw new IllegalArgumentException(
            "a string without U+0000 that is valid Unicode is wanted: " + Quote.of(value));
      }
    }
  }

  /** An integer of 64 bits. */
  record Int(long value) implements Atom {}

  /**
   * A finite real number. A server writes one that is whole as an integer, and it comes as {@link
   * Int}.
   */
  record Real(double value) implements Atom {
    public Real {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a finite number is wanted: " + value);
      }
    }
  }

  /** A boolean. */
  record Bool(boolean value) implements Atom {}

  /** The UUID of a row. */
  record Uuid(UUID value) implements Atom {
    public Uuid {
      Objects.requireNonNull(value);
    }
  }

  /** A row that the same transaction inserts, by its {@link Operation.Insert#uuidName}. */
  record Named(String name) implements Atom {
    public Named {
      Names.require(name);
    }
  }

  /** A string. */
  static Atom of(String value) {
    return new Text(value);
  }

  /** An integer. */
  static Atom of(long value) {
    return new Int(value);
  }

  /** A boolean. */
  static Atom of(boolean value) {
    return new Bool(value);
  }

  /** The UUID of a row. */
  static Atom of(UUID value) {
    return new Uuid(value);
  }
}

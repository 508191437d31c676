package io.vxland.ovsdb;

import java.util.Objects;
import java.util.UUID;

/**
 * What a row must fulfil (RFC 7047, 5.1: {@code <condition>}). Several of them must all hold; none
 * takes every row.
 */
public record Condition(String column, Function function, Value value) {
  /** How the column is compared with the value. */
  public enum Function {
    LESS("<"),
    AT_MOST("<="),
    EQUAL("=="),
    NOT_EQUAL("!="),
    AT_LEAST(">="),
    GREATER(">"),
    INCLUDES("includes"),
    EXCLUDES("excludes");

    private final String sign;

    Function(String sign) {
      this.sign = sign;
    }

    String sign() {
      return sign;
    }
  }

  public Condition {
    Names.require(column);
    Objects.requireNonNull(function);
    Objects.requireNonNull(value);
  }

  /** The column has this value. */
  public static Condition equal(String column, Value value) {
    return new Condition(column, Function.EQUAL, value);
  }

  /** The column has this string. */
  public static Condition equal(String column, String value) {
    return equal(column, Atom.of(value));
  }

  /** The one row of this UUID. */
  public static Condition row(UUID uuid) {
    return equal("_uuid", Atom.of(uuid));
  }
}

package io.vxland.ovsdb;

import java.util.Objects;

/** A change that depends on the value that is there (RFC 7047, 5.1: {@code <mutation>}). */
public record Mutation(String column, Mutator mutator, Value value) {
  /** How the value changes the column: arithmetic on numbers, the last two on sets and maps. */
  public enum Mutator {
    ADD("+="),
    SUBTRACT("-="),
    MULTIPLY("*="),
    DIVIDE("/="),
    MODULO("%="),
    INSERT("insert"),
    DELETE("delete");

    private final String sign;

    Mutator(String sign) {
      this.sign = sign;
    }

    String sign() {
      return sign;
    }
  }

  public Mutation {
    Names.require(column);
    Objects.requireNonNull(mutator);
    Objects.requireNonNull(value);
  }

  /** Puts elements into a set, or pairs into a map whose keys it does not have yet. */
  public static Mutation insert(String column, Value value) {
    return new Mutation(column, Mutator.INSERT, value);
  }

  /** Takes elements from a set; from a map the keys of a set, or the pairs of a map. */
  public static Mutation delete(String column, Value value) {
    return new Mutation(column, Mutator.DELETE, value);
  }

  /** Adds to a number. */
  public static Mutation add(String column, long value) {
    return new Mutation(column, Mutator.ADD, Atom.of(value));
  }
}

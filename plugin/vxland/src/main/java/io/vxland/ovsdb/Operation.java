package io.vxland.ovsdb;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One step of a transaction (RFC 7047, 5.2). */
public sealed interface Operation {
  /** The step in words, for messages. */
  String describe();

  /**
   * Reads rows. Its result is {@link Result.Rows}.
   *
   * @param columns what to read; empty for all columns, and {@code _uuid} and {@code _version}
   */
  record Select(String table, List<Condition> where, List<String> columns) implements Operation {
    public Select {
      Names.require(table);
      where = List.copyOf(where);
      columns = List.copyOf(columns);
      columns.forEach(Names::require);
    }

    @Override
    public String describe() {
      return "select from " + table;
    }
  }

  /**
   * Adds a row. Its result is {@link Result.Inserted}. A row of a table that is not a root, and
   * that no other row refers to, is gone at the end of the transaction.
   *
   * @param uuidName a name for {@link Atom.Named} in the same transaction
   */
  record Insert(String table, Row row, Optional<String> uuidName) implements Operation {
    public Insert {
      Names.require(table);
      Objects.requireNonNull(row);
      uuidName.ifPresent(Names::require);
    }

    @Override
    public String describe() {
      return "insert into " + table;
    }
  }

  /** Writes columns of rows. Its result is {@link Result.Count}. */
  record Update(String table, List<Condition> where, Row row) implements Operation {
    public Update {
      Names.require(table);
      where = List.copyOf(where);
      Objects.requireNonNull(row);
    }

    @Override
    public String describe() {
      return "update " + table;
    }
  }

  /** Changes columns of rows by what is there. Its result is {@link Result.Count}. */
  record Mutate(String table, List<Condition> where, List<Mutation> mutations)
      implements Operation {
    public Mutate {
      Names.require(table);
      where = List.copyOf(where);
      mutations = List.copyOf(mutations);
    }

    @Override
    public String describe() {
      return "mutate " + table;
    }
  }

  /** Deletes rows. Its result is {@link Result.Count}. */
  record Delete(String table, List<Condition> where) implements Operation {
    public Delete {
      Names.require(table);
      where = List.copyOf(where);
    }

    @Override
    public String describe() {
      return "delete from " + table;
    }
  }

  /**
   * Goes on only if the rows that fulfil the conditions are these, or are not these. With a time of
   * zero it is the check that nothing changed since the rows were read. Its result is {@link
   * Result.Done}; the error is {@code timed out}.
   *
   * @param columns what is compared; not empty
   * @param equal true to wait until they are these, false until they are not
   * @param patience how long the server waits, in milliseconds
   */
  record Wait(
      String table,
      List<Condition> where,
      List<String> columns,
      boolean equal,
      List<Row> rows,
      Duration patience)
      implements Operation {
    public Wait {
      Names.require(table);
      where = List.copyOf(where);
      columns = List.copyOf(columns);
      columns.forEach(Names::require);
      rows = List.copyOf(rows);
      if (columns.isEmpty() || patience.isNegative()) {
        throw new IllegalArgumentException("a wait needs columns, and a time that is not negative");
      }
    }

    @Override
    public String describe() {
      return "wait for " + table;
    }
  }

  /** Words for the database's log. Its result is {@link Result.Done}. */
  record Comment(String text) implements Operation {
    public Comment {
      Objects.requireNonNull(Atom.of(text));
    }

    @Override
    public String describe() {
      return "comment";
    }
  }
}

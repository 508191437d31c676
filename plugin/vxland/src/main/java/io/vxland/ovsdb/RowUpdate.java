package io.vxland.ovsdb;

import java.util.Objects;
import java.util.UUID;

/** What became of one row in a commit. */
public sealed interface RowUpdate {
  /** The row's table. */
  String table();

  /** The row. */
  UUID uuid();

  /**
   * A new row.
   *
   * @param now all watched columns
   */
  record Inserted(String table, UUID uuid, Row now) implements RowUpdate {
    public Inserted {
      Names.require(table);
      Objects.requireNonNull(uuid);
      Objects.requireNonNull(now);
    }
  }

  /**
   * A row with other values.
   *
   * @param before the columns that changed, as they were
   * @param now all watched columns
   */
  record Modified(String table, UUID uuid, Row before, Row now) implements RowUpdate {
    public Modified {
      Names.require(table);
      Objects.requireNonNull(uuid);
      Objects.requireNonNull(before);
      Objects.requireNonNull(now);
    }
  }

  /**
   * A row that is gone.
   *
   * @param before all watched columns, as they were
   */
  record Deleted(String table, UUID uuid, Row before) implements RowUpdate {
    public Deleted {
      Names.require(table);
      Objects.requireNonNull(uuid);
      Objects.requireNonNull(before);
    }
  }
}

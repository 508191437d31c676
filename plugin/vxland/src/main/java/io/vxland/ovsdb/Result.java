package io.vxland.ovsdb;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** What one operation did (RFC 7047, 5.2). */
public sealed interface Result {
  /** The rows that a select found. */
  record Rows(List<Row> rows) implements Result {
    public Rows {
      rows = List.copyOf(rows);
    }
  }

  /** The UUID of a row that was inserted. */
  record Inserted(UUID uuid) implements Result {
    public Inserted {
      Objects.requireNonNull(uuid);
    }
  }

  /** The number of rows that an update, mutate or delete met. */
  record Count(long rows) implements Result {
    public Count {
      if (rows < 0) {
        throw new IllegalArgumentException("a count is not negative: " + rows);
      }
    }
  }

  /** A wait or a comment. */
  record Done() implements Result {}
}

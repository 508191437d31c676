package io.vxland.ovsdb;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The watched tables at one moment, between two commits.
 *
 * @param tables rows by UUID, for each watched table, also if it is empty
 */
public record Snapshot(Map<String, Map<UUID, Row>> tables) {
  public Snapshot {
    Map<String, Map<UUID, Row>> copy = new LinkedHashMap<>();
    tables.forEach(
        (table, rows) ->
            copy.put(Names.require(table), Collections.unmodifiableMap(new LinkedHashMap<>(rows))));
    tables = Collections.unmodifiableMap(copy);
  }

  /** The rows of a watched table; a table that is not watched is an error of the caller. */
  public Map<UUID, Row> table(String name) {
    Map<UUID, Row> rows = tables.get(name);
    if (rows == null) {
      throw new IllegalArgumentException(name + " is not watched, only " + tables.keySet());
    }
    return rows;
  }

  /** The tables after a commit. */
  public Snapshot after(Update update) {
    Map<String, Map<UUID, Row>> changed = new LinkedHashMap<>(tables);
    for (RowUpdate row : update.rows()) {
      Map<UUID, Row> rows = changed.get(row.table());
      // The copies of this update are the maps that are not in the old snapshot.
      if (rows == null || rows == tables.get(row.table())) {
        rows = new LinkedHashMap<>(table(row.table()));
        changed.put(row.table(), rows);
      }
      if (row instanceof RowUpdate.Inserted inserted) {
        rows.put(row.uuid(), inserted.now());
      } else if (row instanceof RowUpdate.Modified modified) {
        rows.put(row.uuid(), modified.now());
      } else {
        rows.remove(row.uuid());
      }
    }
    return new Snapshot(changed);
  }
}

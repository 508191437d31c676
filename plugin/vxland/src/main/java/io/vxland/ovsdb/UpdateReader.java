package io.vxland.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Reads what a monitor tells (RFC 7047, 4.1.5 and 4.1.6: {@code <table-updates>}). */
final class UpdateReader {
  private final Map<String, Watch> watches;

  /**
   * Creates one.
   *
   * @param watches by table
   */
  UpdateReader(Map<String, Watch> watches) {
    this.watches = watches;
  }

  /** The first answer: all rows. */
  Snapshot snapshot(JsonNode node) throws MalformedException {
    Map<String, Map<UUID, Row>> tables = new LinkedHashMap<>();
    watches.keySet().forEach(table -> tables.put(table, new LinkedHashMap<>()));
    for (RowUpdate row : update(node).rows()) {
      if (!(row instanceof RowUpdate.Inserted inserted)) {
        throw new MalformedException("an old row in the first answer of a monitor");
      }
      tables.get(row.table()).put(row.uuid(), inserted.now());
    }
    return new Snapshot(tables);
  }

  Update update(JsonNode node) throws MalformedException {
    List<RowUpdate> rows = new ArrayList<>();
    for (Map.Entry<String, JsonNode> table :
        ValueReader.object("updates of tables", node).properties()) {
      Watch watch = watches.get(table.getKey());
      if (watch == null) {
        throw new MalformedException("an update of a table not watched: " + table.getKey());
      }
      for (Map.Entry<String, JsonNode> row :
          ValueReader.object("updates of rows", table.getValue()).properties()) {
        rows.add(row(watch, ValueReader.uuid(row.getKey()), row.getValue()));
      }
    }
    return new Update(rows);
  }

  private static RowUpdate row(Watch watch, UUID uuid, JsonNode node) throws MalformedException {
    JsonNode before = ValueReader.object("the update of a row", node).path("old");
    JsonNode now = node.path("new");
    String table = watch.table();
    if (now.isMissingNode()) {
      return new RowUpdate.Deleted(table, uuid, ValueReader.row(before));
    }
    Row whole = ValueReader.row(now);
    if (!whole.columns().keySet().containsAll(watch.columns())) {
      throw new MalformedException(
          "all watched columns of "
              + table
              + " are wanted, and here are "
              + Quote.of(whole.columns().keySet().toString()));
    }
    return before.isMissingNode()
        ? new RowUpdate.Inserted(table, uuid, whole)
        : new RowUpdate.Modified(table, uuid, ValueReader.row(before), whole);
  }
}

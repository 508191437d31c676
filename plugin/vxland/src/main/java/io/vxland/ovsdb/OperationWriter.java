package io.vxland.ovsdb;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** Writes operations as RFC 7047, 5.2 has them. */
final class OperationWriter {
  private final JsonGenerator json;
  private final ValueWriter values;

  OperationWriter(JsonGenerator json) {
    this.json = json;
    this.values = new ValueWriter(json);
  }

  void write(Operation operation) throws IOException {
    json.writeStartObject();
    if (operation instanceof Operation.Select select) {
      head("select", select.table());
      where(select.where());
      if (!select.columns().isEmpty()) {
        json.writeFieldName("columns");
        values.texts(select.columns());
      }
    } else if (operation instanceof Operation.Insert insert) {
      head("insert", insert.table());
      row(insert.row());
      if (insert.uuidName().isPresent()) {
        json.writeStringField("uuid-name", insert.uuidName().get());
      }
    } else if (operation instanceof Operation.Update update) {
      head("update", update.table());
      where(update.where());
      row(update.row());
    } else if (operation instanceof Operation.Mutate mutate) {
      head("mutate", mutate.table());
      where(mutate.where());
      json.writeFieldName("mutations");
      values.mutations(mutate.mutations());
    } else if (operation instanceof Operation.Delete delete) {
      head("delete", delete.table());
      where(delete.where());
    } else if (operation instanceof Operation.Wait wait) {
      wait(wait);
    } else if (operation instanceof Operation.Comment comment) {
      json.writeStringField("op", "comment");
      json.writeStringField("comment", comment.text());
    }
    json.writeEndObject();
  }

  private void wait(Operation.Wait wait) throws IOException {
    head("wait", wait.table());
    json.writeNumberField("timeout", wait.patience().toMillis());
    where(wait.where());
    json.writeFieldName("columns");
    values.texts(wait.columns());
    json.writeStringField("until", wait.equal() ? "==" : "!=");
    json.writeFieldName("rows");
    json.writeStartArray();
    for (Row row : wait.rows()) {
      values.row(row);
    }
    json.writeEndArray();
  }

  private void head(String op, String table) throws IOException {
    json.writeStringField("op", op);
    json.writeStringField("table", table);
  }

  private void where(List<Condition> where) throws IOException {
    json.writeFieldName("where");
    values.conditions(where);
  }

  private void row(Row row) throws IOException {
    json.writeFieldName("row");
    values.row(row);
  }
}

package io.vxland.ovsdb;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Writes values, rows, conditions and mutations as RFC 7047, 5.1 has them. */
final class ValueWriter {
  private final JsonGenerator json;

  ValueWriter(JsonGenerator json) {
    this.json = json;
  }

  void value(Value value) throws IOException {
    if (value instanceof SetValue set) {
      json.writeStartArray();
      json.writeString("set");
      json.writeStartArray();
      for (Atom atom : set.elements()) {
        atom(atom);
      }
      json.writeEndArray();
      json.writeEndArray();
    } else if (value instanceof MapValue map) {
      json.writeStartArray();
      json.writeString("map");
      json.writeStartArray();
      for (Map.Entry<Atom, Atom> entry : map.entries().entrySet()) {
        json.writeStartArray();
        atom(entry.getKey());
        atom(entry.getValue());
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeEndArray();
    } else {
      atom((Atom) value);
    }
  }

  private void atom(Atom atom) throws IOException {
    if (atom instanceof Atom.Text text) {
      json.writeString(text.value());
    } else if (atom instanceof Atom.Int integer) {
      json.writeNumber(integer.value());
    } else if (atom instanceof Atom.Real real) {
      json.writeNumber(real.value());
    } else if (atom instanceof Atom.Bool bool) {
      json.writeBoolean(bool.value());
    } else if (atom instanceof Atom.Uuid uuid) {
      texts(List.of("uuid", uuid.value().toString()));
    } else if (atom instanceof Atom.Named named) {
      texts(List.of("named-uuid", named.name()));
    }
  }

  void texts(Collection<String> texts) throws IOException {
    json.writeStartArray();
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  void row(Row row) throws IOException {
    json.writeStartObject();
    for (Map.Entry<String, Value> column : row.columns().entrySet()) {
      json.writeFieldName(column.getKey());
      value(column.getValue());
    }
    json.writeEndObject();
  }

  void conditions(List<Condition> conditions) throws IOException {
    json.writeStartArray();
    for (Condition condition : conditions) {
      triple(condition.column(), condition.function().sign(), condition.value());
    }
    json.writeEndArray();
  }

  void mutations(List<Mutation> mutations) throws IOException {
    json.writeStartArray();
    for (Mutation mutation : mutations) {
      triple(mutation.column(), mutation.mutator().sign(), mutation.value());
    }
    json.writeEndArray();
  }

  private void triple(String column, String sign, Value value) throws IOException {
    json.writeStartArray();
    json.writeString(column);
    json.writeString(sign);
    value(value);
    json.writeEndArray();
  }
}

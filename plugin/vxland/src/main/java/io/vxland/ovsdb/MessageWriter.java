package io.vxland.ovsdb;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;

/** Our messages to the server (RFC 7047, 4.1), in UTF-8. */
final class MessageWriter {
  private static final JsonFactory JSON = new JsonFactory(new ObjectMapper());

  private MessageWriter() {}

  /** What writes a part of a message. */
  private interface Part {
    void write(JsonGenerator json) throws IOException;
  }

  static byte[] echo(long id) {
    return request(id, "echo", json -> {});
  }

  static byte[] transact(long id, String database, List<Operation> operations) {
    return request(
        id,
        "transact",
        json -> {
          json.writeString(database);
          OperationWriter writer = new OperationWriter(json);
          for (Operation operation : operations) {
            writer.write(operation);
          }
        });
  }

  static byte[] monitor(long id, String database, String monitor, Collection<Watch> watches) {
    return request(
        id,
        "monitor",
        json -> {
          json.writeString(database);
          json.writeString(monitor);
          json.writeStartObject();
          for (Watch watch : watches) {
            json.writeArrayFieldStart(watch.table());
            json.writeStartObject();
            json.writeFieldName("columns");
            new ValueWriter(json).texts(watch.columns());
            json.writeEndObject();
            json.writeEndArray();
          }
          json.writeEndObject();
        });
  }

  static byte[] monitorCancel(long id, String monitor) {
    return request(id, "monitor_cancel", json -> json.writeString(monitor));
  }

  /** The answer to the server's echo: what it sent. */
  static byte[] echoed(Message.Request echo) {
    return message(
        json -> {
          json.writeObjectField("id", echo.id());
          json.writeObjectField("result", echo.params());
          json.writeNullField("error");
        });
  }

  private static byte[] request(long id, String method, Part params) {
    return message(
        json -> {
          json.writeStringField("method", method);
          json.writeArrayFieldStart("params");
          params.write(json);
          json.writeEndArray();
          json.writeNumberField("id", id);
        });
  }

  private static byte[] message(Part content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      content.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("to memory", e);
    }
    return bytes.toByteArray();
  }
}

package io.vxland.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Set;

/** A message of the server (JSON-RPC 1.0, as RFC 7047, 4 uses it). */
sealed interface Message {
  /** What the server asks. */
  record Request(JsonNode id, String method, ArrayNode params) implements Message {}

  /** What the server tells. */
  record Notification(String method, ArrayNode params) implements Message {}

  /** The answer to the request of that number; one of the two is null in JSON. */
  record Reply(long id, JsonNode result, JsonNode error) implements Message {}

  /** Reads one. */
  static Message of(ObjectNode message) throws MalformedException {
    JsonNode id = message.path("id");
    if (message.has("method")) {
      allow(message, Set.of("id", "method", "params"));
      if (!message.get("method").isTextual()
          || !(message.get("params") instanceof ArrayNode params)) {
        throw new MalformedException("a request has a method and an array of parameters");
      }
      String method = message.get("method").textValue();
      return id.isMissingNode() || id.isNull()
          ? new Notification(method, params)
          : new Request(id, method, params);
    }
    allow(message, Set.of("id", "result", "error"));
    JsonNode result = orNull(message.get("result"));
    JsonNode error = orNull(message.get("error"));
    if (!id.isIntegralNumber()) {
      throw new MalformedException(
          "a reply has the number of its request" + (error.isNull() ? "" : ": error " + error));
    }
    if (!result.isNull() && !error.isNull()) {
      throw new MalformedException("a reply has a result or an error, not both");
    }
    return new Reply(id.longValue(), result, error);
  }

  private static JsonNode orNull(JsonNode node) {
    return node == null ? NullNode.getInstance() : node;
  }

  private static void allow(ObjectNode message, Set<String> keys) throws MalformedException {
    for (Iterator<String> names = message.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!keys.contains(name)) {
        throw new MalformedException("a message with the key " + Quote.of(name));
      }
    }
  }
}

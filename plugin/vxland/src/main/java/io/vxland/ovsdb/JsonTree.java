package io.vxland.ovsdb;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** A JSON object that is built token by token. */
final class JsonTree {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Deque<ContainerNode<?>> open = new ArrayDeque<>();
  private ObjectNode root;
  private String name = "";

  boolean isEmpty() {
    return root == null;
  }

  ObjectNode root() {
    return root;
  }

  /** Takes the parser's token; the first begins the object. True when the object is complete. */
  boolean take(JsonToken token, JsonParser parser) throws IOException {
    if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
      open.pop();
      return open.isEmpty();
    }
    if (token == JsonToken.FIELD_NAME) {
      name = parser.currentName();
      return false;
    }
    JsonNode node = node(token, parser);
    if (root == null) {
      root = (ObjectNode) node;
    } else if (open.element() instanceof ObjectNode object) {
      object.set(name, node);
    } else if (open.element() instanceof ArrayNode array) {
      array.add(node);
    }
    if (node instanceof ContainerNode<?> container) {
      open.push(container);
    }
    return false;
  }

  private static JsonNode node(JsonToken token, JsonParser parser) throws IOException {
    return switch (token) {
      case START_OBJECT -> NODES.objectNode();
      case START_ARRAY -> NODES.arrayNode();
      case VALUE_STRING -> NODES.textNode(parser.getText());
      // More than 64 bits is an error here: no integer of OVSDB has them.
      case VALUE_NUMBER_INT -> NODES.numberNode(parser.getLongValue());
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      default -> throw new IOException("no JSON token of a stream: " + token);
    };
  }
}

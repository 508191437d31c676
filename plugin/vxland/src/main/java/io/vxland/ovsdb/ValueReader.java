package io.vxland.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads values and rows as RFC 7047, 5.1 has them. */
final class ValueReader {
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private ValueReader() {}

  static Value value(JsonNode node) throws MalformedException {
    if (node instanceof ArrayNode pair && pair.size() == 2 && pair.get(0).isTextual()) {
      String type = pair.get(0).textValue();
      if (type.equals("set")) {
        return set(pair.get(1));
      } else if (type.equals("map")) {
        return map(pair.get(1));
      }
    }
    return atom(node);
  }

  private static SetValue set(JsonNode node) throws MalformedException {
    if (!(node instanceof ArrayNode array)) {
      throw unlike("an array of a set's atoms", node);
    }
    Set<Atom> atoms = new LinkedHashSet<>();
    for (JsonNode element : array) {
      if (!atoms.add(atom(element))) {
        throw unlike("an atom that is not twice in its set", element);
      }
    }
    try {
      return new SetValue(atoms);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  private static MapValue map(JsonNode node) throws MalformedException {
    if (!(node instanceof ArrayNode array)) {
      throw unlike("an array of a map's pairs", node);
    }
    Map<Atom, Atom> atoms = new LinkedHashMap<>();
    for (JsonNode pair : array) {
      if (!pair.isArray() || pair.size() != 2) {
        throw unlike("a pair of atoms", pair);
      }
      if (atoms.put(atom(pair.get(0)), atom(pair.get(1))) != null) {
        throw unlike("a key that is not twice in its map", pair.get(0));
      }
    }
    try {
      return new MapValue(atoms);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  private static Atom atom(JsonNode node) throws MalformedException {
    try {
      if (node.isTextual()) {
        return Atom.of(node.textValue());
      } else if (node.isIntegralNumber()) {
        return Atom.of(node.longValue());
      } else if (node.isNumber()) {
        return new Atom.Real(node.doubleValue());
      } else if (node.isBoolean()) {
        return Atom.of(node.booleanValue());
      } else if (isPair("uuid", node)) {
        return Atom.of(uuid(node.get(1).textValue()));
      } else if (isPair("named-uuid", node)) {
        return new Atom.Named(node.get(1).textValue());
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
    throw unlike("a value", node);
  }

  private static boolean isPair(String type, JsonNode node) {
    return node.isArray()
        && node.size() == 2
        && node.get(0).isTextual()
        && node.get(0).textValue().equals(type)
        && node.get(1).isTextual();
  }

  static UUID uuid(String text) throws MalformedException {
    if (!UUID_TEXT.matcher(text).matches()) {
      throw new MalformedException("a UUID is wanted: " + Quote.of(text));
    }
    return UUID.fromString(text);
  }

  static Row row(JsonNode node) throws MalformedException {
    ObjectNode columns = object("a row", node);
    Map<String, Value> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> column : columns.properties()) {
      if (!Names.isName(column.getKey())) {
        throw new MalformedException("a column's name is wanted: " + Quote.of(column.getKey()));
      }
      values.put(column.getKey(), value(column.getValue()));
    }
    return new Row(values);
  }

  static ObjectNode object(String wanted, JsonNode node) throws MalformedException {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw unlike(wanted + ", a JSON object,", node);
  }

  static ArrayNode array(String wanted, JsonNode node) throws MalformedException {
    if (node instanceof ArrayNode array) {
      return array;
    }
    throw unlike(wanted + ", a JSON array,", node);
  }

  /** Quotes the node without writing all of it: it may be large. */
  static MalformedException unlike(String wanted, JsonNode node) {
    String found =
        node.isContainerNode()
            ? (node.isArray() ? "an array" : "an object") + " of " + node.size()
            : Quote.of(node.asText());
    return new MalformedException(wanted + " is wanted, and here is " + found);
  }
}

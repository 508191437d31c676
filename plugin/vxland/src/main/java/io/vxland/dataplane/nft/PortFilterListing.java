package io.vxland.dataplane.nft;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads what {@code nft -j list set} prints of a set of table {@code bridge vxland}
 * (libnftables-json(5)). An element that is not as vxland makes it is passed over.
 */
final class PortFilterListing {
  private static final ObjectReader READER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(50)
                          .maxStringLength(4_096)
                          .maxNumberLength(60)
                          .build())
                  .build())
          .build()
          .reader();

  /** It is not JSON as nft prints it. */
  static final class StrangeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StrangeException(String message) {
      super(message);
    }
  }

  private PortFilterListing() {}

  private interface Element {
    /**
     * Takes one.
     *
     * @param key its parts
     * @param rest the value that it maps to, or its counter
     */
    void take(List<JsonNode> key, JsonNode rest);
  }

  /** The parts of the stamps of networks. */
  static Map<Vni, Set<Long>> stamps(String json) {
    Map<Vni, Set<Long>> stamps = new HashMap<>();
    each(
        json,
        (key, nothing) ->
            stamps
                .computeIfAbsent(new Vni(key.get(0).intValue()), any -> new HashSet<>())
                .add(key.get(1).longValue() << 32 | key.get(2).longValue()));
    return stamps;
  }

  /** The networks of taps. */
  static Map<InterfaceName, Vni> taps(String json) {
    Map<InterfaceName, Vni> taps = new HashMap<>();
    each(json, (key, vni) -> taps.put(name(key), new Vni(vni.intValue())));
    return taps;
  }

  /** How many frames of each tap. */
  static Map<InterfaceName, Long> counted(String json) {
    Map<InterfaceName, Long> frames = new HashMap<>();
    each(json, (key, element) -> frames.put(name(key), packets(element)));
    return frames;
  }

  /** How many frames of each tap, by MAC address. */
  static void macs(String json, Map<InterfaceName, Map<MacAddress, Long>> into) {
    each(
        json,
        (key, element) ->
            into.computeIfAbsent(name(key), any -> new HashMap<>())
                .put(new MacAddress(key.get(1).longValue()), packets(element)));
  }

  /** How many frames of each tap, by IP address of so many bytes. */
  static void addresses(String json, int length, Map<InterfaceName, Map<IpAddress, Long>> into) {
    each(
        json,
        (key, element) ->
            into.computeIfAbsent(name(key), any -> new HashMap<>())
                .put(address(number(key.get(1)), length), packets(element)));
  }

  /** nft writes what has more than 64 bits as text. */
  private static BigInteger number(JsonNode value) {
    return value.isTextual() && value.textValue().startsWith("0x")
        ? new BigInteger(value.textValue().substring(2), 16)
        : value.bigIntegerValue();
  }

  private static IpAddress address(BigInteger number, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[length - 1 - i] = number.shiftRight(8 * i).byteValue();
    }
    return IpAddress.of(bytes);
  }

  private static InterfaceName name(List<JsonNode> key) {
    return new InterfaceName(key.get(0).textValue());
  }

  private static long packets(JsonNode element) {
    return element.path("counter").path("packets").longValue();
  }

  private static void each(String json, Element taker) {
    JsonNode root;
    try {
      root = READER.readTree(json);
    } catch (JsonProcessingException wrong) {
      throw new StrangeException("not JSON as nft prints it: " + wrong.getOriginalMessage());
    }
    for (JsonNode object : root.path("nftables")) {
      JsonNode set = object.has("map") ? object.get("map") : object.path("set");
      for (JsonNode each : set.path("elem")) {
        // An element with a counter is an object, of a map a pair, else the key itself.
        JsonNode rest = each.isArray() ? each.get(1) : each.path("elem");
        JsonNode key = each.isArray() ? each.get(0) : rest.has("val") ? rest.get("val") : each;
        try {
          taker.take(parts(key), rest);
        } catch (InvalidValueException
            | IndexOutOfBoundsException
            | NullPointerException
            | NumberFormatException foreign) {
          // Not one of ours: nobody's filter.
        }
      }
    }
  }

  private static List<JsonNode> parts(JsonNode key) {
    List<JsonNode> parts = new ArrayList<>();
    if (key.has("concat")) {
      key.get("concat").forEach(parts::add);
    } else {
      parts.add(key);
    }
    return parts;
  }
}

package io.vxland.dataplane.nft;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.MacAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads what {@code nft -j -a list table netdev vxland} prints (libnftables-json(5)). What is not
 * exactly as vxland makes it is called strange, and nothing is made of it.
 */
final class ListingParser {
  /** Strange things that are told one by one. */
  private static final int MAX_STRANGE = 20;

  private static final Set<String> CHAIN_KEYS =
      Set.of("family", "table", "name", "handle", "type", "hook", "prio", "policy", "dev");

  private static final Set<String> RULE_KEYS = Set.of("family", "table", "chain", "handle", "expr");

  private static final ObjectReader READER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(50)
                          .maxStringLength(4_096)
                          .maxNumberLength(30)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private boolean exists;
  private boolean asleep;
  private final Map<InterfaceName, Boolean> guards = new TreeMap<>();
  private final Map<InterfaceName, List<Listing.Rule>> rules = new HashMap<>();
  private final List<String> strange = new ArrayList<>();
  private int moreStrange;

  private ListingParser() {}

  /**
   * Parses a listing.
   *
   * @throws IOException if it is not JSON as nft prints it
   */
  static Listing parse(String json) throws IOException {
    JsonNode root;
    try {
      root = READER.readTree(json);
    } catch (JsonProcessingException wrong) {
      throw new IOException("not JSON as nft prints it: " + wrong.getOriginalMessage(), wrong);
    }
    JsonNode all = root == null ? null : root.get("nftables");
    if (all == null || !all.isArray() || root.size() != 1) {
      throw new IOException("not JSON as nft prints it: no list 'nftables'");
    }
    ListingParser parser = new ListingParser();
    for (JsonNode object : all) {
      parser.object(object);
    }
    return parser.listing();
  }

  private Listing listing() {
    Map<InterfaceName, Listing.Chain> chains = new HashMap<>();
    guards.forEach(
        (name, guarding) ->
            chains.put(
                name, new Listing.Chain(guarding && !asleep, rules.getOrDefault(name, List.of()))));
    if (moreStrange > 0) {
      strange.add("and " + moreStrange + " more");
    }
    return new Listing(exists, chains, strange);
  }

  private void object(JsonNode object) {
    if (!object.isObject() || object.size() != 1) {
      strange(object);
      return;
    }
    String kind = object.fieldNames().next();
    JsonNode value = object.get(kind);
    switch (kind) {
      case "metainfo" -> {}
      case "table" -> table(value);
      case "chain" -> chain(value);
      case "rule" -> rule(value);
      default -> strange(object);
    }
  }

  private void table(JsonNode table) {
    if (!is(table, "family", "netdev") || !is(table, "name", "vxland")) {
      strange(table);
      return;
    }
    exists = true;
    if (table.has("flags")) {
      // Such as "dormant": its chains see no frame.
      asleep = true;
      strange(table);
    }
  }

  private void chain(JsonNode chain) {
    Optional<InterfaceName> name = name(chain.path("name"));
    if (name.isEmpty() || !inTable(chain)) {
      strange(chain);
      return;
    }
    boolean guarding =
        has(chain, CHAIN_KEYS)
            && is(chain, "type", "filter")
            && is(chain, "hook", "ingress")
            && is(chain, "policy", "drop")
            && chain.path("prio").isInt()
            && chain.path("prio").intValue() == 0
            && onlyOn(chain.get("dev"), name.get());
    guards.put(name.get(), guarding);
    if (!guarding) {
      strange(chain);
    }
  }

  /** nft 1.0.6 does not say which device, others say it as text or as a list. */
  private static boolean onlyOn(JsonNode device, InterfaceName name) {
    if (device == null) {
      return true;
    }
    JsonNode only = device.isArray() && device.size() == 1 ? device.get(0) : device;
    return only.isTextual() && only.textValue().equals(name.value());
  }

  private void rule(JsonNode rule) {
    Optional<InterfaceName> chain = name(rule.path("chain"));
    Optional<Listing.Rule> delivery = delivery(rule);
    if (chain.isEmpty() || delivery.isEmpty()) {
      strange(rule);
    } else {
      rules.computeIfAbsent(chain.get(), any -> new ArrayList<>()).add(delivery.get());
    }
  }

  /** Exactly: match the destination, count, forward. */
  private static Optional<Listing.Rule> delivery(JsonNode rule) {
    JsonNode expressions = rule.path("expr");
    JsonNode match = expressions.path(0).path("match");
    JsonNode payload = match.path("left").path("payload");
    JsonNode counter = expressions.path(1).path("counter");
    JsonNode forward = expressions.path(2).path("fwd");
    boolean asOurs =
        has(rule, RULE_KEYS)
            && rule.path("handle").canConvertToLong()
            && rule.path("handle").isIntegralNumber()
            && expressions.size() == 3
            && sizes(expressions, 1)
            && match.size() == 3
            && is(match, "op", "==")
            && match.path("left").size() == 1
            && payload.size() == 2
            && is(payload, "protocol", "ether")
            && is(payload, "field", "daddr")
            && counter.size() == 2
            && counter.path("packets").isIntegralNumber()
            && counter.path("packets").canConvertToLong()
            && counter.has("bytes")
            && forward.size() == 1;
    Optional<MacAddress> mac = asOurs ? mac(match.path("right")) : Optional.empty();
    Optional<InterfaceName> tap = asOurs ? name(forward.path("dev")) : Optional.empty();
    return mac.isEmpty() || tap.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Listing.Rule(
                rule.get("handle").longValue(),
                mac.get(),
                tap.get(),
                counter.get("packets").longValue()));
  }

  private static boolean sizes(JsonNode list, int size) {
    for (JsonNode element : list) {
      if (!element.isObject() || element.size() != size) {
        return false;
      }
    }
    return list.isArray();
  }

  private static boolean has(JsonNode object, Set<String> keys) {
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      if (!keys.contains(names.next())) {
        return false;
      }
    }
    return inTable(object);
  }

  private static boolean inTable(JsonNode object) {
    return is(object, "family", "netdev") && is(object, "table", "vxland");
  }

  private static boolean is(JsonNode object, String key, String text) {
    return object.path(key).isTextual() && object.path(key).textValue().equals(text);
  }

  private static Optional<InterfaceName> name(JsonNode text) {
    try {
      return text.isTextual() ? Optional.of(new InterfaceName(text.textValue())) : Optional.empty();
    } catch (InvalidValueException wrong) {
      return Optional.empty();
    }
  }

  private static Optional<MacAddress> mac(JsonNode text) {
    try {
      return text.isTextual() ? Optional.of(MacAddress.parse(text.textValue())) : Optional.empty();
    } catch (InvalidValueException wrong) {
      return Optional.empty();
    }
  }

  private void strange(JsonNode object) {
    if (strange.size() < MAX_STRANGE) {
      String text = object.toString();
      strange.add(text.length() > 200 ? text.substring(0, 200) + "..." : text);
    } else {
      moreStrange++;
    }
  }
}

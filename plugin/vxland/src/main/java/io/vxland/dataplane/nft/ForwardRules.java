package io.vxland.dataplane.nft;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.model.InterfaceName;
import io.vxland.plan.ForwardChain.Fate;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the rules of one table do to new packets that come from one port of a bridge and leave by
 * another. iptables-nft's rules are nft's, but for the extensions, of which nft shows only names.
 */
final class ForwardRules {
  /** nft allows 16 jumps. */
  private static final int DEEPEST = 16;

  /** What a table of tens of thousands of rules does is not found out here. */
  private static final int MOST_RULES = 20_000;

  /** The first packet of a connection is none of the others; replies follow it. */
  private static final Set<String> FIRST = Set.of("new", "untracked");

  private static final Set<String> BY_BRIDGE = Set.of("iif", "iifname", "oif", "oifname");
  private static final Set<String> WITHOUT_VERDICT = Set.of("counter", "log", "comment", "mangle");

  private final Map<String, List<JsonNode>> chains;
  private final String bridge;
  private int left = MOST_RULES;

  /**
   * Creates it.
   *
   * @param chains the rules of each chain: the arrays "expr" of libnftables-json(5)
   */
  ForwardRules(Map<String, List<JsonNode>> chains, InterfaceName bridge) {
    this.chains = new HashMap<>(chains);
    this.bridge = bridge.value();
  }

  /** How a chain ends; {@code FALLS} is at its end or at a return. */
  private enum End {
    ACCEPTS,
    DROPS,
    FALLS
  }

  /**
   * What a chain does.
   *
   * @param end what to packets that meet no condition
   * @param doubtful whether one before may accept
   */
  private record Way(End end, boolean doubtful) {}

  private enum Holds {
    ALWAYS,
    NEVER,
    MAYBE
  }

  /** What becomes of the packets in a chain with a hook. */
  Fate of(String chain, boolean dropsByPolicy) {
    Way way = follow(chain, 0);
    boolean dropped = way.end() == End.FALLS ? dropsByPolicy : way.end() == End.DROPS;
    if (!dropped) {
      return Fate.ACCEPTED;
    }
    return way.doubtful() ? Fate.DOUBTFUL : Fate.DROPPED;
  }

  private Way follow(String chain, int depth) {
    boolean doubtful = false;
    if (depth > DEEPEST) {
      return new Way(End.FALLS, true);
    }
    for (JsonNode rule : chains.getOrDefault(chain, List.of())) {
      if (--left < 0) {
        return new Way(End.FALLS, true);
      }
      Holds holds = holds(rule);
      if (holds == Holds.NEVER) {
        continue;
      }
      Optional<Way> way = verdict(rule, depth);
      if (way.isEmpty()) {
        continue;
      }
      boolean sure = holds == Holds.ALWAYS;
      doubtful |= way.get().doubtful() || (!sure && way.get().end() == End.ACCEPTS);
      if (sure && way.get().end() != End.FALLS) {
        return new Way(way.get().end(), doubtful);
      }
      if (sure && (rule.findValue("return") != null || rule.findValue("goto") != null)) {
        break;
      }
    }
    return new Way(End.FALLS, doubtful);
  }

  /** What a rule does where its conditions hold; empty if it decides nothing. */
  private Optional<Way> verdict(JsonNode rule, int depth) {
    for (JsonNode expression : rule) {
      String name = name(expression);
      JsonNode value = expression.path(name);
      Optional<Way> way =
          switch (name) {
            case "accept" -> Optional.of(new Way(End.ACCEPTS, false));
            case "drop", "reject" -> Optional.of(new Way(End.DROPS, false));
            case "jump", "goto" -> Optional.of(follow(value.path("target").asText(), depth + 1));
            case "return" -> Optional.of(new Way(End.FALLS, false));
            case "queue" -> Optional.of(new Way(End.FALLS, true));
            case "vmap" -> Optional.of(new Way(End.FALLS, mayMeanUs(value)));
            case "xt" -> xt(value);
            default -> Optional.empty();
          };
      boolean isTarget = name.equals("xt") && value.path("type").asText().equals("target");
      if (way.isPresent() || isTarget) {
        return way;
      }
    }
    return Optional.empty();
  }

  /** What iptables-nft leaves to a module of iptables; empty for one that only matches. */
  private static Optional<Way> xt(JsonNode module) {
    return module.path("type").asText().equals("target")
        ? target(module.path("name").asText())
        : Optional.empty();
  }

  private static Optional<Way> target(String name) {
    return switch (name) {
      case "REJECT", "DROP" -> Optional.of(new Way(End.DROPS, false));
      case "NFQUEUE" -> Optional.of(new Way(End.FALLS, true));
      default -> Optional.empty();
    };
  }

  private boolean mayMeanUs(JsonNode vmap) {
    for (JsonNode each : vmap.path("data").path("set")) {
      if (compared(vmap.path("key"), each.path(0)) != Holds.NEVER) {
        return true;
      }
    }
    return !vmap.path("data").has("set");
  }

  private Holds holds(JsonNode rule) {
    Holds all = Holds.ALWAYS;
    for (JsonNode expression : rule) {
      Holds one = condition(expression);
      if (one == Holds.NEVER) {
        return one;
      }
      all = one == Holds.MAYBE ? one : all;
    }
    return all;
  }

  private Holds condition(JsonNode expression) {
    String name = name(expression);
    JsonNode value = expression.path(name);
    if (name.equals("match")) {
      Holds equal = compared(value.path("left"), value.path("right"));
      boolean negated = value.path("op").asText().equals("!=");
      if (negated && equal != Holds.MAYBE) {
        return equal == Holds.ALWAYS ? Holds.NEVER : Holds.ALWAYS;
      }
      return equal;
    }
    if (name.equals("xt")) {
      // Who names ports of bridges knows of them.
      return value.path("type").asText().equals("target")
              || value.path("name").asText().equals("physdev")
          ? Holds.ALWAYS
          : Holds.MAYBE;
    }
    return isVerdict(name) || WITHOUT_VERDICT.contains(name) ? Holds.ALWAYS : Holds.MAYBE;
  }

  private static boolean isVerdict(String name) {
    return switch (name) {
      case "accept", "drop", "reject", "jump", "goto", "return", "continue", "queue", "vmap" ->
          true;
      default -> false;
    };
  }

  private Holds compared(JsonNode left, JsonNode right) {
    if (right.asText().startsWith("@")) {
      // A named set, whose elements are elsewhere.
      return Holds.MAYBE;
    }
    if (BY_BRIDGE.contains(left.path("meta").path("key").asText())) {
      return among(right) ? Holds.ALWAYS : Holds.NEVER;
    }
    if (left.path("ct").path("key").asText().equals("state")) {
      return mentionsFirst(right) ? Holds.MAYBE : Holds.NEVER;
    }
    return Holds.MAYBE;
  }

  private boolean among(JsonNode names) {
    if (names.isTextual()) {
      String text = names.asText();
      return text.endsWith("*")
          ? bridge.startsWith(text.substring(0, text.length() - 1))
          : bridge.equals(text);
    }
    Iterable<JsonNode> all = names.has("set") ? names.path("set") : names;
    for (JsonNode each : all) {
      if (among(each)) {
        return true;
      }
    }
    return false;
  }

  private static boolean mentionsFirst(JsonNode states) {
    if (states.isTextual()) {
      return FIRST.contains(states.asText());
    }
    Iterable<JsonNode> all = states.has("set") ? states.path("set") : states;
    for (JsonNode each : all) {
      if (mentionsFirst(each)) {
        return true;
      }
    }
    return false;
  }

  private static String name(JsonNode expression) {
    Iterator<String> names = expression.fieldNames();
    return names.hasNext() ? names.next() : "";
  }
}

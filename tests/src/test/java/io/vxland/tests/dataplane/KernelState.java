package io.vxland.tests.dataplane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vxland.tests.support.Netns;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What iproute2 shows of a namespace, without what differs between two that are the same: numbers
 * that the kernel hands out, clocks, and addresses of the devices that the test itself made.
 */
final class KernelState {
  private static final List<String> NOISE =
      List.of(
          "ifindex",
          "link_index",
          "hello_timer",
          "tcn_timer",
          "topology_change_timer",
          "gc_timer",
          "topology_change",
          "topology_change_detected",
          "fdb_n_learned",
          "port_no",
          "port_id",
          "designated_port",
          "no",
          "id",
          "operstate",
          "tso_max_size",
          "tso_max_segs",
          "valid_life_time",
          "preferred_life_time");

  private static final List<String> CARRIER = List.of("NO-CARRIER", "LOWER_UP");

  private KernelState() {}

  static List<String> of(Netns netns) {
    List<String> lines = new ArrayList<>();
    add(lines, "link", netns.ipJson("link", "show"));
    add(lines, "port", netns.bridgeJson("link", "show"));
    add(lines, "fdb", netns.bridgeJson("fdb", "show"));
    add(lines, "neigh", netns.ipJson("neigh", "show", "nud", "permanent"));
    add(lines, "addr", netns.ipJson("addr", "show"));
    netns
        .run("nft", "-s", "list", "ruleset")
        .lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> lines.add("nft " + line.strip()));
    Collections.sort(lines);
    return lines;
  }

  private static void add(List<String> lines, String kind, JsonNode shown) {
    for (JsonNode entry : (ArrayNode) shown) {
      String device = entry.path("ifname").asText(entry.path("dev").asText());
      if (!List.of("lo", "eth0", "fabric").contains(device) && !isGroup(entry)) {
        JsonNode copy = entry.deepCopy();
        quieten(copy);
        lines.add(kind + " " + copy);
      }
    }
  }

  /** Groups that the kernel joins when the carrier comes. */
  private static boolean isGroup(JsonNode entry) {
    String mac = entry.path("mac").asText();
    return mac.startsWith("33:33:") || mac.startsWith("01:00:5e:");
  }

  /** The kernel settles a bridge's carrier in its own time (net/core/link_watch.c). */
  private static void removeCarrier(ArrayNode flags) {
    for (int i = flags.size() - 1; i >= 0; i--) {
      if (CARRIER.contains(flags.get(i).asText())) {
        flags.remove(i);
      }
    }
  }

  /** A VXLAN device's "id" is its VNI and stays; a bridge port's is a number handed out. */
  private static void quieten(JsonNode node) {
    if (node instanceof ObjectNode object) {
      boolean vxlan = object.has("dstport") || object.has("port");
      NOISE.stream().filter(name -> !(vxlan && name.equals("id"))).forEach(object::remove);
      if (object.get("flags") instanceof ArrayNode flags) {
        removeCarrier(flags);
      }
    }
    node.forEach(KernelState::quieten);
  }
}

package io.vxland.dataplane.nft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.plan.ActualState.VtepTable;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads what {@code nft -j list table} says of the filter (libnftables-json(5)). */
final class VtepListing {
  private static final ObjectMapper JSON = new ObjectMapper();

  private VtepListing() {}

  /**
   * Reads a listing.
   *
   * @throws IOException if it is not JSON of nft's
   */
  static VtepTable parse(String text) throws IOException {
    JsonNode objects = JSON.readTree(text).path("nftables");
    if (!objects.isArray()) {
      throw new IOException("nft's listing has no 'nftables'");
    }
    String fingerprint = "";
    long dropped = 0;
    boolean hooked = false;
    SortedMap<IpAddress, Long> strangers = new TreeMap<>();
    for (JsonNode each : objects) {
      JsonNode rule = each.path("rule");
      if (rule.path("chain").asText().equals("input")) {
        fingerprint = rule.path("comment").asText();
      }
      hooked |= each.path("chain").path("hook").asText().equals("input");
      if (each.path("counter").path("name").asText().equals("dropped")) {
        dropped = each.path("counter").path("packets").asLong();
      }
      if (each.path("set").path("name").asText().startsWith("strangers")) {
        each.path("set").path("elem").forEach(element -> stranger(element, strangers));
      }
    }
    return VtepTable.of(hooked ? fingerprint : "", dropped, strangers);
  }

  private static void stranger(JsonNode element, SortedMap<IpAddress, Long> strangers) {
    JsonNode value = element.path("elem");
    try {
      strangers.put(
          IpAddress.parse(value.path("val").asText()),
          value.path("counter").path("packets").asLong());
    } catch (InvalidValueException notOurs) {
      // Whoever put that there means something else.
    }
  }
}

package io.vxland.control.evpn;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What FRR says of itself at one moment. Keys of its JSON that are not needed may be what they
 * like, for every version has others; those that are needed must be what they are in 8.4.
 *
 * @param speaks whether there is a BGP speaker at all
 * @param overlays per VNI that zebra takes part in, the other hosts that do
 * @param sessions the speaker's neighbours, and in which state the session is
 * @param duplicates per VNI, the cards that came and went too often
 */
record FrrState(
    boolean speaks,
    SortedMap<Vni, SortedSet<Vtep>> overlays,
    SortedMap<String, String> sessions,
    SortedMap<Vni, SortedMap<MacAddress, Duplicate>> duplicates) {

  /** What {@link #read} reads the answers of, in this order. */
  static final List<String> QUESTIONS =
      List.of(
          "show bgp l2vpn evpn summary json",
          "show evpn mac vni all duplicate json",
          "show evpn vni detail json");

  static final String ESTABLISHED = "Established";

  /**
   * A card that came and went too often.
   *
   * @param place where zebra has it: a device of this host, or another host
   * @param local whether that is here
   * @param sequence how often it was at this host or the other (RFC 7432, section 7.7)
   */
  record Duplicate(String place, boolean local, long sequence) {}

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxStringLength(1 << 16)
                          .maxNumberLength(20)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /**
   * Reads what vtysh printed. Where there is no EVPN at all, zebra answers the last question with
   * nothing.
   */
  static FrrState read(String text) throws FrrException {
    try {
      List<JsonNode> answers = answers(text);
      JsonNode details = answers.size() > 2 ? answers.get(2) : MAPPER.createArrayNode();
      JsonNode summary = answers.get(0);
      return new FrrState(
          summary.has("routerId"),
          overlays(details),
          sessions(summary.path("peers")),
          duplicates(answers.get(1)));
    } catch (IOException | InvalidValueException wrong) {
      throw new FrrException("its answer is not understood: " + wrong.getMessage(), wrong);
    }
  }

  private static List<JsonNode> answers(String text) throws IOException {
    List<JsonNode> answers = new ArrayList<>();
    try (MappingIterator<JsonNode> each = MAPPER.readerFor(JsonNode.class).readValues(text)) {
      while (each.hasNextValue()) {
        answers.add(each.nextValue());
      }
    }
    if (answers.size() < 2 || answers.size() > 3) {
      throw new InvalidValueException(answers.size() + " answers to 3 questions");
    }
    return answers;
  }

  private static SortedMap<Vni, SortedSet<Vtep>> overlays(JsonNode details) {
    SortedMap<Vni, SortedSet<Vtep>> overlays = new TreeMap<>();
    for (JsonNode each : details) {
      if (each.path("type").asText().equals("L2")) {
        SortedSet<Vtep> hosts = new TreeSet<>();
        // So it is called; it is no number.
        each.path("numRemoteVteps").forEach(host -> hosts.add(Vtep.parse(text(host, "VTEP"))));
        overlays.put(vni(each.path("vni").asText()), Collections.unmodifiableSortedSet(hosts));
      }
    }
    return Collections.unmodifiableSortedMap(overlays);
  }

  private static SortedMap<String, String> sessions(JsonNode peers) {
    SortedMap<String, String> sessions = new TreeMap<>();
    for (Map.Entry<String, JsonNode> peer : peers.properties()) {
      sessions.put(peer.getKey(), text(peer.getValue().path("state"), "state"));
    }
    return Collections.unmodifiableSortedMap(sessions);
  }

  private static SortedMap<Vni, SortedMap<MacAddress, Duplicate>> duplicates(JsonNode networks) {
    SortedMap<Vni, SortedMap<MacAddress, Duplicate>> duplicates = new TreeMap<>();
    for (Map.Entry<String, JsonNode> network : networks.properties()) {
      SortedMap<MacAddress, Duplicate> cards = new TreeMap<>();
      for (Map.Entry<String, JsonNode> card : network.getValue().path("macs").properties()) {
        if (card.getValue().path("isDuplicate").asBoolean()) {
          cards.put(MacAddress.parse(card.getKey()), duplicate(card.getValue()));
        }
      }
      if (!cards.isEmpty()) {
        duplicates.put(vni(network.getKey()), Collections.unmodifiableSortedMap(cards));
      }
    }
    return Collections.unmodifiableSortedMap(duplicates);
  }

  private static Duplicate duplicate(JsonNode card) {
    boolean local = text(card.path("type"), "type").equals("local");
    return new Duplicate(
        local
            ? text(card.path("intf"), "intf")
            : IpAddress.parse(text(card.path("remoteVtep"), "remoteVtep")).toString(),
        local,
        card.path(local ? "localSequence" : "remoteSequence").asLong());
  }

  private static Vni vni(String text) {
    return Vni.parse(text);
  }

  private static String text(JsonNode node, String key) {
    if (!node.isTextual()) {
      throw new InvalidValueException("no " + key + " where one is expected");
    }
    return node.textValue();
  }
}

package io.vxland.dataplane.nft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InterfaceName;
import io.vxland.plan.ForwardChain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads what nftables does to packets that are forwarded; iptables-nft's rules are in it, too. */
public final class ForwardChains {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> FAMILIES = Set.of("ip", "ip6", "inet");

  private final NftProgram nft;

  /** Reads by a program. */
  public ForwardChains(NftProgram nft) {
    this.nft = nft;
  }

  private record Table(String family, String name) implements Comparable<Table> {
    @Override
    public int compareTo(Table other) {
      return toString().compareTo(other.toString());
    }
  }

  /**
   * Reads them: one run of nft, and one more for each table that filters what is forwarded.
   *
   * @param bridges the bridges whose packets are meant
   * @return what each chain does to the packets of each bridge
   * @throws DataplaneException if nft cannot tell
   */
  public List<ForwardChain> read(Collection<InterfaceName> bridges) throws DataplaneException {
    Set<Table> tables = new TreeSet<>();
    for (JsonNode each : list("list chains", "list", "chains")) {
      JsonNode chain = each.path("chain");
      if (isForward(chain)) {
        tables.add(new Table(chain.path("family").asText(), chain.path("table").asText()));
      }
    }
    List<ForwardChain> all = new ArrayList<>();
    for (Table table : tables) {
      all.addAll(
          of(
              list(
                  "list table " + table.family() + " " + table.name(),
                  "list",
                  "table",
                  table.family(),
                  table.name()),
              bridges));
    }
    return all;
  }

  private static boolean isForward(JsonNode chain) {
    return chain.path("hook").asText().equals("forward")
        && FAMILIES.contains(chain.path("family").asText());
  }

  private JsonNode list(String purpose, String... command) throws DataplaneException {
    List<String> arguments = new ArrayList<>(List.of("-j"));
    arguments.addAll(List.of(command));
    NftProgram.Said said = nft.run(purpose, "", arguments.toArray(String[]::new));
    if (!said.succeeded()) {
      throw new DataplaneException(purpose + ": " + said.words());
    }
    try {
      return objects(said.output());
    } catch (IOException wrong) {
      throw new DataplaneException(purpose + ": " + wrong.getMessage(), wrong);
    }
  }

  /** The objects of a listing (libnftables-json(5)). */
  static JsonNode objects(String listing) throws IOException {
    JsonNode objects = JSON.readTree(listing).path("nftables");
    if (!objects.isArray()) {
      throw new IOException("nft's listing has no 'nftables'");
    }
    return objects;
  }

  /** The chains of one table. */
  static List<ForwardChain> of(JsonNode objects, Collection<InterfaceName> bridges) {
    Map<String, List<JsonNode>> rules = new HashMap<>();
    for (JsonNode each : objects) {
      if (each.has("rule")) {
        JsonNode rule = each.path("rule");
        rules
            .computeIfAbsent(rule.path("chain").asText(), any -> new ArrayList<>())
            .add(rule.path("expr"));
      }
    }
    List<ForwardChain> all = new ArrayList<>();
    for (JsonNode each : objects) {
      JsonNode chain = each.path("chain");
      if (isForward(chain)) {
        for (InterfaceName bridge : bridges) {
          String name = chain.path("name").asText();
          all.add(
              new ForwardChain(
                  chain.path("family").asText(),
                  chain.path("table").asText(),
                  name,
                  bridge,
                  new ForwardRules(rules, bridge)
                      .of(name, chain.path("policy").asText().equals("drop"))));
        }
      }
    }
    return all;
  }
}

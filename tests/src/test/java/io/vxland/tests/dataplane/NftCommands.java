package io.vxland.tests.dataplane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DeliveryDriver;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Guard;
import io.vxland.plan.Change;
import io.vxland.tests.support.Command;
import io.vxland.tests.support.Netns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The guards of a namespace, by the commands that an administrator would type. */
final class NftCommands implements DeliveryDriver {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration BOUND = Duration.ofSeconds(20);

  private final Netns netns;

  /** How often the guards were read. */
  int reads;

  NftCommands(Netns netns) {
    this.netns = netns;
  }

  @Override
  public Guard read() {
    reads++;
    Map<InterfaceName, Map<MacAddress, InterfaceName>> deliveries = new HashMap<>();
    try {
      String text = netns.run("nft", "-j", "list", "ruleset");
      for (JsonNode each : JSON.readTree(text).get("nftables")) {
        JsonNode chain = each.path("chain");
        JsonNode rule = each.path("rule");
        if (chain.path("table").asText().equals("vxland")) {
          deliveries.put(new InterfaceName(chain.get("name").asText()), new HashMap<>());
        } else if (rule.path("table").asText().equals("vxland")) {
          JsonNode expressions = rule.get("expr");
          deliveries
              .get(new InterfaceName(rule.get("chain").asText()))
              .put(
                  MacAddress.parse(expressions.get(0).at("/match/right").asText()),
                  new InterfaceName(expressions.get(2).at("/fwd/dev").asText()));
        }
      }
    } catch (JsonProcessingException e) {
      throw new AssertionError("nft's JSON", e);
    }
    return Guard.available(deliveries);
  }

  @Override
  public List<Failure> apply(List<Change> changes) {
    List<Failure> failures = new ArrayList<>();
    for (Change change : changes) {
      Command.Result result =
          Command.tryRun(
              BOUND, List.of("ip", "netns", "exec", netns.name(), "sh", "-c", change.command()));
      if (result.exit() != 0) {
        failures.add(new Failure(change, result.output()));
      }
    }
    return failures;
  }
}

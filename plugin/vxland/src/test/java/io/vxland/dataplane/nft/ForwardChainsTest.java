package io.vxland.dataplane.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vxland.model.InterfaceName;
import io.vxland.plan.ForwardChain;
import io.vxland.plan.ForwardChain.Fate;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a firewall does to packets from one port of a bridge to another, by nft's own listings. */
class ForwardChainsTest {
  private static final InterfaceName BRIDGE = new InterfaceName("br5001");
  private static final String ACCEPT = "{'accept': null}";
  private static final String COUNTER = "{'counter': {'packets': 0, 'bytes': 0}}";
  private static final String ESTABLISHED =
      "{'match': {'op': 'in', 'left': {'ct': {'key': 'state'}}, 'right': ['established', 'related']}}";

  private static String in(String operator, String names) {
    return device("iifname", operator, names);
  }

  private static String device(String key, String operator, String names) {
    return "{'match': {'op': '"
        + operator
        + "', 'left': {'meta': {'key': '"
        + key
        + "'}}, 'right': "
        + names
        + "}}";
  }

  private static String xt(String type, String name) {
    return "{'xt': {'type': '" + type + "', 'name': '" + name + "'}}";
  }

  private static String rule(String chain, String... expressions) {
    return ", {'rule': {'family': 'ip', 'table': 'filter', 'chain': '"
        + chain
        + "', 'handle': 4, 'expr': ["
        + String.join(", ", expressions)
        + "]}}";
  }

  private static String forward(String... expressions) {
    return rule("FORWARD", expressions);
  }

  private static Fate fate(String policy, String rules) throws IOException {
    String listing =
        "{'nftables': [{'metainfo': {'version': '1.0.6'}}, {'table': {'family': 'ip', 'name':"
            + " 'filter'}}, {'chain': {'family': 'ip', 'table': 'filter', 'name': 'FORWARD', 'type':"
            + " 'filter', 'hook': 'forward', 'prio': 0, 'policy': '"
            + policy
            + "'}}, {'chain': {'family': 'ip', 'table': 'filter', 'name': 'more'}}"
            + rules
            + "]}";
    List<ForwardChain> chains =
        ForwardChains.of(ForwardChains.objects(listing.replace('\'', '"')), List.of(BRIDGE));
    assertThat(chains).hasSize(1);
    assertThat(chains.get(0)).hasToString("ip filter FORWARD");
    return chains.get(0).fate();
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        arguments("nothing", "", Fate.DROPPED),
        arguments("all", forward(COUNTER, ACCEPT), Fate.ACCEPTED),
        arguments("replies only", forward(ESTABLISHED, ACCEPT), Fate.DROPPED),
        arguments(
            "first packets as well",
            forward(ESTABLISHED.replace("related", "new"), ACCEPT),
            Fate.DOUBTFUL),
        arguments("others' bridges", forward(in("==", "'virbr0'"), ACCEPT), Fate.DROPPED),
        arguments("this bridge", forward(in("==", "'br5001'"), COUNTER, ACCEPT), Fate.ACCEPTED),
        arguments(
            "this bridge to itself",
            forward(in("==", "'br5*'"), device("oifname", "==", "'br5*'"), ACCEPT),
            Fate.ACCEPTED),
        arguments(
            "one of a set", forward(in("==", "{'set': ['a', 'br5001']}"), ACCEPT), Fate.ACCEPTED),
        arguments(
            "one of another set", forward(in("==", "{'set': ['a', 'b']}"), ACCEPT), Fate.DROPPED),
        arguments("a named set", forward(in("==", "'@ours'"), ACCEPT), Fate.DOUBTFUL),
        arguments("all but this bridge", forward(in("!=", "'br5001'"), ACCEPT), Fate.DROPPED),
        arguments("all but another", forward(in("!=", "'virbr0'"), ACCEPT), Fate.ACCEPTED),
        arguments("ports of bridges", forward(xt("match", "physdev"), ACCEPT), Fate.ACCEPTED),
        arguments("an extension", forward(xt("match", "conntrack"), ACCEPT), Fate.DOUBTFUL),
        arguments(
            "an extension for another bridge",
            forward(device("oifname", "==", "'docker0'"), xt("match", "conntrack"), ACCEPT),
            Fate.DROPPED),
        arguments("a log", forward(COUNTER, xt("target", "LOG")), Fate.DROPPED),
        arguments(
            "a chain that accepts",
            forward("{'jump': {'target': 'more'}}") + rule("more", ACCEPT),
            Fate.ACCEPTED),
        arguments(
            "a chain that returns",
            forward("{'jump': {'target': 'more'}}")
                + rule("more", "{'return': null}")
                + rule("more", ACCEPT),
            Fate.DROPPED),
        arguments(
            "a chain for another bridge",
            forward(in("==", "'docker0'"), "{'jump': {'target': 'more'}}") + rule("more", ACCEPT),
            Fate.DROPPED),
        arguments("a circle", forward("{'jump': {'target': 'FORWARD'}}"), Fate.DOUBTFUL),
        arguments(
            "replies by a map",
            forward(
                "{'vmap': {'key': {'ct': {'key': 'state'}}, 'data': {'set': [['established',"
                    + " {'accept': null}]]}}}"),
            Fate.DROPPED),
        arguments("a queue", forward("{'queue': null}"), Fate.DOUBTFUL));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void whereThePolicyIsDropOnlyWhatARuleAcceptsPasses(String what, String rules, Fate fate)
      throws IOException {
    assertThat(fate("drop", rules)).isEqualTo(fate);
  }

  @Test
  void whereThePolicyIsAcceptALastRuleDropsAsWell() throws IOException {
    String last = forward("{'reject': {'type': 'icmpx', 'expr': 'admin-prohibited'}}");
    assertThat(fate("accept", last)).isEqualTo(Fate.DROPPED);
    assertThat(fate("accept", forward(in("==", "'br*'"), ACCEPT) + last)).isEqualTo(Fate.ACCEPTED);
    assertThat(fate("accept", forward(in("==", "'eth0'"), "{'drop': null}")))
        .isEqualTo(Fate.ACCEPTED);
    assertThat(fate("accept", forward(xt("target", "REJECT")))).isEqualTo(Fate.DROPPED);
    assertThat(fate("accept", "")).isEqualTo(Fate.ACCEPTED);
  }
}

package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InterfaceName;
import io.vxland.model.NetworkName;
import io.vxland.plan.ForwardChain;
import io.vxland.plan.ForwardChain.Fate;
import io.vxland.plan.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A firewall that sees what is forwarded in bridges. */
class BridgeFirewallTest {
  private static final InterfaceName BLUE = new InterfaceName("br5001");
  private static final InterfaceName RED = new InterfaceName("br5002");

  @TempDir Path root;
  private int reads;
  private List<ForwardChain> chains = List.of();
  private BridgeFirewall check;

  @BeforeEach
  void settings() throws IOException {
    for (String setting : List.of("iptables", "ip6tables")) {
      set("net/bridge/bridge-nf-call-" + setting, "0");
      set("br5001/bridge/nf_call_" + setting, "0");
    }
    check =
        new BridgeFirewall(
            root,
            root,
            bridges -> {
              reads++;
              return chains;
            },
            () ->
                new TreeMap<>(Map.of(BLUE, new NetworkName("blue"), RED, new NetworkName("red"))));
  }

  private void set(String file, String value) throws IOException {
    Files.createDirectories(root.resolve(file).getParent());
    Files.writeString(root.resolve(file), value + "\n");
  }

  private static ForwardChain chain(String family, InterfaceName bridge, Fate fate) {
    return new ForwardChain(family, "filter", "FORWARD", bridge, fate);
  }

  @Test
  void isNotAskedWhereItSeesNothing() {
    chains = List.of(chain("ip", BLUE, Fate.DROPPED));
    assertThat(check.get()).isEqualTo(Findings.NONE);
    assertThat(reads).isZero();
  }

  @Test
  void thatDropsIsNamedWithTheSettingAndTheRemedy() throws IOException {
    set("net/bridge/bridge-nf-call-iptables", "1");
    chains = List.of(chain("ip", BLUE, Fate.DROPPED), chain("ip6", RED, Fate.DROPPED));
    Findings found = check.get();
    assertThat(found.cut()).containsExactly(new NetworkName("blue"));
    assertThat(found.problems())
        .containsExactly(
            new Problem(
                "network 'blue'",
                "IPv4 packets between VMs are dropped: net.bridge.bridge-nf-call-iptables = 1, and"
                    + " chain 'ip filter FORWARD' of nftables drops what no rule accepts; run:"
                    + " sysctl -w net.bridge.bridge-nf-call-iptables=0, or accept them with: nft"
                    + " insert rule ip filter FORWARD iifname BRIDGE oifname BRIDGE accept"));
    chains = List.of(chain("ip", BLUE, Fate.ACCEPTED));
    assertThat(check.get()).isEqualTo(Findings.NONE);
  }

  @Test
  void maySeeOneBridgeOnly() throws IOException {
    set("br5001/bridge/nf_call_ip6tables", "1");
    chains = List.of(chain("inet", BLUE, Fate.DROPPED), chain("inet", RED, Fate.DROPPED));
    assertThat(check.get().problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.subject()).isEqualTo("network 'blue'");
              assertThat(problem.message())
                  .startsWith("IPv6 packets")
                  .contains("echo 0 >/sys/class/net/br5001/bridge/nf_call_ip6tables");
            });
  }

  @Test
  void isToldOnceForAllNetworks() throws IOException {
    set("net/bridge/bridge-nf-call-ip6tables", "1");
    chains = List.of(chain("inet", BLUE, Fate.DROPPED), chain("inet", RED, Fate.DROPPED));
    assertThat(check.get().problems())
        .extracting(Problem::subject)
        .containsExactly("networks 'blue', 'red'");
  }

  @Test
  void thatMayAcceptIsAWarning() throws IOException {
    set("net/bridge/bridge-nf-call-iptables", "1");
    chains = List.of(chain("ip", BLUE, Fate.DOUBTFUL));
    Findings found = check.get();
    assertThat(found.cut()).isEmpty();
    assertThat(found.problems()).isEmpty();
    assertThat(found.warnings())
        .extracting(Problem::message)
        .allMatch(message -> message.contains("may be dropped"));
  }

  @Test
  void thatCannotBeReadIsAWarning() throws IOException {
    set("net/bridge/bridge-nf-call-iptables", "1");
    BridgeFirewall unreadable =
        new BridgeFirewall(
            root,
            root,
            bridges -> {
              throw new DataplaneException("there is no program /usr/sbin/nft");
            },
            () -> new TreeMap<>(Map.of(BLUE, new NetworkName("blue"))));
    assertThat(unreadable.get().warnings())
        .extracting(Problem::message)
        .allMatch(message -> message.contains("no program /usr/sbin/nft"));
  }
}

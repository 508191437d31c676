package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.NetworkName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What br_netfilter has the host's firewall do to packets between two ports of a bridge.
 *
 * @param problems packets that are known not to arrive
 * @param warnings packets that may not arrive
 * @param cut the networks of the problems
 */
public record BridgeNetfilter(
    List<Problem> problems, List<Problem> warnings, SortedSet<NetworkName> cut) {
  /** Nothing is in the way. */
  public static final BridgeNetfilter NONE =
      new BridgeNetfilter(List.of(), List.of(), new TreeSet<>());

  private static final int MOST_NAMED = 5;

  /**
   * Why a bridge hands its packets to a family's firewall.
   *
   * @param bridge its name
   * @param packets the family
   * @param everywhere whether the host says so of all bridges, or this bridge's own attribute does
   */
  public record Call(InterfaceName bridge, IpAddress.Family packets, boolean everywhere) {
    /** What hands them over. */
    private String setting() {
      String name = packets == IpAddress.Family.V4 ? "iptables" : "ip6tables";
      return everywhere
          ? "net.bridge.bridge-nf-call-" + name + " = 1"
          : "nf_call_" + name + " of its bridge is 1";
    }

    private String remedy() {
      String name = packets == IpAddress.Family.V4 ? "iptables" : "ip6tables";
      return everywhere
          ? "sysctl -w net.bridge.bridge-nf-call-" + name + "=0"
          : "echo 0 >/sys/class/net/" + bridge + "/bridge/nf_call_" + name;
    }
  }

  /** Copies the lists. */
  public BridgeNetfilter {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /** Problems of one cause are told as one: hosts have hundreds of networks. */
  private record Cause(String setting, String chain, String remedy, boolean sure)
      implements Comparable<Cause> {
    @Override
    public int compareTo(Cause other) {
      return toString().compareTo(other.toString());
    }
  }

  /**
   * Finds what is in the way.
   *
   * @param networks the networks by bridge
   * @param calls which bridges hand packets to the firewall
   * @param chains what it does to them
   */
  public static BridgeNetfilter of(
      Map<InterfaceName, NetworkName> networks,
      Collection<Call> calls,
      Collection<ForwardChain> chains) {
    SortedMap<Cause, SortedSet<NetworkName>> causes = new TreeMap<>();
    for (Call call : calls) {
      NetworkName network = networks.get(call.bridge());
      for (ForwardChain chain : chains) {
        if (network != null
            && chain.bridge().equals(call.bridge())
            && chain.sees(call.packets())
            && chain.fate() != ForwardChain.Fate.ACCEPTED) {
          Cause cause =
              new Cause(
                  call.setting(),
                  chain.toString(),
                  call.remedy(),
                  chain.fate() == ForwardChain.Fate.DROPPED);
          causes.computeIfAbsent(cause, any -> new TreeSet<>()).add(network);
        }
      }
    }
    List<Problem> problems = new ArrayList<>();
    List<Problem> warnings = new ArrayList<>();
    SortedSet<NetworkName> cut = new TreeSet<>();
    causes.forEach(
        (cause, affected) -> {
          if (cause.sure()) {
            problems.add(problem(cause, affected));
            cut.addAll(affected);
          } else {
            warnings.add(problem(cause, affected));
          }
        });
    return new BridgeNetfilter(problems, warnings, cut);
  }

  private static Problem problem(Cause cause, SortedSet<NetworkName> affected) {
    String family = cause.setting().contains("ip6tables") ? "IPv6" : "IPv4";
    return new Problem(
        named(affected),
        family
            + " packets between VMs "
            + (cause.sure() ? "are" : "may be")
            + " dropped: "
            + cause.setting()
            + ", and chain '"
            + cause.chain()
            + "' of nftables drops what no rule accepts; run: "
            + cause.remedy()
            + ", or accept them with: nft insert rule "
            + cause.chain()
            + " iifname BRIDGE oifname BRIDGE accept");
  }

  private static String named(SortedSet<NetworkName> affected) {
    if (affected.size() == 1) {
      return "network '" + affected.first() + "'";
    }
    List<String> names = affected.stream().limit(MOST_NAMED).map(name -> "'" + name + "'").toList();
    return "networks "
        + String.join(", ", names)
        + (affected.size() > MOST_NAMED ? " and " + (affected.size() - MOST_NAMED) + " more" : "");
  }
}

package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;

/**
 * A chain of somebody's firewall that sees all packets that this host forwards, those between two
 * ports of a bridge too where br_netfilter says so.
 *
 * @param family nft's name for the family: ip, ip6 or inet
 * @param table its table
 * @param name its name
 * @param bridge the bridge whose packets are meant
 * @param fate what becomes of them
 */
public record ForwardChain(
    String family, String table, String name, InterfaceName bridge, Fate fate) {
  /** What becomes of packets from one port of a bridge to another. */
  public enum Fate {
    /** No rule of it can accept them, and they are dropped. */
    DROPPED,
    /** They are dropped unless a rule accepts them whose conditions are not known here. */
    DOUBTFUL,
    /** They pass. */
    ACCEPTED
  }

  /** Whether it sees packets of a family. */
  public boolean sees(IpAddress.Family packets) {
    return switch (family) {
      case "inet" -> true;
      case "ip" -> packets == IpAddress.Family.V4;
      case "ip6" -> packets == IpAddress.Family.V6;
      default -> false;
    };
  }

  @Override
  public String toString() {
    return family + " " + table + " " + name;
  }
}

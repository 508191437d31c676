package io.vxland.netlink4j.model;

/**
 * A table of nftables.
 *
 * @param family {@code NFPROTO_*} (linux/netfilter.h): 1 is inet, 2 ip, 5 netdev, 7 bridge, 10 ip6
 * @param name its name in its family
 */
public record RulesetTable(int family, String name) {
  /** {@code NFPROTO_INET}. */
  public static final int INET = 1;

  /** {@code NFPROTO_NETDEV}. */
  public static final int NETDEV = 5;

  /** {@code NFPROTO_BRIDGE}. */
  public static final int BRIDGE = 7;
}

package io.vxland.netlink4j.model;

import java.util.List;
import java.util.Optional;

/**
 * What a device has as a port of a bridge ({@code IFLA_BRPORT_*}).
 *
 * @param options what is to be set, or what the kernel says
 */
public record BridgePort(Options<BridgePort> options) {
  /** 0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking. */
  public static final Option<BridgePort, Integer> STATE = Option.u8("state", 1);

  public static final Option<BridgePort, Integer> PRIORITY = Option.u16("priority", 2);
  public static final Option<BridgePort, Long> COST = Option.u32("cost", 3);

  /** Sends frames back out of the port that they came from. */
  public static final Option<BridgePort, Boolean> HAIRPIN = Option.bool("hairpin", 4);

  /** Drops STP messages. */
  public static final Option<BridgePort, Boolean> BPDU_GUARD = Option.bool("guard", 5);

  /** Never becomes the root port. */
  public static final Option<BridgePort, Boolean> ROOT_BLOCK = Option.bool("root_block", 6);

  public static final Option<BridgePort, Boolean> FAST_LEAVE = Option.bool("fastleave", 7);
  public static final Option<BridgePort, Boolean> LEARNING = Option.bool("learning", 8);

  /** Floods unicast of unknown destination. */
  public static final Option<BridgePort, Boolean> UNICAST_FLOOD = Option.bool("flood", 9);

  public static final Option<BridgePort, Boolean> PROXY_ARP = Option.bool("proxy_arp", 10);
  public static final Option<BridgePort, Boolean> LEARNING_SYNC = Option.bool("learning_sync", 11);
  public static final Option<BridgePort, Boolean> PROXY_ARP_WIFI =
      Option.bool("proxy_arp_wifi", 12);
  public static final Option<BridgePort, Integer> MCAST_ROUTER = Option.u8("mcast_router", 25);
  public static final Option<BridgePort, Boolean> MCAST_FLOOD = Option.bool("mcast_flood", 27);
  public static final Option<BridgePort, Boolean> MCAST_TO_UNICAST =
      Option.bool("mcast_to_unicast", 28);
  public static final Option<BridgePort, Boolean> VLAN_TUNNEL = Option.bool("vlan_tunnel", 29);
  public static final Option<BridgePort, Boolean> BCAST_FLOOD = Option.bool("bcast_flood", 30);
  public static final Option<BridgePort, Integer> GROUP_FWD_MASK = Option.u16("group_fwd_mask", 31);

  /** Answers ARP and ND from neighbours that the bridge knows, and does not flood those. */
  public static final Option<BridgePort, Boolean> NEIGH_SUPPRESS =
      Option.bool("neigh_suppress", 32);

  /** Talks with ports only that are not isolated. */
  public static final Option<BridgePort, Boolean> ISOLATED = Option.bool("isolated", 33);

  /** Drops frames from MAC addresses that are not in the FDB on this port. Linux 5.18 or newer. */
  public static final Option<BridgePort, Boolean> LOCKED = Option.bool("locked", 39);

  /** All of them. */
  public static final List<Option<BridgePort, ?>> ALL =
      List.of(
          STATE,
          PRIORITY,
          COST,
          HAIRPIN,
          BPDU_GUARD,
          ROOT_BLOCK,
          FAST_LEAVE,
          LEARNING,
          UNICAST_FLOOD,
          PROXY_ARP,
          LEARNING_SYNC,
          PROXY_ARP_WIFI,
          MCAST_ROUTER,
          MCAST_FLOOD,
          MCAST_TO_UNICAST,
          VLAN_TUNNEL,
          BCAST_FLOOD,
          GROUP_FWD_MASK,
          NEIGH_SUPPRESS,
          ISOLATED,
          LOCKED);

  /** Nothing said yet. */
  public static BridgePort unchanged() {
    return new BridgePort(Options.none());
  }

  public <T> BridgePort with(Option<BridgePort, T> option, T value) {
    return new BridgePort(options.with(option, value));
  }

  public <T> Optional<T> get(Option<BridgePort, T> option) {
    return options.get(option);
  }

  /** Whether an option is reported and on. */
  public boolean isOn(Option<BridgePort, Boolean> option) {
    return options.isOn(option);
  }
}

package io.vxland.netlink4j.model;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * A bridge ({@code IFLA_BR_*}). Times are in hundredths of a second, the kernel's {@code USER_HZ}.
 *
 * @param options what is to be set, or what the kernel says
 */
public record Bridge(Options<Bridge> options) implements LinkDetails {
  /** Hundredths of a second; without STP it may be 0. */
  public static final Option<Bridge, Long> FORWARD_DELAY = Option.u32("forward_delay", 1);

  public static final Option<Bridge, Long> HELLO_TIME = Option.u32("hello_time", 2);
  public static final Option<Bridge, Long> MAX_AGE = Option.u32("max_age", 3);

  /** Hundredths of a second that a learned entry lives. */
  public static final Option<Bridge, Long> AGEING_TIME = Option.u32("ageing_time", 4);

  /** 0 off, 1 the kernel's, 2 a program's. */
  public static final Option<Bridge, Long> STP_STATE = Option.u32("stp_state", 5);

  public static final Option<Bridge, Integer> PRIORITY = Option.u16("priority", 6);
  public static final Option<Bridge, Boolean> VLAN_FILTERING = Option.bool("vlan_filtering", 7);

  /** 0x8100 or 0x88a8. */
  public static final Option<Bridge, Integer> VLAN_PROTOCOL = Option.u16be("vlan_protocol", 8);

  /** Which of 01:80:c2:00:00:0X are forwarded: bit X. */
  public static final Option<Bridge, Integer> GROUP_FWD_MASK = Option.u16("group_fwd_mask", 9);

  public static final Option<Bridge, LinkAddress> GROUP_ADDRESS = Option.mac("group_address", 20);

  /** 0 off, 1 as queries are seen, 2 always. */
  public static final Option<Bridge, Integer> MCAST_ROUTER = Option.u8("mcast_router", 22);

  public static final Option<Bridge, Boolean> MCAST_SNOOPING = Option.bool("mcast_snooping", 23);
  public static final Option<Bridge, Boolean> MCAST_QUERY_USE_IFADDR =
      Option.bool("mcast_query_use_ifaddr", 24);
  public static final Option<Bridge, Boolean> MCAST_QUERIER = Option.bool("mcast_querier", 25);
  public static final Option<Bridge, Boolean> NF_CALL_IPTABLES =
      Option.bool("nf_call_iptables", 36);
  public static final Option<Bridge, Boolean> NF_CALL_IP6TABLES =
      Option.bool("nf_call_ip6tables", 37);
  public static final Option<Bridge, Boolean> NF_CALL_ARPTABLES =
      Option.bool("nf_call_arptables", 38);
  public static final Option<Bridge, Integer> VLAN_DEFAULT_PVID =
      Option.u16("vlan_default_pvid", 39);

  /**
   * Several switches in one ({@code struct br_boolopt_multi}): in one half of the number those that
   * are on, in the other those that are meant. {@link #on} and {@link #isOn} know which half.
   */
  public static final Option<Bridge, Long> SWITCHES = Option.u64("multi_boolopt", 46);

  /** Bit of {@link #SWITCHES}: nothing is learned from link-local frames, 01:80:c2:00:00:0X. */
  public static final int NO_LINK_LOCAL_LEARNING = 0;

  /** Most learned entries; 0 for no limit. Linux 6.7 or newer, which reports it. */
  public static final Option<Bridge, Long> FDB_MAX_LEARNED = Option.u32("fdb_max_learned", 49);

  /** All of them. */
  public static final List<Option<Bridge, ?>> ALL =
      List.of(
          FORWARD_DELAY,
          HELLO_TIME,
          MAX_AGE,
          AGEING_TIME,
          STP_STATE,
          PRIORITY,
          VLAN_FILTERING,
          VLAN_PROTOCOL,
          GROUP_FWD_MASK,
          GROUP_ADDRESS,
          MCAST_ROUTER,
          MCAST_SNOOPING,
          SWITCHES,
          MCAST_QUERY_USE_IFADDR,
          MCAST_QUERIER,
          NF_CALL_IPTABLES,
          NF_CALL_IP6TABLES,
          NF_CALL_ARPTABLES,
          VLAN_DEFAULT_PVID,
          FDB_MAX_LEARNED);

  /** A bridge of the kernel's defaults. */
  public static Bridge plain() {
    return new Bridge(Options.none());
  }

  @Override
  public String kind() {
    return "bridge";
  }

  public <T> Bridge with(Option<Bridge, T> option, T value) {
    return new Bridge(options.with(option, value));
  }

  public <T> Optional<T> get(Option<Bridge, T> option) {
    return options.get(option);
  }

  /** The value of {@link #SWITCHES} that turns one on and leaves the others as they are. */
  public static long on(int bit) {
    return 1L << bit << Integer.SIZE | 1L << bit;
  }

  /** Whether the kernel says that one is on; empty if this kernel does not know it. */
  public static Optional<Boolean> isOn(long switches, int bit) {
    boolean littleEndian = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    long on = littleEndian ? switches : switches >>> Integer.SIZE;
    long known = littleEndian ? switches >>> Integer.SIZE : switches;
    return (known >>> bit & 1) == 0 ? Optional.empty() : Optional.of((on >>> bit & 1) != 0);
  }
}

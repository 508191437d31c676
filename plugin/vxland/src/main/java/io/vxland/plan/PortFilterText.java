package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Port filters in nft's language (nft(8)).
 *
 * <p>The rules are the same for all networks, and their number is: a tap's network is looked up
 * once and kept in the frame's mark while the rules run, so that a set has the addresses of all
 * networks, each with its VNI. A change of what is known is a change of elements. What is compared
 * is written as raw bytes ({@code @th,64,128}): nft before 1.0.9 has no word for the target of a
 * neighbour advertisement, and a set that is declared with one takes no address. Words such as
 * {@code icmpv6 type} would also ask for the frame's Ethernet type, which is 802.1Q in a frame with
 * a priority tag; its receiver takes that frame as any other.
 *
 * <p>The hook is the bridge's prerouting, which a frame passes before the bridge learns from it.
 */
public final class PortFilterText {
  /** The table, which is ours as a whole. */
  public static final String TABLE = "bridge vxland";

  /** A filter that has no elements, whatever its network. */
  public static final PortFilter NOTHING = PortFilter.none(new Vni(1));

  private static final int MOST_SHOWN = 40;
  private static final int MAX_PER_COMMAND = 5_000;

  /**
   * Commands that make the table as it is without any network. Given a second time they would add
   * the rules again.
   */
  private static final String EMPTY_TABLE =
      """
      table bridge vxland {
        map taps { type ifname : mark; }
        set stamps { type mark . mark . mark; }
        set macs { typeof meta mark . @ll,48,48; }
        set ip4s { typeof meta mark . @nh,112,32; }
        set ip6s { typeof meta mark . @nh,64,128; }
        set own_macs { typeof iifname . @ll,48,48; }
        set own_ip4s { typeof iifname . @nh,112,32; }
        set own_ip6s { typeof iifname . @nh,64,128; }
        set own_macs_only { type ifname; }
        set own_addresses_only { type ifname; }
        set no_dhcp_server { type ifname; }
        set no_router { type ifname; }
        set denied { type ifname; size 65535; flags dynamic; counter; }
        set denied_macs { typeof iifname . @ll,48,48; size 8192; flags dynamic; counter; }
        set denied_ip4s { typeof iifname . @nh,112,32; size 8192; flags dynamic; counter; }
        set denied_ip6s { typeof iifname . @nh,64,128; size 8192; flags dynamic; counter; }
        set denied_dhcp { type ifname; size 65535; flags dynamic; counter; }
        set denied_router { type ifname; size 65535; flags dynamic; counter; }
        chain deny {
          update @denied { iifname }
          drop
        }
        chain deny_source {
          update @denied_macs { iifname . @ll,48,48 }
          goto deny
        }
        chain deny_arp_mac {
          update @denied_macs { iifname . @nh,64,48 }
          goto deny
        }
        chain deny_arp_address {
          update @denied_ip4s { iifname . @nh,112,32 }
          goto deny
        }
        chain deny_ip4 {
          update @denied_ip4s { iifname . @nh,96,32 }
          goto deny
        }
        chain deny_dhcp {
          update @denied_dhcp { iifname }
          goto deny
        }
        chain deny_router {
          update @denied_router { iifname }
          goto deny
        }
        chain deny_nd_source {
          update @denied_ip6s { iifname . @nh,64,128 }
          goto deny
        }
        chain deny_nd_target {
          update @denied_ip6s { iifname . @th,64,128 }
          goto deny
        }
        chain deny_nd_mac {
          update @denied_macs { iifname . @th,208,48 }
          goto deny
        }
        chain deny_rs_mac {
          update @denied_macs { iifname . @th,80,48 }
          goto deny
        }
        chain check_arp {
          iifname . @nh,64,48 != @own_macs meta mark . @nh,64,48 @macs goto deny_arp_mac
          iifname . @nh,64,48 != @own_macs iifname @own_macs_only goto deny_arp_mac
          iifname . @nh,112,32 != @own_ip4s meta mark . @nh,112,32 @ip4s goto deny_arp_address
          iifname . @nh,112,32 != @own_ip4s iifname @own_addresses_only @nh,112,32 != 0 goto deny_arp_address
        }
        chain check_ip4 {
          iifname @no_dhcp_server meta l4proto 17 @th,0,16 67 goto deny_dhcp
          iifname . @nh,96,32 != @own_ip4s iifname @own_addresses_only @nh,96,32 != 0 goto deny_ip4
        }
        chain check_claim {
          iifname . @nh,64,128 != @own_ip6s meta mark . @nh,64,128 @ip6s goto deny_nd_source
          @th,0,8 133 @th,64,16 0x0101 iifname . @th,80,48 != @own_macs meta mark . @th,80,48 @macs goto deny_rs_mac
          @th,0,8 133 @th,64,16 0x0101 iifname . @th,80,48 != @own_macs iifname @own_macs_only goto deny_rs_mac
          @th,0,8 { 135, 136 } @th,192,16 { 0x0101, 0x0201 } iifname . @th,208,48 != @own_macs meta mark . @th,208,48 @macs goto deny_nd_mac
          @th,0,8 { 135, 136 } @th,192,16 { 0x0101, 0x0201 } iifname . @th,208,48 != @own_macs iifname @own_macs_only goto deny_nd_mac
          @th,0,8 136 iifname . @th,64,128 != @own_ip6s meta mark . @th,64,128 @ip6s goto deny_nd_target
          @th,0,8 136 iifname . @th,64,128 != @own_ip6s iifname @own_addresses_only @th,64,16 & 0xffc0 != 0xfe80 goto deny_nd_target
          @th,0,8 { 134, 137 } iifname @no_router goto deny_router
          @th,0,8 { 135, 136 } @nh,32,16 > 32 goto deny
        }
        chain check_ip6 {
          meta l4proto 58 @th,0,8 133-137 jump check_claim
          iifname @no_dhcp_server meta l4proto 17 @th,0,16 547 goto deny_dhcp
          iifname . @nh,64,128 != @own_ip6s iifname @own_addresses_only @nh,64,16 & 0xffc0 != 0xfe80 @nh,64,128 != 0 goto deny_nd_source
        }
        chain check {
          iifname . @ll,48,48 != @own_macs meta mark . @ll,48,48 @macs goto deny_source
          iifname . @ll,48,48 != @own_macs iifname @own_macs_only goto deny_source
          @ll,96,16 { 0x8100, 0x88a8 } @ll,116,12 0 meta protocol { 8021q, 8021ad } goto deny
          meta protocol vmap { arp : jump check_arp, ip : jump check_ip4, ip6 : jump check_ip6 }
          meta mark set 0
        }
        chain guests {
          type filter hook prerouting priority -210; policy accept;
          meta mark set iifname map @taps goto check
        }
      }
      """;

  private PortFilterText() {}

  /** The commands that make the table anew, without any network. */
  public static List<String> emptyTable() {
    return List.of("add table " + TABLE, "delete table " + TABLE, EMPTY_TABLE.strip());
  }

  /** The commands that make the table where there is none. */
  public static List<String> newTable() {
    return List.of(EMPTY_TABLE.strip());
  }

  /** The commands that make one filter of another. */
  public static List<String> change(PortFilter before, PortFilter after) {
    List<String> commands = new ArrayList<>();
    Elements old = new Elements(before);
    Elements fresh = new Elements(after);
    for (int i = 0; i < fresh.bySet.size(); i++) {
      String set = Elements.SETS.get(i);
      command(commands, "delete", set, old.bySet.get(i), fresh.bySet.get(i));
      command(commands, "add", set, fresh.bySet.get(i), old.bySet.get(i));
    }
    return commands;
  }

  /** The command that takes a tap out of its network. */
  public static String removeTap(InterfaceName tap) {
    return "delete element " + TABLE + " taps { \"" + tap + "\" }";
  }

  /** Whether a command takes elements away. */
  public static boolean deletes(String command) {
    return command.startsWith("delete ");
  }

  /** The command that says which filter is there. */
  public static String addStamp(Vni vni, long stamp) {
    return "add element " + TABLE + " stamps { " + stamp(vni, stamp) + " }";
  }

  /** The command that takes the stamp of a filter away. */
  public static String removeStamp(Vni vni, long stamp) {
    return "delete element " + TABLE + " stamps { " + stamp(vni, stamp) + " }";
  }

  private static String stamp(Vni vni, long stamp) {
    return vni + " . 0x" + hex(stamp >>> 32, 8) + " . 0x" + hex(stamp & 0xFFFF_FFFFL, 8);
  }

  private static void command(
      List<String> commands, String verb, String set, SortedSet<String> these, Set<String> others) {
    List<String> elements = these.stream().filter(each -> !others.contains(each)).toList();
    for (int i = 0; i < elements.size(); i += MAX_PER_COMMAND) {
      List<String> part = elements.subList(i, Math.min(i + MAX_PER_COMMAND, elements.size()));
      commands.add(verb + " element " + TABLE + " " + set + " { " + String.join(", ", part) + " }");
    }
  }

  /** What an administrator would type; the table is made if need be. A long one is described. */
  static String command(PortFilter filter) {
    int elements = filter.macs().size() + filter.addresses().size() + filter.ports().size();
    if (elements > MOST_SHOWN) {
      return "nft -f - # "
          + elements
          + " elements of the sets of table "
          + TABLE
          + " for VNI "
          + filter.vni();
    }
    return "nft list table "
        + TABLE
        + " >/dev/null 2>&1 || nft -f - <<'END'\n"
        + String.join("\n", newTable())
        + "\nEND\nnft -f - <<'END'\n"
        + String.join("\n", change(NOTHING, filter))
        + "\n"
        + addStamp(filter.vni(), filter.stamp())
        + "\nEND";
  }

  /** What an administrator would type to be rid of all filters. */
  static String removal(Vni vni) {
    return "nft delete table " + TABLE + " # with it the filter of VNI " + vni;
  }

  private static String hex(long bits, int digits) {
    String text = Long.toHexString(bits);
    return "0".repeat(digits - text.length()) + text;
  }

  /** The elements of a filter, by set. */
  private static final class Elements {
    static final List<String> SETS =
        List.of(
            "taps",
            "macs",
            "ip4s",
            "ip6s",
            "own_macs",
            "own_ip4s",
            "own_ip6s",
            "own_macs_only",
            "own_addresses_only",
            "no_dhcp_server",
            "no_router");

    final List<SortedSet<String>> bySet = new ArrayList<>();

    Elements(PortFilter filter) {
      SETS.forEach(set -> bySet.add(new TreeSet<>()));
      if (filter.ports().isEmpty()) {
        return;
      }
      String network = filter.vni() + " . ";
      filter.macs().forEach(mac -> bySet.get(1).add(network + mac(mac)));
      filter.addresses().forEach(address -> add(2, network, address));
      filter
          .ports()
          .forEach(
              (tap, port) -> {
                String name = "\"" + tap + "\"";
                bySet.get(0).add(name + " : " + filter.vni());
                port.macs().forEach(mac -> bySet.get(4).add(name + " . " + mac(mac)));
                port.addresses().forEach(address -> add(5, name + " . ", address));
                port.limits().forEach(limit -> bySet.get(SETS.indexOf(set(limit))).add(name));
              });
    }

    private static String set(PortFilter.Limit limit) {
      return switch (limit) {
        case OWN_MACS -> "own_macs_only";
        case OWN_ADDRESSES -> "own_addresses_only";
        case NO_DHCP_SERVER -> "no_dhcp_server";
        case NO_ROUTER -> "no_router";
      };
    }

    private void add(int ip4s, String prefix, IpAddress address) {
      if (address.family() == IpAddress.Family.V4) {
        bySet.get(ip4s).add(prefix + "0x" + hex(address.low() & 0xFFFF_FFFFL, 8));
      } else {
        bySet.get(ip4s + 1).add(prefix + "0x" + hex(address.high(), 16) + hex(address.low(), 16));
      }
    }

    private static String mac(MacAddress mac) {
      return "0x" + hex(mac.bits(), 12);
    }
  }
}

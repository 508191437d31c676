package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Mtu;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is done to frames for their size, and for isolated ports, by nftables. In table {@code
 * bridge vxland_frames}, which is vxland's as a whole, for what goes in or out by VXLAN devices in
 * bridges:
 *
 * <ul>
 *   <li>A TCP connection's segments are kept to what the network carries, by the option of its
 *       first packets (RFC 9293, section 3.7.1). nft only ever lowers it (nft_exthdr.c).
 *   <li>IPv6 does not fragment on the way, so over it an IPv4 packet that is too large is lost when
 *       it may be fragmented. It is marked as one that may not: the kernel's VXLAN device answers
 *       those (iptunnel_pmtud_check_icmp in ip_tunnel_core.c), and its sender fragments.
 * </ul>
 *
 * <p>There, and where migration tunnels come in, isolated ports are kept from those of other hosts:
 * see {@link Isolation}.
 *
 * <p>Open vSwitch passes that table by. There the same is done to what goes into taps, in table
 * {@code netdev vxland_frames}: both ends of a connection hear of the other's option so.
 *
 * @param devices the VXLAN devices in bridges, by what is done to their frames
 * @param taps the taps in switches, by the MTU of their network
 * @param isolations the networks that isolate ports of several hosts
 */
public record FrameRules(
    SortedMap<Treatment, SortedSet<InterfaceName>> devices,
    SortedMap<Mtu, SortedSet<InterfaceName>> taps,
    List<Isolation> isolations) {

  /** No rules at all. */
  public static final FrameRules NONE = new FrameRules(new TreeMap<>(), new TreeMap<>(), List.of());

  /** The name of both tables. */
  public static final String TABLE = "vxland_frames";

  /** The families of both tables. */
  public static final String BRIDGE = "bridge";

  public static final String NETDEV = "netdev";

  /** How the name of the chain begins that tells of what a table was made. */
  public static final String MARK = "made";

  /** What nft is told to take both tables away, also where there are none. */
  public static final String REMOVAL =
      """
      add table bridge vxland_frames
      delete table bridge vxland_frames
      add table netdev vxland_frames
      delete table netdev vxland_frames
      """;

  private static final int IPV4_HEADERS = 40;
  private static final int IPV6_HEADERS = 60;
  private static final int VLAN_TAG = 4;
  private static final String SYN = " tcp flags & (syn | rst) == syn tcp option maxseg size set ";

  /**
   * What is done to the frames of a network.
   *
   * @param mtu the largest IP packet that it carries
   * @param clamp whether TCP's segments are kept to it
   * @param mark whether IPv4 packets that are too large are marked as not to be fragmented
   */
  public record Treatment(Mtu mtu, boolean clamp, boolean mark) implements Comparable<Treatment> {
    @Override
    public int compareTo(Treatment other) {
      return name().compareTo(other.name());
    }

    private String name() {
      return (clamp ? "clamp" : "") + (mark ? "mark" : "") + mtu;
    }
  }

  /** Copies the collections. */
  public FrameRules {
    isolations = List.copyOf(isolations);
    devices = Collections.unmodifiableSortedMap(new TreeMap<>(devices));
    taps = Collections.unmodifiableSortedMap(new TreeMap<>(taps));
  }

  /** What segments and taps ask for. */
  static FrameRules of(
      Collection<Segment> segments, Map<InterfaceName, Mtu> taps, Collection<LocalPort> ports) {
    SortedMap<Treatment, SortedSet<InterfaceName>> devices = new TreeMap<>();
    for (Segment segment : segments) {
      boolean mark = segment.vxlan().local().address().family() == IpAddress.Family.V6;
      if (segment.bridge().isPresent() && (segment.clamp() || mark)) {
        devices
            .computeIfAbsent(
                new Treatment(segment.mtu(), segment.clamp(), mark), each -> new TreeSet<>())
            .add(segment.vxlan().name());
      }
    }
    SortedMap<Mtu, SortedSet<InterfaceName>> byMtu = new TreeMap<>();
    taps.forEach((tap, mtu) -> byMtu.computeIfAbsent(mtu, each -> new TreeSet<>()).add(tap));
    return new FrameRules(
        devices,
        byMtu,
        segments.stream().flatMap(segment -> Isolation.of(segment, ports).stream()).toList());
  }

  /** The same without some VXLAN devices. */
  FrameRules without(Set<InterfaceName> unmade) {
    SortedMap<Treatment, SortedSet<InterfaceName>> made = new TreeMap<>();
    devices.forEach(
        (treatment, all) -> {
          NavigableSet<InterfaceName> some = new TreeSet<>(all);
          some.removeAll(unmade);
          if (!some.isEmpty()) {
            made.put(treatment, some);
          }
        });
    return new FrameRules(
        made, taps, isolations.stream().filter(each -> !unmade.contains(each.vxlan())).toList());
  }

  /**
   * The same for those devices only that are there: nft refuses a chain for one that is not.
   *
   * @param there the taps
   * @param links all devices
   */
  FrameRules on(Set<InterfaceName> there, Set<InterfaceName> links) {
    SortedMap<Mtu, SortedSet<InterfaceName>> present = new TreeMap<>();
    taps.forEach(
        (mtu, all) -> {
          NavigableSet<InterfaceName> some = new TreeSet<>(all);
          some.retainAll(there);
          if (!some.isEmpty()) {
            present.put(mtu, some);
          }
        });
    return new FrameRules(
        devices,
        present,
        isolations.stream()
            .map(
                each ->
                    each.hooked().filter(device -> !links.contains(device)).isPresent()
                        ? each.withoutTunnel()
                        : each)
            .toList());
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return devices.isEmpty() && taps.isEmpty() && isolations.isEmpty();
  }

  /**
   * What tells these rules from others when the kernel's are read: the contents of {@link #name} of
   * each table, and how many rules and which devices it has.
   */
  public String fingerprint() {
    String bridge = bridge();
    String netdev = netdev();
    return (bridge.isEmpty() ? "" : fingerprint(BRIDGE, name(bridge), rules(bridge), Set.of()))
        + (netdev.isEmpty() ? "" : fingerprint(NETDEV, name(netdev), rules(netdev), hooked()));
  }

  /** The devices that chains are hooked to. */
  public Set<InterfaceName> hooked() {
    Set<InterfaceName> hooked = new TreeSet<>();
    taps.values().forEach(hooked::addAll);
    isolations.forEach(each -> each.hooked().ifPresent(hooked::add));
    return hooked;
  }

  /** The same of one table as it was read. */
  public static String fingerprint(
      String family, String name, int rules, Collection<InterfaceName> hooked) {
    return family + ' ' + name + ' ' + rules + ' ' + new TreeSet<>(hooked) + '\n';
  }

  /** The name of an empty chain that tells of what the table that has it was made. */
  private static String name(String body) {
    return MARK + Integer.toHexString(body.hashCode());
  }

  private static int rules(String body) {
    return (int) body.lines().filter(line -> line.startsWith("  ") && !isHook(line)).count();
  }

  private static boolean isHook(String line) {
    return line.startsWith("  type ");
  }

  /** What nft is told to replace all there is, in one transaction. */
  public String replacement() {
    return REMOVAL + table(BRIDGE, bridge()) + table(NETDEV, netdev());
  }

  private static String table(String family, String body) {
    return body.isEmpty()
        ? ""
        : "table " + family + " " + TABLE + " {\n chain " + name(body) + " {\n }\n" + body + "}\n";
  }

  private String bridge() {
    StringBuilder text = new StringBuilder();
    if (!devices.isEmpty()) {
      devices.keySet().stream()
          .filter(Treatment::clamp)
          .map(Treatment::mtu)
          .distinct()
          .forEach(mtu -> text.append(clamps(mtu)));
      text.append(" chain forward {\n  type filter hook forward priority 0; policy accept;\n");
      devices.forEach(
          (treatment, names) -> {
            String set = " { " + quoted(names) + " } ";
            if (treatment.clamp()) {
              text.append("  iifname").append(set).append("jump clamp").append(treatment.mtu());
              text.append("\n  oifname").append(set).append("jump clamp").append(treatment.mtu());
              text.append('\n');
            }
            if (treatment.mark()) {
              text.append("  oifname")
                  .append(set)
                  .append("meta protocol ip meta length > ")
                  .append(treatment.mtu())
                  .append(" ip frag-off 0 ip frag-off set 0x4000\n");
            }
          });
      text.append(" }\n");
    }
    return text.append(Isolation.bridge(isolations)).toString();
  }

  private String netdev() {
    StringBuilder text = new StringBuilder();
    if (!taps.isEmpty()) {
      taps.keySet().forEach(mtu -> text.append(clamps(mtu)));
      taps.forEach(
          (mtu, names) ->
              text.append(" chain into")
                  .append(mtu)
                  .append(" {\n  type filter hook egress devices = { ")
                  .append(quoted(names))
                  .append(" } priority 0; policy accept;\n  jump clamp")
                  .append(mtu)
                  .append("\n }\n"));
    }
    isolations.forEach(each -> text.append(each.netdev()));
    return text.toString();
  }

  private static String quoted(Collection<InterfaceName> names) {
    return names.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "));
  }

  /** A frame with a VLAN tag has 4 bytes less for the rest. */
  private static String clamps(Mtu mtu) {
    int four = mtu.bytes() - IPV4_HEADERS;
    int six = mtu.bytes() - IPV6_HEADERS;
    return " chain clamp"
        + mtu
        + " {\n  meta protocol ip @ll,96,16 0x8100"
        + SYN
        + (four - VLAN_TAG)
        + "\n  meta protocol ip6 @ll,96,16 0x8100"
        + SYN
        + (six - VLAN_TAG)
        + "\n  meta protocol ip"
        + SYN
        + four
        + "\n  meta protocol ip6"
        + SYN
        + six
        + "\n }\n";
  }
}

package io.vxland.plan;

import io.vxland.model.IpAddress;
import io.vxland.model.Prefix;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * From whom this host takes what is tunnelled in VNIs of its own. Anything else that comes in them
 * is dropped where the kernel delivers packets to itself (hook input): it has put fragments
 * together by then, and has not decapsulated yet. Other VNIs on the same UDP ports are not touched.
 *
 * @param tunnels the UDP ports and VNIs
 * @param vteps the hosts
 * @param sources networks of further hosts
 */
public record VtepFilter(
    SortedSet<Tunnel> tunnels, SortedSet<IpAddress> vteps, SortedSet<Prefix> sources) {

  /** The table of nftables that does it, which is ours as a whole. */
  public static final String TABLE = "inet vxland_vteps";

  /** Nothing is filtered. */
  public static final VtepFilter NONE =
      new VtepFilter(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());

  private static final int FINGERPRINT_BYTES = 8;

  /**
   * What a packet shows that is tunnelled to this host. VXLAN (RFC 7348) and Geneve (RFC 8926) have
   * the VNI in the same place.
   *
   * @param port the UDP port that it is sent to
   * @param vni the VNI in it
   * @param network the VNI of the network that it belongs to, which may be another
   */
  public record Tunnel(UdpPort port, Vni vni, Vni network) implements Comparable<Tunnel> {
    private static final Comparator<Tunnel> ORDER =
        Comparator.comparingInt((Tunnel tunnel) -> tunnel.port.value())
            .thenComparing(Tunnel::vni)
            .thenComparing(Tunnel::network);

    @Override
    public int compareTo(Tunnel other) {
      return ORDER.compare(this, other);
    }

    private String text() {
      return port + " . " + vni;
    }
  }

  /** Makes the sets unmodifiable. */
  public VtepFilter {
    tunnels = Collections.unmodifiableSortedSet(new TreeSet<>(tunnels));
    vteps = Collections.unmodifiableSortedSet(new TreeSet<>(vteps));
    sources = Collections.unmodifiableSortedSet(new TreeSet<>(sources));
  }

  /** Whether nothing is filtered. */
  public boolean isEmpty() {
    return tunnels.isEmpty();
  }

  /** The same for those tunnels only that pass a test. */
  VtepFilter only(Predicate<Tunnel> test) {
    return new VtepFilter(
        tunnels.stream().filter(test).collect(Collectors.toCollection(TreeSet::new)),
        vteps,
        sources);
  }

  /** The same with further hosts. */
  VtepFilter and(Collection<IpAddress> hosts) {
    SortedSet<IpAddress> all = new TreeSet<>(vteps);
    all.addAll(hosts);
    return new VtepFilter(tunnels, all, sources);
  }

  /**
   * Tells this filter from others, in the comment of a rule.
   *
   * @param whole whether the table has this and nothing else
   */
  public String fingerprint(boolean whole) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((tunnels + " " + vteps + " " + sources).getBytes(StandardCharsets.UTF_8));
      return (whole ? "=" : "+") + HexFormat.of().formatHex(digest, 0, FINGERPRINT_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible); // every Java has it
    }
  }

  /**
   * The commands of nft(8) that make the table, in one transaction. Counters stay.
   *
   * @param whole whether what else is in it goes; if not, that stays beside
   */
  public String script(boolean whole) {
    StringBuilder text = new StringBuilder("add table " + TABLE + "\n");
    set(text, "vteps4", "type ipv4_addr;");
    set(text, "vteps6", "type ipv6_addr;");
    set(text, "sources4", "type ipv4_addr; flags interval; auto-merge;");
    set(text, "sources6", "type ipv6_addr; flags interval; auto-merge;");
    set(text, "tunnels", "typeof udp dport . @th,96,24;");
    set(text, "strangers4", "type ipv4_addr; flags dynamic; size 256; timeout 1h;");
    set(text, "strangers6", "type ipv6_addr; flags dynamic; size 256; timeout 1h;");
    line(text, "add counter " + TABLE + " dropped");
    line(text, "add chain " + TABLE + " vteps");
    line(
        text,
        "add chain " + TABLE + " input { type filter hook input priority -300; policy accept; }");
    line(text, "flush chain " + TABLE + " vteps");
    line(text, "flush chain " + TABLE + " input");
    if (whole) {
      for (String set : List.of("vteps4", "vteps6", "sources4", "sources6", "tunnels")) {
        line(text, "flush set " + TABLE + " " + set);
      }
    }
    elements(text, "vteps4", texts(vteps, IpAddress.Family.V4));
    elements(text, "vteps6", texts(vteps, IpAddress.Family.V6));
    elements(text, "sources4", prefixes(IpAddress.Family.V4));
    elements(text, "sources6", prefixes(IpAddress.Family.V6));
    elements(text, "tunnels", tunnels.stream().map(Tunnel::text).distinct().toList());
    String rule = "add rule " + TABLE + " ";
    line(
        text,
        rule
            + "input udp dport . @th,96,24 @tunnels goto vteps comment \""
            + fingerprint(whole)
            + "\"");
    for (String set : List.of("ip saddr @vteps4", "ip saddr @sources4")) {
      line(text, rule + "vteps " + set + " accept");
    }
    for (String set : List.of("ip6 saddr @vteps6", "ip6 saddr @sources6")) {
      line(text, rule + "vteps " + set + " accept");
    }
    // Where such a set is full its rule ends there, and the last one drops nevertheless.
    line(text, rule + "vteps update @strangers4 { ip saddr counter }");
    line(text, rule + "vteps update @strangers6 { ip6 saddr counter }");
    line(text, rule + "vteps counter name dropped drop");
    return text.toString();
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }

  private static void set(StringBuilder text, String name, String what) {
    line(text, "add set " + TABLE + " " + name + " { " + what + " }");
  }

  private static void elements(StringBuilder text, String set, List<String> elements) {
    if (!elements.isEmpty()) {
      line(text, "add element " + TABLE + " " + set + " { " + String.join(", ", elements) + " }");
    }
  }

  private static List<String> texts(Collection<IpAddress> all, IpAddress.Family family) {
    return all.stream().filter(each -> each.family() == family).map(IpAddress::toString).toList();
  }

  private List<String> prefixes(IpAddress.Family family) {
    return sources.stream()
        .filter(each -> each.address().family() == family)
        .map(Prefix::toString)
        .toList();
  }
}

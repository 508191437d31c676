package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How a network's isolated ports are kept from those of other hosts. The kernel's own flag
 * (IFLA_BRPORT_ISOLATED) ends at the bridge. So what an isolated port sends into a tunnel bears a
 * mark in the VXLAN header, as the group policy ID (VXLAN_F_GBP of net/vxlan.h): the packet's mark
 * on either side. A kernel that knows no such marks drops the packet.
 *
 * @param vxlan the network's VXLAN device
 * @param outlet the bridge's port into its migration tunnel
 * @param tunnel the device that migration tunnels come in by
 * @param ports the taps of its isolated ports, with their MAC addresses
 */
record Isolation(
    InterfaceName vxlan,
    Optional<InterfaceName> outlet,
    Optional<InterfaceName> tunnel,
    SortedMap<InterfaceName, MacAddress> ports) {
  private static final String MARKED = "meta mark & 0xffff == 0x1 drop\n";

  /** Copies the map. */
  Isolation {
    ports = Collections.unmodifiableSortedMap(new TreeMap<>(ports));
  }

  /** That of a segment; empty if its network has none. */
  static Optional<Isolation> of(Segment segment, Collection<LocalPort> here) {
    if (!segment.vxlan().marks() || segment.bridge().isEmpty()) {
      return Optional.empty();
    }
    SortedMap<InterfaceName, MacAddress> ports = new TreeMap<>();
    for (LocalPort port : here) {
      if (port.vni().equals(segment.vni()) && port.barriers().isolated()) {
        port.tap().filter(NftNames::isSayable).ifPresent(tap -> ports.put(tap, port.mac()));
      }
    }
    return Optional.of(
        new Isolation(
            segment.vxlan().name(),
            segment.tunnel().map(tunnel -> tunnel.outlet().name()),
            segment.tunnel().map(tunnel -> tunnel.spec().name()),
            ports));
  }

  /** The isolated ports of networks that do not mark what they send. */
  static List<Problem> missing(Map<Vni, Segment> segments, Collection<LocalPort> here) {
    return here.stream()
        .filter(port -> port.barriers().isolated() && segments.containsKey(port.vni()))
        .filter(port -> !segments.get(port.vni()).vxlan().marks())
        .sorted()
        .map(
            port ->
                new Problem(
                    "VM '" + port.domainName() + "'",
                    "NIC "
                        + port.mac()
                        + " is isolated on this host only: isolated ports of other hosts reach it;"
                        + " set 'isolation = yes' in section [network "
                        + segments.get(port.vni()).network()
                        + "], on all hosts"))
        .toList();
  }

  /** The same where the migration tunnel is not there. */
  Isolation withoutTunnel() {
    return new Isolation(vxlan, outlet, Optional.empty(), ports);
  }

  /** The device that it filters before any bridge; empty if there is nothing to filter. */
  Optional<InterfaceName> hooked() {
    return tunnel.filter(device -> !ports.isEmpty());
  }

  /** The chain for the bridges of all such networks; "" for none. */
  static String bridge(Collection<Isolation> all) {
    if (all.isEmpty()) {
      return "";
    }
    List<InterfaceName> in = all.stream().map(Isolation::vxlan).toList();
    List<InterfaceName> out = new ArrayList<>(in);
    all.forEach(each -> each.outlet().ifPresent(out::add));
    List<InterfaceName> taps =
        all.stream().flatMap(each -> each.ports().keySet().stream()).toList();
    StringBuilder text =
        new StringBuilder(
            " chain isolation {\n  type filter hook forward priority 1; policy accept;\n");
    // What was marked for another purpose is not to be taken for an isolated port's.
    text.append("  iifname != ").append(set(in)).append(" oifname ").append(set(out));
    text.append(" meta mark set 0\n");
    if (!taps.isEmpty()) {
      text.append("  iifname ").append(set(taps)).append(" oifname ").append(set(out));
      text.append(" meta mark set 0x1\n");
      text.append("  iifname ").append(set(in)).append(" oifname ").append(set(taps));
      text.append(' ').append(MARKED);
    }
    return text.append(" }\n").toString();
  }

  /** The chain for what comes in by the migration tunnel, which goes past the bridge. */
  String netdev() {
    return hooked()
        .map(
            device ->
                " chain "
                    + device
                    + " {\n  type filter hook ingress device \""
                    + device
                    + "\" priority -1; policy accept;\n  ether daddr { "
                    + ports.values().stream()
                        .distinct()
                        .map(MacAddress::toString)
                        .collect(Collectors.joining(", "))
                    + " } "
                    + MARKED
                    + " }\n")
        .orElse("");
  }

  private static String set(Collection<InterfaceName> devices) {
    return devices.stream()
        .sorted()
        .map(device -> "\"" + device + "\"")
        .collect(Collectors.joining(", ", "{ ", " }"));
  }
}

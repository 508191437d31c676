package io.vxland.daemon;

import io.vxland.api.FdbEntry;
import io.vxland.dataplane.Forwarded;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.NetworkName;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Segment;
import io.vxland.plan.ovs.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a VXLAN device should have in its FDB, or a switch in its tables, beside what it has. */
final class FdbView {
  private FdbView() {}

  static List<FdbEntry> of(Segment segment, List<Forwarded> present) {
    List<FdbEntry> entries = new ArrayList<>();
    Set<String> seen = new TreeSet<>();
    for (Forwarded entry : present) {
      String vtep = entry.destination().toString();
      // What zebra wrote shall be as it is.
      boolean zebras =
          segment.evpn().isPresent()
              && (entry.mac().equals(MacAddress.ZERO)
                  || entry.origin() == Forwarded.Origin.FOREIGN);
      boolean wanted = zebras || isWanted(segment, entry.mac(), vtep);
      seen.add(entry.mac() + " " + vtep);
      entries.add(
          entry(
              segment,
              entry.mac(),
              vtep,
              zebras ? FdbEntry.Owner.FOREIGN : FdbEntry.Owner.valueOf(entry.origin().name()),
              wanted,
              true));
    }
    for (IpAddress peer : segment.replication()) {
      if (!seen.contains(MacAddress.ZERO + " " + peer)) {
        entries.add(
            entry(segment, MacAddress.ZERO, peer.toString(), FdbEntry.Owner.OURS, true, false));
      }
    }
    segment
        .unicast()
        .forEach(
            (mac, vtep) -> {
              if (!seen.contains(mac + " " + vtep)) {
                entries.add(entry(segment, mac, vtep.toString(), FdbEntry.Owner.OURS, true, false));
              }
            });
    entries.sort(Comparator.comparing(FdbEntry::mac).thenComparing(FdbEntry::vtep));
    return entries;
  }

  /**
   * The same of a network on Open vSwitch.
   *
   * @param local this host, where its own machines are
   */
  static List<FdbEntry> of(NetworkName network, Vni vni, String local, List<Place> places) {
    return places.stream()
        .map(
            place ->
                FdbEntry.of(
                    network.value(),
                    vni.value(),
                    place.mac().map(MacAddress::toString).orElse(FdbEntry.FLOOD),
                    place.host().map(IpAddress::toString).orElse(local),
                    place.port().map(InterfaceName::value).orElse(""),
                    FdbEntry.Owner.valueOf(place.origin().name()),
                    place.wanted(),
                    place.present()))
        .sorted(Comparator.comparing(FdbEntry::mac).thenComparing(FdbEntry::vtep))
        .toList();
  }

  private static boolean isWanted(Segment segment, MacAddress mac, String vtep) {
    if (mac.equals(MacAddress.ZERO)) {
      return segment.replication().stream().anyMatch(peer -> peer.toString().equals(vtep));
    }
    Vtep place = segment.unicast().get(mac);
    return place != null && place.toString().equals(vtep);
  }

  private static FdbEntry entry(
      Segment segment,
      MacAddress mac,
      String vtep,
      FdbEntry.Owner owner,
      boolean wanted,
      boolean present) {
    return FdbEntry.of(
        segment.network().value(),
        segment.vni().value(),
        mac.equals(MacAddress.ZERO) ? FdbEntry.FLOOD : mac.toString(),
        vtep,
        segment.vxlan().name().value(),
        owner,
        wanted,
        present);
  }
}

package io.vxland.daemon;

import io.vxland.api.FdbEntry;
import io.vxland.control.evpn.EvpnControlPlane;
import io.vxland.daemon.Sources.Source;
import io.vxland.dataplane.Dataplane.Listing;
import io.vxland.dataplane.Forwarded;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.NetworkName;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.MigrationTunnel;
import io.vxland.plan.Segment;
import io.vxland.plan.ovs.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** What a VXLAN device should have in its FDB, or a switch in its tables, beside what it has. */
final class FdbView {
  private static final Comparator<FdbEntry> ORDER =
      Comparator.comparing(FdbEntry::mac).thenComparing(FdbEntry::vtep);

  private static final Source FRAMES = Source.of("frames");
  private static final Source LOCAL = Source.of("local");
  private static final Source MIGRATION = Source.of("migration");
  private static final Source ROUTED = Source.of(EvpnControlPlane.MODE);

  private final Segment segment;
  private final InterfaceName device;
  private final SortedSet<IpAddress> replication;
  private final Map<MacAddress, Vtep> unicast;

  /** Who says that frames for a machine, or zero, go to a host. */
  private final BiFunction<MacAddress, IpAddress, Source> sources;

  private FdbView(
      Segment segment,
      InterfaceName device,
      SortedSet<IpAddress> replication,
      Map<MacAddress, Vtep> unicast,
      BiFunction<MacAddress, IpAddress, Source> sources) {
    this.segment = segment;
    this.device = device;
    this.replication = replication;
    this.unicast = unicast;
    this.sources = sources;
  }

  /** Those of a network's own device. */
  static List<FdbEntry> of(Segment segment, Listing present, Sources sources) {
    return new FdbView(
            segment,
            segment.vxlan().name(),
            segment.replication(),
            segment.unicast(),
            (mac, host) -> sources.of(segment.vni(), machine(mac), host))
        .entries(present);
  }

  /** Those of its migration tunnel. */
  static List<FdbEntry> of(Segment segment, MigrationTunnel tunnel, Listing present) {
    return new FdbView(
            segment,
            tunnel.spec().name(),
            tunnel.replication(),
            tunnel.unicast(),
            (mac, host) -> MIGRATION)
        .entries(present);
  }

  /**
   * The same of a network on Open vSwitch.
   *
   * @param local this host, where its own machines are
   */
  static List<FdbEntry> of(
      NetworkName network, Vni vni, String local, List<Place> places, Sources sources) {
    return places.stream()
        .map(
            place -> {
              Source source = source(vni, place, sources);
              return FdbEntry.of(
                  network.value(),
                  vni.value(),
                  place.mac().map(MacAddress::toString).orElse(FdbEntry.FLOOD),
                  place.host().map(IpAddress::toString).orElse(local),
                  place.port().map(InterfaceName::value).orElse(""),
                  FdbEntry.Owner.valueOf(place.origin().name()),
                  place.wanted(),
                  place.present(),
                  source.name(),
                  source.ageSeconds());
            })
        .sorted(ORDER)
        .toList();
  }

  private static Source source(Vni vni, Place place, Sources sources) {
    if (place.host().isEmpty()) {
      return LOCAL;
    }
    return place.origin() == Place.Origin.LEARNED
        ? FRAMES
        : sources.of(vni, place.mac(), place.host().get());
  }

  private static Optional<MacAddress> machine(MacAddress mac) {
    return mac.equals(MacAddress.ZERO) ? Optional.empty() : Optional.of(mac);
  }

  private List<FdbEntry> entries(Listing present) {
    List<FdbEntry> entries = new ArrayList<>();
    Set<String> seen = new TreeSet<>();
    for (Forwarded entry : present.entries()) {
      String vtep = entry.destination().toString();
      seen.add(entry.mac() + " " + vtep);
      boolean routed = isRouted(entry);
      entries.add(
          entry(
              entry.mac(),
              vtep,
              routed ? FdbEntry.Owner.FOREIGN : FdbEntry.Owner.valueOf(entry.origin().name()),
              routed || isWanted(entry.mac(), vtep),
              true,
              routed ? ROUTED : source(entry)));
    }
    replication.forEach(peer -> missing(MacAddress.ZERO, peer, seen, entries));
    unicast.forEach((mac, vtep) -> missing(mac, vtep.address(), seen, entries));
    entries.sort(ORDER);
    if (present.more() > 0) {
      entries.add(
          FdbEntry.more(
              segment.network().value(), segment.vni().value(), device.value(), present.more()));
    }
    return entries;
  }

  private Source source(Forwarded entry) {
    return entry.origin() == Forwarded.Origin.LEARNED
        ? FRAMES
        : sources.apply(entry.mac(), entry.destination().address());
  }

  /** What zebra wrote shall be as it is. */
  private boolean isRouted(Forwarded entry) {
    return segment.evpn().isPresent()
        && (entry.mac().equals(MacAddress.ZERO)
            ? !isWanted(entry.mac(), entry.destination().toString())
            : entry.origin() == Forwarded.Origin.FOREIGN);
  }

  private void missing(MacAddress mac, IpAddress host, Set<String> seen, List<FdbEntry> entries) {
    if (!seen.contains(mac + " " + host)) {
      Source source = sources.apply(mac, host);
      entries.add(entry(mac, host.toString(), FdbEntry.Owner.OURS, true, false, source));
    }
  }

  private boolean isWanted(MacAddress mac, String vtep) {
    if (mac.equals(MacAddress.ZERO)) {
      return replication.stream().anyMatch(peer -> peer.toString().equals(vtep));
    }
    Vtep place = unicast.get(mac);
    return place != null && place.toString().equals(vtep);
  }

  private FdbEntry entry(
      MacAddress mac,
      String vtep,
      FdbEntry.Owner owner,
      boolean wanted,
      boolean present,
      Source source) {
    return FdbEntry.of(
        segment.network().value(),
        segment.vni().value(),
        machine(mac).map(MacAddress::toString).orElse(FdbEntry.FLOOD),
        vtep,
        device.value(),
        owner,
        wanted,
        present,
        source.name(),
        source.ageSeconds());
  }
}

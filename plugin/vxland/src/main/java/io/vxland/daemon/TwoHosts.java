package io.vxland.daemon;

import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.Repointing;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Vni;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * Says which MAC addresses of VMs that run here other hosts have, too: the network's VXLAN device
 * learns them behind those, or a routing daemon tells it so. What it has learned it is made to
 * forget, so that it learns again if frames go on to come; one that comes once was on its way.
 *
 * <p>The kernel's watch tells of what was learned, on its thread; the loop's thread does the rest.
 */
final class TwoHosts {
  /** A frame that is on its way while a VM moves does not come twice. */
  private static final int CERTAIN = 2;

  /** How often the device is made to learn again what is certain. */
  private static final Duration CHECK = Duration.ofSeconds(20);

  /** A MAC address of which no other host has sent a frame for so long is here only. */
  private static final Duration OVER = Duration.ofMinutes(3);

  private final Repointing entries;
  private final Health health;
  private final Runnable wake;

  /** What {@link #heard} looks for: by VXLAN device, what is here. */
  private volatile Map<InterfaceName, Here> here = Map.of();

  private long lookedAtVersion = -1;
  private final Map<Place, Sighting> sightings = new HashMap<>();

  /** The MAC addresses of a network that are here. */
  private record Here(Vni vni, Set<MacAddress> macs) {}

  /** A MAC address in a network. */
  private record Place(Vni vni, MacAddress mac) {}

  /**
   * Where else it was seen.
   *
   * @param host the host
   * @param times how often it was learned there, counted as far as it matters
   * @param at when it was learned last, by {@link System#nanoTime}
   * @param checkAt when the device is to forget it
   */
  private record Sighting(IpAddress host, int times, long at, long checkAt) {
    boolean isCertain() {
      return times >= CERTAIN;
    }

    Sighting checked(long next) {
      return new Sighting(host, times, at, next);
    }
  }

  /**
   * Creates it.
   *
   * @param entries of VXLAN devices
   * @param wake has the loop run, and {@link #look} be called after it
   */
  TwoHosts(Repointing entries, Health health, Runnable wake) {
    this.entries = entries;
    this.health = health;
    this.wake = wake;
  }

  /** A VXLAN device has learned that a MAC address is behind a host. */
  void heard(InterfaceName device, MacAddress mac, IpAddress host) {
    Here there = here.get(device);
    if (there == null || !there.macs().contains(mac)) {
      return;
    }
    Place place = new Place(there.vni(), mac);
    long now = System.nanoTime();
    boolean news;
    synchronized (sightings) {
      Sighting before = sightings.get(place);
      int times = before == null ? 1 : Math.min(before.times() + 1, CERTAIN);
      boolean certain = before != null && before.isCertain();
      sightings.put(place, new Sighting(host, times, now, certain ? before.checkAt() : now));
      news = !certain;
    }
    if (news) {
      wake.run();
    }
  }

  /** Looks what there is to say and to forget, after a pass. */
  void look(World.View view) {
    if (view.version() != lookedAtVersion) {
      lookedAtVersion = view.version();
      here = settled(view);
    }
    long now = System.nanoTime();
    Map<Place, Sighting> due = new HashMap<>();
    synchronized (sightings) {
      Iterator<Map.Entry<Place, Sighting>> each = sightings.entrySet().iterator();
      while (each.hasNext()) {
        Map.Entry<Place, Sighting> entry = each.next();
        Place place = entry.getKey();
        Sighting sighting = entry.getValue();
        Here there = here.get(Network.vxlanDevice(place.vni()));
        boolean isHere = there != null && there.macs().contains(place.mac());
        if (!isHere || now - sighting.at() >= OVER.toNanos()) {
          each.remove();
          health.settled(subject(place));
        } else if (now - sighting.checkAt() >= 0) {
          due.put(place, sighting);
          entry.setValue(sighting.checked(now + CHECK.toNanos()));
        }
      }
    }
    due.forEach((place, sighting) -> check(view, place, sighting));
  }

  private void check(World.View view, Place place, Sighting sighting) {
    if (sighting.isCertain()) {
      say(view, place, sighting.host());
    }
    try {
      entries.forget(place.vni(), place.mac());
    } catch (DataplaneException refused) {
      // Then it is not learned again, and what was said is over in some minutes.
    }
  }

  private void say(World.View view, Place place, IpAddress host) {
    view.ports().stream()
        .filter(port -> port.vni().equals(place.vni()) && port.mac().equals(place.mac()))
        .sorted()
        .findFirst()
        .ifPresent(
            port ->
                health.trouble(
                    subject(place),
                    "belongs to VM '"
                        + port.domainName()
                        + "' on this host, and host "
                        + host
                        + " sends frames from it, too",
                    "give one of the two another MAC address, or set the link of one down with:"
                        + " virsh domif-setlink"));
  }

  private static String subject(Place place) {
    return "MAC address " + place.mac() + " on VNI " + place.vni();
  }

  /** Those that are not on their way: a host that a VM has left may still send its frames. */
  private static Map<InterfaceName, Here> settled(World.View view) {
    Set<Place> moving = new HashSet<>();
    for (Handover handover : view.handovers()) {
      if (!(handover instanceof Handover.Ready || handover instanceof Handover.Copied)) {
        moving.add(new Place(handover.vni(), handover.mac()));
      }
    }
    Map<InterfaceName, Here> settled = new HashMap<>();
    for (LocalPort port : view.ports()) {
      if (port.isHere()
          && port.tap().isPresent()
          && !moving.contains(new Place(port.vni(), port.mac()))) {
        settled
            .computeIfAbsent(
                Network.vxlanDevice(port.vni()), any -> new Here(port.vni(), new HashSet<>()))
            .macs()
            .add(port.mac());
      }
    }
    return settled;
  }
}

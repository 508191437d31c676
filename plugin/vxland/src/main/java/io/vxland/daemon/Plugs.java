package io.vxland.daemon;

import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.Network;
import io.vxland.model.VlanTag;
import io.vxland.plan.ActualState;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import io.vxland.plan.Change;
import io.vxland.plan.Plan;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.SwitchChange;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Compares the places of taps, as the kernel and Open vSwitch have them now, with what libvirt said
 * last. A VM whose tap is elsewhere is looked at, once for each such finding: libvirt may have
 * moved the NIC without a hook and without an event. If libvirt still says then that it belongs
 * where it was, and the tap is in no bridge at all, it is plugged in again. One that somebody put
 * into another bridge stays there, and the planner says so. The loop's.
 *
 * <p>libvirt moves a tap with the lock of the VM held, and answers a look after that. So nothing is
 * plugged in here that libvirt has in its hands.
 */
final class Plugs {
  /** Somebody who takes a tap out again and again is not fought for ever. */
  private static final int MOST_TIMES = 5;

  private static final Duration WITHIN = Duration.ofMinutes(1);

  private final Looks looks;
  private final TapOwners owners;
  private final Sights sights;
  private final LongSupplier clock;

  /** What was found of VMs the last time. */
  private Map<UUID, Map<InterfaceName, String>> findings = Map.of();

  /** Since when taps of ours are in no bridge. */
  private final Map<InterfaceName, Long> loose = new HashMap<>();

  private final Map<InterfaceName, Deque<Long>> plugged = new HashMap<>();

  /** When VMs were looked at. */
  interface Sights {
    /** Whether libvirt has said what a VM is, when it was asked after a {@link System#nanoTime}. */
    boolean since(UUID domain, long nanos);
  }

  Plugs(Looks looks, TapOwners owners, Sights sights, LongSupplier clock) {
    this.looks = looks;
    this.owners = owners;
    this.sights = sights;
    this.clock = clock;
  }

  /** Has VMs looked at whose taps the kernel has elsewhere than libvirt said. */
  void observe(World.View world, ActualState actual, ActualSwitches switches) {
    long now = clock.getAsLong();
    Map<InterfaceName, InterfaceName> onSwitches = onSwitches(switches);
    Map<UUID, Map<InterfaceName, String>> found = new HashMap<>();
    Set<InterfaceName> ours = new HashSet<>();
    Set<InterfaceName> nowhere = new HashSet<>();
    Set<UUID> alive = new HashSet<>();
    for (LocalPort port : world.ports()) {
      if (port.tap().isEmpty()) {
        continue;
      }
      InterfaceName tap = port.tap().get();
      ours.add(tap);
      Optional<InterfaceName> place = place(tap, actual, onSwitches);
      if (!place.equals(Optional.of(port.bridge()))) {
        boolean there = place.isPresent() || actual.links().containsKey(tap);
        if (there) {
          alive.add(port.domain());
        }
        String where = place.map(bridge -> "in " + bridge).orElse(there ? "loose" : "gone");
        found.computeIfAbsent(port.domain(), domain -> new TreeMap<>()).put(tap, where);
        if (place.isEmpty() && there) {
          nowhere.add(tap);
          loose.putIfAbsent(tap, now);
        }
      } else {
        alive.add(port.domain());
      }
    }
    // The taps of a VM that ends go first, and until its hook libvirt answers nothing about it.
    found.keySet().retainAll(alive);
    loose.keySet().retainAll(nowhere);
    strangers(actual, switches, ours)
        .forEach(
            (tap, bridge) ->
                owners
                    .of(tap)
                    .ifPresent(
                        domain ->
                            found
                                .computeIfAbsent(domain, each -> new TreeMap<>())
                                .put(tap, "in " + bridge)));
    Map<UUID, Map<InterfaceName, String>> before = findings;
    findings = found;
    found.forEach(
        (domain, finding) -> {
          if (!finding.equals(before.get(domain))) {
            looks.at(domain);
          }
        });
  }

  /** Plugs those in that belong into a bridge of ours and are in none. */
  Plan mend(World.View world, ActualState actual, ActualSwitches switches) {
    List<Change> changes = new ArrayList<>();
    long now = clock.getAsLong();
    plugged.values().forEach(times -> times.removeIf(at -> now - at > WITHIN.toNanos()));
    plugged.values().removeIf(Deque::isEmpty);
    for (LocalPort port : world.ports().stream().sorted().toList()) {
      Long since = port.tap().map(loose::get).orElse(null);
      if (since != null
          && sights.since(port.domain(), since)
          && plugged.getOrDefault(port.tap().get(), new ArrayDeque<>()).size() < MOST_TIMES) {
        plug(world, port, actual, switches).ifPresent(changes::add);
      }
    }
    return new Plan(changes, List.of(), Set.of(), Set.of());
  }

  private static Optional<Change> plug(
      World.View world, LocalPort port, ActualState actual, ActualSwitches switches) {
    InterfaceName tap = port.tap().orElseThrow();
    if (isOurBridge(actual, port.bridge())) {
      return Optional.of(new Change.SetMaster(tap, port.bridge()));
    }
    ActualSwitches.ActualSwitch there = switches.switches().get(port.bridge());
    if (there == null || !there.ours()) {
      return Optional.empty();
    }
    Optional<VlanTag> tag =
        world.networks().stream()
            .filter(network -> network.vni().equals(port.vni()))
            .findFirst()
            .flatMap(Network::tag);
    return Optional.of(
        new Change.OnSwitch(
            new SwitchChange.PlugTap(port.bridge(), tap, tag, port.mac(), port.domain())));
  }

  /** They are plugged in by now, or the kernel has refused. */
  void mended(Plan plan) {
    for (Change change : plan.changes()) {
      plugged.computeIfAbsent(change.device(), tap -> new ArrayDeque<>()).add(clock.getAsLong());
    }
  }

  private static boolean isOurBridge(ActualState actual, InterfaceName name) {
    Link bridge = actual.links().get(name);
    return bridge != null && bridge.owned().isPresent() && bridge.kind() instanceof Kind.Bridge;
  }

  private static Map<InterfaceName, InterfaceName> onSwitches(ActualSwitches switches) {
    Map<InterfaceName, InterfaceName> places = new HashMap<>();
    switches
        .switches()
        .forEach(
            (bridge, there) -> there.ports().keySet().forEach(port -> places.put(port, bridge)));
    return places;
  }

  private static Optional<InterfaceName> place(
      InterfaceName tap, ActualState actual, Map<InterfaceName, InterfaceName> onSwitches) {
    InterfaceName bridge = onSwitches.get(tap);
    return bridge != null
        ? Optional.of(bridge)
        : Optional.ofNullable(actual.links().get(tap)).flatMap(Link::master);
  }

  /** Others' devices in bridges of ours that are the taps of no port of ours. */
  private static Map<InterfaceName, InterfaceName> strangers(
      ActualState actual, ActualSwitches switches, Set<InterfaceName> ours) {
    Map<InterfaceName, InterfaceName> strangers = new TreeMap<>();
    for (Link link : actual.links().values()) {
      if (link.owned().isEmpty()
          && !ours.contains(link.name())
          && link.master().isPresent()
          && isOurBridge(actual, link.master().get())) {
        strangers.put(link.name(), link.master().get());
      }
    }
    switches
        .switches()
        .forEach(
            (bridge, there) -> {
              if (there.ours()) {
                there
                    .ports()
                    .forEach(
                        (name, port) -> {
                          if (port.owner().isEmpty() && !ours.contains(name)) {
                            strangers.put(name, bridge);
                          }
                        });
              }
            });
    return strangers;
  }
}

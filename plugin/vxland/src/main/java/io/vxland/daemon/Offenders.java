package io.vxland.daemon;

import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.plan.DeniedFrames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says which VM has tried to send what it may not, once when it begins and once when it is over.
 * Used by the loop's thread.
 */
final class Offenders {
  /** Each look costs some runs of nft, or reads all flows. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** A person who asks wants to know it now. */
  private static final Duration ASKED = Duration.ofMillis(500);

  /** A VM from which nothing was dropped for so long has stopped. */
  private static final Duration OVER = Duration.ofMinutes(10);

  /** Addresses of one VM that are named. */
  private static final int MOST_NAMED = 5;

  private final Filters bridges;
  private final Filters switches;
  private final Health health;
  private final Map<InterfaceName, Offence> offences = new HashMap<>();
  private Set<String> told = Set.of();
  private Map<InterfaceName, DeniedFrames> last = Map.of();
  private long lookedAt = System.nanoTime() - PAUSE.toNanos();

  /** The filters of a data plane. */
  interface Filters {
    /**
     * What taps have tried to send and could not.
     *
     * @throws DataplaneException if it cannot be read
     */
    Map<InterfaceName, DeniedFrames> denied() throws DataplaneException;
  }

  /** How many frames were dropped, and when that number rose. */
  private record Offence(long frames, long at) {}

  Offenders(Filters bridges, Filters switches, Health health) {
    this.bridges = bridges;
    this.switches = switches;
    this.health = health;
  }

  /** Looks because somebody asks, and returns how many frames of each tap were dropped. */
  Map<InterfaceName, Long> asked(boolean onBridges, boolean onSwitches, Set<LocalPort> ports) {
    look(onBridges, onSwitches, ports, ASKED);
    Map<InterfaceName, Long> frames = new HashMap<>();
    last.forEach((tap, denied) -> frames.put(tap, denied.frames()));
    return frames;
  }

  /**
   * Looks what was dropped, after a pass.
   *
   * @param onBridges whether any tap in a bridge of the kernel is to be filtered
   * @param onSwitches whether any tap in a bridge of Open vSwitch is
   * @param ports the ports of this host
   */
  void look(boolean onBridges, boolean onSwitches, Set<LocalPort> ports) {
    look(onBridges, onSwitches, ports, PAUSE);
  }

  private void look(boolean onBridges, boolean onSwitches, Set<LocalPort> ports, Duration pause) {
    long now = System.nanoTime();
    boolean filtered = onBridges || onSwitches;
    if (now - lookedAt < pause.toNanos() || (!filtered && told.isEmpty())) {
      return;
    }
    lookedAt = now;
    Map<InterfaceName, DeniedFrames> denied = new HashMap<>();
    try {
      if (onBridges) {
        denied.putAll(bridges.denied());
      }
      if (onSwitches) {
        denied.putAll(switches.denied());
      }
    } catch (DataplaneException failed) {
      health.trouble(
          "port security",
          "dropped frames cannot be counted: " + failed.getMessage(),
          "they are still dropped; vxland tries again");
      return;
    }
    last = denied;
    health.settled("port security");
    Set<String> subjects = new HashSet<>();
    for (LocalPort port : ports) {
      if (port.tap().isEmpty() || !denied.containsKey(port.tap().get())) {
        continue;
      }
      InterfaceName tap = port.tap().get();
      DeniedFrames of = denied.get(tap);
      if (isGoingOn(tap, of.frames(), now)) {
        String subject = "VM '" + port.domainName() + "', tap " + tap;
        subjects.add(subject);
        health.trouble(
            subject,
            "sends frames that port-security does not allow"
                + claims(of, port, ports)
                + "; they are dropped",
            "check that VM, or allow them with <vx:port mac='"
                + port.mac()
                + "' allow='...'/> in its metadata");
      }
    }
    offences.keySet().retainAll(denied.keySet());
    told.stream().filter(subject -> !subjects.contains(subject)).forEach(health::settled);
    told = subjects;
  }

  private boolean isGoingOn(InterfaceName tap, long frames, long now) {
    Offence before = offences.get(tap);
    if (before == null || before.frames() != frames) {
      offences.put(tap, new Offence(frames, now));
      return frames > 0;
    }
    return now - before.at() < OVER.toNanos();
  }

  private static String claims(DeniedFrames denied, LocalPort offender, Set<LocalPort> ports) {
    List<String> claims = new ArrayList<>();
    denied.macs().keySet().stream()
        .sorted()
        .limit(MOST_NAMED)
        .forEach(mac -> claims.add(mac + owner(mac, offender, ports)));
    denied.addresses().keySet().stream()
        .sorted()
        .limit(MOST_NAMED)
        .forEach(address -> claims.add(address + owner(address, offender, ports)));
    int more = denied.macs().size() + denied.addresses().size() - claims.size();
    if (more > 0) {
      claims.add(more + " more addresses");
    }
    if (denied.dhcp() > 0) {
      claims.add("DHCP server replies");
    }
    if (denied.router() > 0) {
      claims.add("router advertisements");
    }
    return claims.isEmpty() ? "" : ", such as " + String.join(", ", claims);
  }

  private static String owner(MacAddress mac, LocalPort offender, Set<LocalPort> ports) {
    return ports.stream()
        .filter(port -> port.vni().equals(offender.vni()) && port.mac().equals(mac))
        .map(port -> " of VM '" + port.domainName() + "'")
        .sorted()
        .findFirst()
        .orElse("");
  }

  private static String owner(IpAddress address, LocalPort offender, Set<LocalPort> ports) {
    return ports.stream()
        .filter(port -> port.vni().equals(offender.vni()))
        .filter(port -> port.named() && port.addresses().contains(address))
        .map(port -> " of VM '" + port.domainName() + "'")
        .sorted()
        .findFirst()
        .orElse("");
  }
}

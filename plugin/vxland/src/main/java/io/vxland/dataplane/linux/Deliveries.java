package io.vxland.dataplane.linux;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.DeliveryDriver;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Guard;
import io.vxland.plan.Change;
import io.vxland.plan.MigrationTunnel;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The guards as they are known. Reading them starts a process, and a migration does not wait for
 * that: so what was applied is taken for done, and looked after every few seconds while there is
 * any tunnel.
 */
final class Deliveries {
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final DeliveryDriver driver;
  private Guard known = Guard.missing("not read yet");
  private long readAt;

  Deliveries(DeliveryDriver driver) {
    this.driver = driver;
  }

  /**
   * Tells what is guarded.
   *
   * @param links all devices; whether a guard has gone with its device is for the kernel to say
   */
  Guard read(Collection<InterfaceName> links) {
    boolean idle =
        known.deliveries().isEmpty() && links.stream().noneMatch(MigrationTunnel::isNamedAsOne);
    boolean fresh = System.nanoTime() - readAt < FRESH.toNanos();
    boolean outlived = !links.containsAll(known.deliveries().keySet());
    if (!known.isAvailable() || outlived || !(idle || fresh)) {
      known = driver.read();
      readAt = System.nanoTime();
    }
    return known;
  }

  List<Failure> apply(List<Change> changes) {
    List<Failure> failures = driver.apply(changes);
    known =
        failures.isEmpty() && known.isAvailable()
            ? Guard.available(after(changes))
            : Guard.missing("changed since");
    return failures;
  }

  private Map<InterfaceName, Map<MacAddress, InterfaceName>> after(List<Change> changes) {
    Map<InterfaceName, Map<MacAddress, InterfaceName>> guards = new HashMap<>();
    known.deliveries().forEach((device, taps) -> guards.put(device, new TreeMap<>(taps)));
    for (Change change : changes) {
      if (change instanceof Change.GuardTunnel) {
        guards.put(change.device(), new TreeMap<>());
      } else if (change instanceof Change.UnguardTunnel) {
        guards.remove(change.device());
      } else if (change instanceof Change.Deliver deliver) {
        guards
            .computeIfAbsent(deliver.device(), device -> new TreeMap<>())
            .put(deliver.mac(), deliver.tap());
      } else if (change instanceof Change.StopDelivery stop) {
        guards.getOrDefault(stop.device(), new TreeMap<>()).remove(stop.mac());
      }
    }
    return guards;
  }

  Map<InterfaceName, Map<MacAddress, Long>> counters() throws DataplaneException {
    return driver.counters();
  }
}

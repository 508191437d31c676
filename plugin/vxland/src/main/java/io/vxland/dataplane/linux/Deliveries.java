package io.vxland.dataplane.linux;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.DeliveryDriver;
import io.vxland.dataplane.GuardListener;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Guard;
import io.vxland.plan.Change;
import io.vxland.plan.MigrationTunnel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The guards as they are known. Reading them starts a process, and a migration does not wait for
 * that: so what was applied is taken for done, and looked after when somebody changed it, and every
 * few seconds while there is any tunnel. A reading that fails says nothing of what is there.
 *
 * <p>Used by the reconciler's thread, but for {@link #distrust}.
 */
final class Deliveries {
  private static final Duration FRESH = Duration.ofSeconds(5);

  /** One that takes longer, and fails, is not asked again for some time: the loop waits for it. */
  private static final Duration SLOW = Duration.ofMillis(500);

  /** How much longer than it took. */
  private static final int REST = 4;

  private final DeliveryDriver driver;
  private final GuardListener listener;
  private final AtomicBoolean distrusted = new AtomicBoolean();
  private Guard known = Guard.unknown("not read yet", Map.of());
  private long readAt;
  private long restUntil = System.nanoTime();
  private boolean taken;

  Deliveries(DeliveryDriver driver, GuardListener listener) {
    this.driver = driver;
    this.listener = listener;
  }

  /**
   * Somebody changed them, or may have: the next reading asks the kernel. Any thread may say so.
   */
  void distrust() {
    distrusted.set(true);
  }

  /**
   * Tells what is guarded.
   *
   * @param links all devices; whether a guard has gone with its device is for the kernel to say
   */
  Guard read(Collection<InterfaceName> links) {
    boolean news = distrusted.getAndSet(false);
    boolean idle =
        known.deliveries().isEmpty() && links.stream().noneMatch(MigrationTunnel::isNamedAsOne);
    boolean fresh = System.nanoTime() - readAt < FRESH.toNanos();
    boolean outlived = !links.containsAll(known.deliveries().keySet());
    boolean due = news || !known.isKnown() || outlived || !(idle || fresh);
    if (due && !rests()) {
      long began = System.nanoTime();
      Guard now = driver.read();
      if (!now.isKnown()) {
        restIfSlow(began);
      }
      take(now, links);
    } else if (due && known.isKnown()) {
      known = Guard.unknown("nft did not answer a moment ago", known.deliveries());
    }
    return known;
  }

  private void take(Guard now, Collection<InterfaceName> links) {
    Map<InterfaceName, Map<MacAddress, InterfaceName>> before = known.deliveries();
    readAt = System.nanoTime();
    if (!now.isKnown()) {
      known = now.isPossible() ? Guard.unknown(now.reason(), before) : now;
      return;
    }
    SortedSet<InterfaceName> missing = new TreeSet<>();
    before.forEach(
        (device, taps) -> {
          Map<MacAddress, InterfaceName> left = now.deliveries().get(device);
          if (links.contains(device)
              && (left == null || !left.keySet().containsAll(taps.keySet()))) {
            missing.add(device);
          }
        });
    known = now;
    if (missing.isEmpty()) {
      restored();
    } else {
      taken = true;
      listener.taken(missing);
    }
  }

  private void restored() {
    if (taken) {
      taken = false;
      listener.restored();
    }
  }

  private boolean rests() {
    return System.nanoTime() - restUntil < 0;
  }

  private void restIfSlow(long began) {
    long took = System.nanoTime() - began;
    if (took > SLOW.toNanos()) {
      restUntil = System.nanoTime() + REST * took;
    }
  }

  List<Failure> apply(List<Change> changes) {
    if (rests() && !known.isKnown()) {
      return changes.stream().map(change -> new Failure(change, known.reason())).toList();
    }
    long began = System.nanoTime();
    List<Failure> failures = driver.apply(changes);
    if (!failures.isEmpty()) {
      restIfSlow(began);
    }
    List<Change> done = new ArrayList<>(changes);
    failures.forEach(failure -> done.remove(failure.change()));
    Map<InterfaceName, Map<MacAddress, InterfaceName>> now = after(done);
    if (failures.isEmpty()) {
      known = Guard.available(now);
      restored();
    } else {
      known = Guard.unknown(failures.get(0).reason(), now);
    }
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
    if (rests()) {
      throw new DataplaneException("list table netdev vxland: " + known.reason());
    }
    return driver.counters();
  }
}

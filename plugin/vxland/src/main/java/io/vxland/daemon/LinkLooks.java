package io.vxland.daemon;

import io.vxland.model.Handover;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Has libvirt asked from time to time about VMs of whose links nothing tells. libvirt has no event
 * for {@code domif-setlink}, and a hook only where a NIC has a network port; libvirt 9.0 takes that
 * away when the link changes for the first time.
 */
final class LinkLooks implements AutoCloseable {
  static final Duration PERIOD = Duration.ofSeconds(2);

  /** Most VMs with a link that is down that are looked at in each period; the others wait. */
  static final int MOST = 4;

  private final Supplier<World.View> world;
  private final Consumer<UUID> question;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "links");
  private UUID lastDown = new UUID(0, 0);
  private UUID lastUp = new UUID(0, 0);

  /** What tells one port from another in its network. */
  private record Place(Vni vni, MacAddress mac) {}

  /**
   * Creates it.
   *
   * @param world as it is now
   * @param question has libvirt asked about a VM
   */
  LinkLooks(Supplier<World.View> world, Consumer<UUID> question) {
    this.world = world;
    this.question = question;
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (!closing.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  /** Those with a link that is down in each period, one of the others in each. */
  void look() {
    World.View view = world.get();
    Set<Place> moving = new HashSet<>();
    view.handovers().stream()
        .filter(handover -> !(handover instanceof Handover.Ready))
        .forEach(handover -> moving.add(new Place(handover.vni(), handover.mac())));
    NavigableSet<UUID> down = new TreeSet<>();
    NavigableSet<UUID> up = new TreeSet<>();
    for (LocalPort port : view.ports()) {
      // A question waits for the lock of the VM, which a migration may hold.
      if (port.state() == LocalPort.State.HERE
          && port.tap().isPresent()
          && !moving.contains(new Place(port.vni(), port.mac()))) {
        if (!port.linked()) {
          down.add(port.domain());
        } else if (port.portId().isEmpty()) {
          up.add(port.domain());
        }
      }
    }
    up.removeAll(down);
    for (UUID domain : next(down, lastDown, MOST)) {
      lastDown = domain;
      question.accept(domain);
    }
    for (UUID domain : next(up, lastUp, 1)) {
      lastUp = domain;
      question.accept(domain);
    }
  }

  /** So many that follow another, all round. */
  private static List<UUID> next(NavigableSet<UUID> all, UUID last, int most) {
    List<UUID> round = new ArrayList<>(all.tailSet(last, false));
    round.addAll(all.headSet(last, true));
    return round.subList(0, Math.min(most, round.size()));
  }

  @Override
  public void close() {
    closing.countDown();
  }
}

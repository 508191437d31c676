package io.vxland.daemon;

import io.vxland.api.ApiException;
import io.vxland.control.ControlPlane;
import io.vxland.control.NetworkRegistry;
import io.vxland.control.NetworkRegistry.Wanted;
import io.vxland.control.RegistryException;
import io.vxland.model.NetworkName;
import io.vxland.model.Registry;
import io.vxland.model.SharedNetwork;
import io.vxland.plan.NetworkPlan;
import io.vxland.plan.NetworkPlan.Step;
import io.vxland.plan.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Sees to it that this host's libvirt has the networks that all hosts have. On a thread of its own,
 * for libvirt may let it wait.
 */
final class SharedNetworks implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** After this time what was refused is tried again. */
  private static final Duration RETRY = Duration.ofSeconds(30);

  private final World world;
  private final Supplier<ControlPlane> control;
  private final NetworkDefinitions definitions;
  private final BooleanSupplier connected;
  private final Thread thread = new Thread(this::run, "networks");
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean asked;
  private boolean closed;
  private List<Problem> problems = List.of();

  /** What it last looked at, so that the same is not looked at again. */
  private Optional<Seen> seen = Optional.empty();

  private record Seen(
      Registry registry, Map<NetworkName, World.LibvirtNetwork> libvirt, List<NetworkName> used) {}

  /**
   * Creates it; {@link #start} starts it.
   *
   * @param connected whether libvirt can be asked at this moment
   */
  SharedNetworks(
      World world,
      Supplier<ControlPlane> control,
      NetworkDefinitions definitions,
      BooleanSupplier connected) {
    this.world = world;
    this.control = control;
    this.definitions = definitions;
    this.connected = connected;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Something may have changed. */
  void wake() {
    lock.lock();
    try {
      asked = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What is in the way. */
  List<Problem> problems() {
    lock.lock();
    try {
      return problems;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (awaitWork()) {
        look();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitWork() throws InterruptedException {
    lock.lock();
    try {
      boolean failed = seen.isEmpty() && !problems.isEmpty();
      long left = RETRY.toNanos();
      while (!asked && !closed && !(failed && left <= 0)) {
        if (failed) {
          left = changed.awaitNanos(left);
        } else {
          changed.await();
        }
      }
      asked = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void look() throws InterruptedException {
    Optional<NetworkRegistry> registry = control.get().registry();
    Optional<Registry> known = registry.flatMap(NetworkRegistry::registry);
    World.View view = world.view();
    if (known.isEmpty()) {
      report(List.of());
      return;
    }
    if (!view.inventoryComplete() || !connected.getAsBoolean()) {
      return;
    }
    List<NetworkPlan.Local> locals = locals(view);
    List<NetworkName> used =
        locals.stream()
            .filter(NetworkPlan.Local::used)
            .map(local -> local.network().name())
            .toList();
    Seen now = new Seen(known.get(), view.libvirt(), used);
    if (seen.equals(Optional.of(now))) {
      return;
    }
    seen = Optional.of(now);
    NetworkPlan plan = NetworkPlan.of(known.get(), locals);
    List<Problem> found = new ArrayList<>(plan.problems());
    for (Step step : plan.steps()) {
      take(step, registry.get())
          .ifPresent(
              refusal -> {
                found.add(refusal);
                seen = Optional.empty();
              });
    }
    report(found);
  }

  private static List<NetworkPlan.Local> locals(World.View view) {
    return view.libvirt().values().stream()
        .map(World.LibvirtNetwork::network)
        .map(
            network ->
                new NetworkPlan.Local(
                    network,
                    view.ports().stream().anyMatch(port -> port.vni().equals(network.vni()))))
        .toList();
  }

  /** Returns why it could not be done. */
  private Optional<Problem> take(Step step, NetworkRegistry registry) throws InterruptedException {
    SharedNetwork network = step.network();
    try {
      if (step instanceof Step.Define) {
        definitions.define(network);
      } else if (step instanceof Step.Delete) {
        definitions.delete(network.name(), false);
      } else {
        registry.define(
            new Wanted(
                network.name(),
                Optional.of(network.vni()),
                network.template(),
                Optional.of(network.bridge()),
                network.tag()),
            LIMIT);
      }
      return Optional.empty();
    } catch (ApiException | RegistryException refused) {
      return Optional.of(
          new Problem(
              "network '" + network.name() + "'", refused.getMessage() + "; vxland tries again"));
    }
  }

  private void report(List<Problem> found) {
    lock.lock();
    try {
      problems = List.copyOf(found);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(LIMIT.toMillis());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}

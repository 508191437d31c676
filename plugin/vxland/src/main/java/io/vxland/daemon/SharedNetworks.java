package io.vxland.daemon;

import io.vxland.api.ApiException;
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
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that this host's libvirt has the networks that all hosts have. On a thread of its own,
 * for libvirt may let it wait.
 */
final class SharedNetworks implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SharedNetworks.class);

  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** After this time what was refused is tried again; not sooner, whatever happens meanwhile. */
  private static final Duration RETRY = Duration.ofSeconds(30);

  private final World world;
  private final Supplier<Optional<NetworkRegistry>> registry;
  private final Host host;
  private final BooleanSupplier connected;
  private final ScheduledThreadPoolExecutor worker =
      new ScheduledThreadPoolExecutor(1, SharedNetworks::daemonThread, new DiscardPolicy());
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile List<Problem> problems = List.of();

  /** What it last looked at, so that the same is not looked at again. The worker's. */
  private Optional<Seen> seen = Optional.empty();

  private record Seen(
      Registry registry, Map<NetworkName, World.LibvirtNetwork> libvirt, List<NetworkName> used) {}

  /** What is done on this host. */
  interface Host {
    /** Defines a network, unless it is there just so. */
    void define(SharedNetwork network) throws ApiException;

    /** Deletes a network; one that is not there is success. */
    void delete(NetworkName name) throws ApiException;
  }

  /**
   * Creates it.
   *
   * @param registry where networks are defined for all hosts; empty if each host defines its own
   * @param connected whether libvirt can be asked at this moment
   */
  SharedNetworks(
      World world,
      Supplier<Optional<NetworkRegistry>> registry,
      Host host,
      BooleanSupplier connected) {
    this.world = world;
    this.registry = registry;
    this.host = host;
    this.connected = connected;
  }

  private static Thread daemonThread(Runnable task) {
    Thread thread = new Thread(task, "networks");
    thread.setDaemon(true);
    return thread;
  }

  /** Something may have changed. */
  void wake() {
    if (asked.compareAndSet(false, true)) {
      worker.execute(this::look);
    }
  }

  /** What is in the way. */
  List<Problem> problems() {
    return problems;
  }

  private void look() {
    asked.set(false);
    try {
      compare();
    } catch (RuntimeException bug) {
      log.error("bug in vxland, please report it; vxland tries again at the next change", bug);
    } catch (Error bug) {
      // The executor would keep it to itself.
      Thread here = Thread.currentThread();
      here.getUncaughtExceptionHandler().uncaughtException(here, bug);
    }
  }

  private void compare() {
    Optional<NetworkRegistry> all = registry.get();
    Optional<Registry> known = all.flatMap(NetworkRegistry::known);
    World.View view = world.view();
    if (known.isEmpty()) {
      problems = List.of();
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
    Optional<Seen> now = Optional.of(new Seen(known.get(), view.libvirt(), used));
    if (seen.equals(now)) {
      return;
    }
    seen = now;
    NetworkPlan plan = NetworkPlan.of(known.get(), locals);
    List<Problem> found = new ArrayList<>(plan.problems());
    plan.steps().forEach(step -> take(step, all.get()).ifPresent(found::add));
    if (found.size() > plan.problems().size()) {
      Future<?> unused = worker.schedule(this::again, RETRY.toNanos(), TimeUnit.NANOSECONDS);
    }
    problems = List.copyOf(found);
  }

  private void again() {
    seen = Optional.empty();
    wake();
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
  private Optional<Problem> take(Step step, NetworkRegistry all) {
    SharedNetwork network = step.network();
    try {
      if (step instanceof Step.Define) {
        host.define(network);
      } else if (step instanceof Step.Delete) {
        host.delete(network.name());
      } else {
        all.define(Wanted.of(network), LIMIT);
      }
      return Optional.empty();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ApiException | RegistryException refused) {
      return Optional.of(
          new Problem(
              "network '" + network.name() + "'", refused.getMessage() + "; vxland tries again"));
    }
  }

  /** What goes on is given up; the next start finds what is left to do. */
  @Override
  public void close() {
    worker.shutdownNow();
  }
}

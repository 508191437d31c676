package io.vxland.control.evpn;

import io.vxland.control.ControlPlane;
import io.vxland.model.IpAddress;
import io.vxland.model.Knowledge;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Presence;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * FRR tells and is told by way of the kernel, so nothing waits for this: one thread sees to it that
 * FRR is configured, and asks it how it is. While it does not answer, what it said last stays.
 */
public final class EvpnControlPlane implements ControlPlane {
  private static final Duration STEADY = Duration.ofSeconds(5);
  private static final Duration TROUBLED = Duration.ofSeconds(1);

  /** What {@link #mode} says. */
  public static final String MODE = "evpn";

  /** Before FRR has said anything: what is in the kernel is its own all the same. */
  public static final Knowledge SILENT =
      new Knowledge(false, Map.of(), Map.of(), Optional.of(Knowledge.Routing.SILENT));

  private final EvpnSettings settings;
  private final Vtysh vtysh;
  private final Listener listener;
  private final Thread thread = new Thread(this::run, MODE);

  /** One is enough: ask now. */
  private final BlockingQueue<Object> asked = new ArrayBlockingQueue<>(1);

  private final Object lock = new Object();
  private Optional<FrrState> state = Optional.empty();
  private List<Trouble> ofFrr = List.of();
  private long heardAt;
  private Set<Vni> wanted = Set.of();

  /**
   * Those that were wanted when it was asked the last but one time; zebra has had time for them.
   */
  private Set<Vni> due = Set.of();

  private Set<Vni> wantedBefore = Set.of();
  private volatile boolean closed;

  private EvpnControlPlane(EvpnSettings settings, Listener listener) {
    this.settings = settings;
    this.vtysh = new Vtysh(settings.vtysh());
    this.listener = listener;
    thread.setDaemon(true);
  }

  /**
   * Begins to ask.
   *
   * @param listener gets to know of news
   */
  public static EvpnControlPlane start(EvpnSettings settings, Listener listener) {
    EvpnControlPlane plane = new EvpnControlPlane(settings, listener);
    plane.thread.start();
    return plane;
  }

  @Override
  public String mode() {
    return MODE;
  }

  @Override
  public Knowledge knowledge(Collection<Network> networks) {
    Optional<FrrState> now;
    Set<Vni> bridged = bridged(networks);
    synchronized (lock) {
      now = state;
      if (!bridged.equals(wanted)) {
        wanted = bridged;
        boolean unused = asked.offer(bridged);
      }
    }
    if (now.isEmpty()) {
      return SILENT;
    }
    Map<Vni, SortedSet<Vtep>> hosts = new HashMap<>();
    Map<Vni, Set<MacAddress>> duplicates = new HashMap<>();
    for (Network network : networks) {
      Vni vni = network.vni();
      Optional.ofNullable(now.get().overlays().get(vni)).ifPresent(all -> hosts.put(vni, all));
      Optional.ofNullable(now.get().duplicates().get(vni))
          .ifPresent(cards -> duplicates.put(vni, Set.copyOf(cards.keySet())));
    }
    return new Knowledge(
        true, Map.of(), Map.of(), Optional.of(new Knowledge.Routing(hosts, duplicates)));
  }

  /** Only of these zebra can hear. */
  private static Set<Vni> bridged(Collection<Network> networks) {
    return networks.stream()
        .filter(network -> network.template() == Template.BRIDGE && network.bridge().isPresent())
        .map(Network::vni)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** zebra reads it in the kernel. */
  @Override
  public void publish(Presence presence) {}

  /** One session is enough: it may be with a reflector, and of other hosts one may be off. */
  @Override
  public boolean isCurrent() {
    synchronized (lock) {
      return ofFrr.isEmpty()
          && state.filter(now -> now.sessions().containsValue(FrrState.ESTABLISHED)).isPresent();
    }
  }

  @Override
  public Optional<Duration> silence() {
    synchronized (lock) {
      return state.map(any -> Duration.ofNanos(System.nanoTime() - heardAt));
    }
  }

  /** A host is there as long as BGP says so. */
  @Override
  public List<Host> hosts() {
    synchronized (lock) {
      Optional<Boolean> alive = ofFrr.isEmpty() ? Optional.of(true) : Optional.empty();
      return state.stream()
          .flatMap(now -> now.overlays().values().stream())
          .flatMap(Collection::stream)
          .distinct()
          .sorted()
          .map(host -> new Host(host, "", MODE, alive, Duration.ZERO))
          .toList();
    }
  }

  @Override
  public List<Trouble> troubles() {
    synchronized (lock) {
      return allTroubles();
    }
  }

  private List<Trouble> allTroubles() {
    Set<Vni> overdue = new TreeSet<>(due);
    overdue.retainAll(wanted);
    return Troubles.of(ofFrr, state, overdue);
  }

  private void run() {
    try {
      while (!closed) {
        boolean well = ask();
        Object unused = asked.poll((well ? STEADY : TROUBLED).toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean ask() throws InterruptedException {
    try {
      if (settings.self().address().family() != IpAddress.Family.V4) {
        throw new FrrException(
            "its EVPN supports only IPv4 VTEPs, but this host's is " + settings.self());
      }
      Optional<Trouble> configured = configure();
      FrrState now = FrrState.read(vtysh.run(FrrState.QUESTIONS));
      take(Optional.of(now), configured.stream().toList());
      return configured.isEmpty() && Troubles.sessions(now).isEmpty();
    } catch (FrrException failed) {
      take(
          Optional.empty(),
          List.of(
              new Trouble(
                  "FRR",
                  failed.getMessage(),
                  "the entries that it wrote stay; see: systemctl status frr")));
      return false;
    }
  }

  private Optional<Trouble> configure() throws FrrException, InterruptedException {
    RunningConfiguration running =
        RunningConfiguration.parse(vtysh.run(List.of("show running-config")));
    if (!settings.manage()) {
      List<String> missing = running.missing(settings.as());
      return missing.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Trouble(
                  "FRR",
                  "its configuration lacks: " + String.join("; ", missing),
                  "add it with vtysh, or set [evpn] manage = yes"));
    }
    List<String> changes = FrrConfiguration.of(settings).changesFrom(running);
    if (changes.isEmpty()) {
      return Optional.empty();
    }
    String unused = vtysh.run(changes);
    return save();
  }

  /** A restart of FRR without vxland must find it there. */
  private Optional<Trouble> save() throws InterruptedException {
    try {
      String unused = vtysh.run(List.of("write memory"));
      return Optional.empty();
    } catch (FrrException refused) {
      return Optional.of(
          new Trouble(
              "FRR",
              "its configuration is not saved: " + refused.getMessage(),
              "after a restart of FRR, vxland configures it again"));
    }
  }

  private void take(Optional<FrrState> now, List<Trouble> troubles) {
    boolean news;
    synchronized (lock) {
      List<Trouble> before = allTroubles();
      Optional<FrrState> known = now.or(() -> state);
      heardAt = now.isPresent() ? System.nanoTime() : heardAt;
      news = !known.equals(state);
      state = known;
      ofFrr = troubles;
      due = wantedBefore;
      wantedBefore = wanted;
      news |= !before.equals(allTroubles());
    }
    if (news && !closed) {
      listener.changed();
    }
  }

  /** FRR goes on as it is. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}

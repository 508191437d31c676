package io.vxland.daemon;

import io.vxland.api.ApiException;
import io.vxland.api.Defined;
import io.vxland.api.Deleted;
import io.vxland.api.FdbEntry;
import io.vxland.api.HookEvent;
import io.vxland.api.HookVerdict;
import io.vxland.api.Metrics;
import io.vxland.api.Migrations;
import io.vxland.api.NetworkDetails;
import io.vxland.api.NetworkSummary;
import io.vxland.api.Operations;
import io.vxland.api.Peer;
import io.vxland.api.Plan;
import io.vxland.api.Port;
import io.vxland.api.Problem;
import io.vxland.api.Status;
import io.vxland.api.Version;
import io.vxland.control.ControlPlane;
import io.vxland.control.NetworkRegistry.Wanted;
import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.Dataplane.Listing;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.Forwarded;
import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.PortSecurity;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Inputs;
import io.vxland.plan.MigrationTunnel;
import io.vxland.plan.Segment;
import io.vxland.plan.ovs.Switch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Answers the API from the world, the last outcome and, where it is asked for, the kernel. */
final class DaemonOperations implements Operations {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /**
   * Most learned entries of one answer: guests and other hosts decide how many there are. Of what
   * vxland itself has there are no more than it knows anyway.
   */
  private static final int MOST_LEARNED = 10_000;

  /** For what an answer can do without. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Identity identity;
  private final World world;
  private final Reconciler reconciler;
  private final Pass pass;

  /** One object: those who ask at the same time share the answer. */
  private final Reconciler.Question<io.vxland.plan.Plan> preview;

  private final Reconciler.Question<Map<InterfaceName, Long>> denials;
  private final HookHandler hooks;
  private final Runnable libvirtLives;
  private final LibvirtFeed feed;
  private final NetworkDefinitions definitions;
  private final Health health;
  private final Journal journal;
  private final Supplier<ControlPlane> control;

  /** What the daemon answers from. */
  DaemonOperations(
      Identity identity,
      World world,
      Reconciler reconciler,
      Pass pass,
      Offenders offenders,
      HookHandler hooks,
      Runnable libvirtLives,
      LibvirtFeed feed,
      NetworkDefinitions definitions,
      Health health,
      Journal journal,
      Supplier<ControlPlane> control) {
    this.identity = identity;
    this.world = world;
    this.reconciler = reconciler;
    this.pass = pass;
    this.preview = pass::preview;
    this.denials =
        dataplane -> {
          Outcome last = reconciler.outcome();
          return offenders.asked(
              last.desired().filtersTaps(), last.switches().filtersTaps(), world.view().ports());
        };
    this.hooks = hooks;
    this.libvirtLives = libvirtLives;
    this.feed = feed;
    this.definitions = definitions;
    this.health = health;
    this.journal = journal;
    this.control = control;
  }

  @Override
  public HookVerdict hook(HookEvent event) {
    libvirtLives.run();
    return hooks.handle(event);
  }

  @Override
  public Version version() {
    return new Version(identity.version(), Runtime.version().toString(), identity.pid());
  }

  @Override
  public Status status(boolean diff) throws ApiException {
    Map<InterfaceName, Long> unused = denied();
    World.View view = world.view();
    Outcome outcome = reconciler.outcome();
    io.vxland.plan.Plan plan = diff ? preview() : null;
    List<io.vxland.plan.Change> changes = plan == null ? outcome.remaining() : plan.changes();
    List<Problem> problems = new ArrayList<>();
    if (!outcome.error().isEmpty()) {
      problems.add(new Problem("kernel", outcome.error(), "vxland tries again"));
    }
    outcome.problems().stream().map(Views::problem).forEach(problems::add);
    outcome.failures().stream()
        .map(failure -> Views.failure(failure, outcome))
        .forEach(problems::add);
    feed.hang().map(Views::problem).ifPresent(problems::add);
    problems.addAll(health.problems());
    ControlPlane plane = control.get();
    LibvirtFeed.Link link = feed.link();
    Optional<Inputs.Underlay> underlay = outcome.uplink().underlay();
    return new Status(
        new Status.Daemon(identity.version(), identity.pid(), identity.uptime().toSeconds()),
        new Status.Host(
            identity.hostName(),
            outcome.uplink().vtep().map(Vtep::toString).orElse(""),
            underlay.map(found -> found.device().value()).orElse(""),
            underlay.stream()
                .flatMap(found -> found.outlets().stream())
                .map(InterfaceName::value)
                .toList(),
            underlay.map(Inputs.Underlay::mtu).orElse(0)),
        new Status.Control(
            plane.mode(), plane.isCurrent(), plane.silence().map(Duration::toSeconds).orElse(0L)),
        new Status.Libvirt(
            link.connected(),
            world.configuration().libvirt().uri(),
            link.reason(),
            link.isAwaited(),
            link.age().toSeconds()),
        outcome.inSync() && changes.isEmpty(),
        health.inSyncSince().map(Object::toString).orElse(""),
        new Status.Counts(
            Views.shown(view, outcome).size(),
            view.ports().size(),
            outcome.desired().segments().values().stream().mapToInt(Views::entries).sum()
                + outcome.switches().switches().values().stream().mapToInt(Views::entries).sum()),
        changes.size(),
        outcome.absent().stream().map(NetworkName::value).toList(),
        diff ? changes.stream().map(Views::change).toList() : List.of(),
        problems,
        Stream.concat(
                outcome.warnings().stream(), Unmarked.in(view, world.configuration()).stream())
            .map(Views::problem)
            .toList(),
        Views.dropped(outcome.vteps()));
  }

  @Override
  public List<NetworkSummary> networks() {
    World.View view = world.view();
    Outcome outcome = reconciler.outcome();
    return Views.shown(view, outcome).stream()
        .map(network -> Views.summary(network, view, outcome))
        .toList();
  }

  @Override
  public NetworkDetails network(NetworkName name) throws ApiException {
    World.View view = world.view();
    Outcome outcome = reconciler.outcome();
    Network network = existing(name, view, outcome);
    NetworkDetails.OnSwitch onSwitch =
        network.template() == Template.OVS_TUN
            ? SwitchView.of(network, outcome.switches(), ask(dataplane -> pass.onSwitches()))
            : NetworkDetails.OnSwitch.NONE;
    return Views.details(network, view, outcome, onSwitch, denied());
  }

  private static Network existing(NetworkName name, World.View view, Outcome outcome)
      throws ApiException {
    return Views.shown(view, outcome).stream()
        .filter(network -> network.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ApiException(
                    ApiException.Kind.NOT_FOUND,
                    "vxland has no network '" + name + "'; see 'vxctl network list'"));
  }

  @Override
  public List<Port> ports() {
    Map<InterfaceName, Long> denied = denied();
    World.View view = world.view();
    Outcome outcome = reconciler.outcome();
    return view.ports().stream()
        .filter(port -> !outcome.yielded().contains(port.vni()))
        .sorted()
        .map(port -> Views.port(port, view, outcome, denied))
        .toList();
  }

  /** Of a loop that is busy nothing is known; the rest can be answered all the same. */
  private Map<InterfaceName, Long> denied() {
    try {
      return reconciler.ask(denials, SOON);
    } catch (DataplaneException | TimeoutException unknown) {
      return Map.of();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Map.of();
    }
  }

  @Override
  public List<FdbEntry> fdb(Optional<NetworkName> network, Optional<Vni> vni) throws ApiException {
    if (network.isPresent()) {
      existing(network.get(), world.view(), reconciler.outcome());
    }
    BiPredicate<NetworkName, Vni> asked =
        (name, number) ->
            (network.isEmpty() || network.get().equals(name))
                && (vni.isEmpty() || vni.get().equals(number));
    return ask(
        new FdbQuestion(
            network,
            vni,
            dataplane -> {
              Outcome outcome = reconciler.outcome();
              Sources sources = new Sources(control.get(), world.view().networks());
              List<FdbEntry> all = new ArrayList<>();
              int left = MOST_LEARNED;
              for (Segment segment : outcome.desired().segments().values()) {
                if (asked.test(segment.network(), segment.vni())) {
                  Listing present = dataplane.forwarding(segment.vxlan().name(), left);
                  left -= learned(present);
                  all.addAll(FdbView.of(segment, present, sources));
                  if (segment.tunnel().isPresent()) {
                    MigrationTunnel tunnel = segment.tunnel().get();
                    all.addAll(
                        FdbView.of(
                            segment, tunnel, dataplane.forwarding(tunnel.spec().name(), left)));
                  }
                }
              }
              String local = outcome.uplink().vtep().map(Vtep::toString).orElse("");
              all.addAll(SwitchView.fdb(outcome.switches(), pass, local, asked, sources));
              return all;
            }));
  }

  /** What one caller asks for another may ask for, too; they share the answer. */
  private record FdbQuestion(
      Optional<NetworkName> network, Optional<Vni> vni, Reconciler.Question<List<FdbEntry>> reading)
      implements Reconciler.Question<List<FdbEntry>> {
    @Override
    public List<FdbEntry> of(Dataplane dataplane) throws DataplaneException {
      return reading.of(dataplane);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof FdbQuestion that
          && network.equals(that.network)
          && vni.equals(that.vni);
    }

    @Override
    public int hashCode() {
      return Objects.hash(network, vni);
    }
  }

  private static int learned(Listing present) {
    return (int)
        present.entries().stream()
            .filter(entry -> entry.origin() == Forwarded.Origin.LEARNED)
            .count();
  }

  @Override
  public List<Peer> peers() {
    Outcome outcome = reconciler.outcome();
    Map<IpAddress, TreeSet<String>> networks = new TreeMap<>();
    Map<IpAddress, Integer> entries = new TreeMap<>();
    Map<IpAddress, ControlPlane.Host> known = new TreeMap<>();
    for (ControlPlane.Host host : control.get().hosts()) {
      known.put(host.vtep().address(), host);
      networks.put(host.vtep().address(), new TreeSet<>());
    }
    for (Segment segment : outcome.desired().segments().values()) {
      List<IpAddress> all = new ArrayList<>(segment.peers());
      segment.unicast().values().forEach(vtep -> all.add(vtep.address()));
      outcome
          .routed()
          .getOrDefault(segment.vni(), List.of())
          .forEach(card -> all.add(card.vtep().address()));
      for (IpAddress address : all) {
        networks.computeIfAbsent(address, peer -> new TreeSet<>()).add(segment.network().value());
        entries.merge(address, 1, Integer::sum);
      }
    }
    for (Switch each : outcome.switches().switches().values()) {
      each.networks()
          .forEach(
              (vni, name) ->
                  Views.hosts(each, vni)
                      .forEach(
                          host -> {
                            networks
                                .computeIfAbsent(host, peer -> new TreeSet<>())
                                .add(name.value());
                            entries.merge(host, 1, Integer::sum);
                          }));
    }
    return networks.entrySet().stream()
        .map(
            peer ->
                Views.peer(
                    peer.getKey(),
                    Optional.ofNullable(known.get(peer.getKey())),
                    List.copyOf(peer.getValue()),
                    entries.getOrDefault(peer.getKey(), 0)))
        .toList();
  }

  @Override
  public Plan plan() throws ApiException {
    io.vxland.plan.Plan plan = preview();
    return new Plan(
        plan.changes().stream().map(Views::change).toList(),
        plan.problems().stream().map(Views::problem).toList());
  }

  @Override
  public Migrations migrations() {
    return journal.migrations();
  }

  @Override
  public Metrics metrics() throws ApiException {
    return new Metrics(status(false), journal.totals(), journal.migrations().migrations());
  }

  private io.vxland.plan.Plan preview() throws ApiException {
    return ask(preview);
  }

  private <T> T ask(Reconciler.Question<T> question) throws ApiException {
    try {
      return reconciler.ask(question, LIMIT);
    } catch (DataplaneException failed) {
      throw new ApiException(ApiException.Kind.UNAVAILABLE, failed.getMessage(), failed);
    } catch (TimeoutException busy) {
      throw new ApiException(
          ApiException.Kind.UNAVAILABLE, "the daemon is busy with a large change; try again", busy);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new ApiException(ApiException.Kind.UNAVAILABLE, "the daemon is stopping", stopping);
    }
  }

  @Override
  public Defined defineNetwork(
      NetworkName name,
      Optional<Vni> vni,
      Template template,
      Optional<InterfaceName> bridge,
      Optional<VlanTag> tag,
      Flooding flood,
      PortSecurity security,
      boolean here,
      boolean printOnly)
      throws ApiException {
    return definitions.define(
        new Wanted(name, vni, template, bridge, tag, flood, security), here, printOnly);
  }

  @Override
  public Deleted deleteNetwork(NetworkName name, boolean force) throws ApiException {
    return definitions.delete(existing(name, world.view(), reconciler.outcome()), force);
  }
}

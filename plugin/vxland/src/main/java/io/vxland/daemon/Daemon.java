package io.vxland.daemon;

import io.vxland.api.server.ApiServer;
import io.vxland.api.server.ApiServerException;
import io.vxland.config.ConfigException;
import io.vxland.config.Configuration;
import io.vxland.control.ControlPlane;
import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.Dataplane.Uplink;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.Repointing;
import io.vxland.dataplane.SwitchCutover;
import io.vxland.dataplane.SwitchDriver;
import io.vxland.dataplane.linux.KernelWatch;
import io.vxland.dataplane.linux.LinuxCutover;
import io.vxland.dataplane.ovs.OvsCutover;
import io.vxland.dataplane.ovs.OvsDriver;
import io.vxland.libvirt.LibvirtConnection;
import io.vxland.libvirt.xml.LibvirtXml;
import io.vxland.libvirt.xml.LibvirtXmlException;
import io.vxland.libvirt.xml.Templates;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.os.RealTime;
import io.vxland.os.ServiceNotifier;
import io.vxland.plan.Segment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon, wired by hand. What it starts it stops in the reverse order; the data plane is left
 * as it is, for VMs go on without it.
 */
final class Daemon implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Daemon.class);
  private static final byte[] WARM_UP =
      "<hookData><network><name>none</name></network></hookData>".getBytes(StandardCharsets.UTF_8);

  private static final String CONFIGURATION = "configuration";
  private static final String START_ONLY = "restart needed";
  private static final String KEPT = "last good configuration";

  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(5);
  private static final Duration FIRST_PASS = Duration.ofSeconds(30);

  /** What libvirt did not tell, or told before anybody listened, is found at the latest then. */
  private static final Duration INVENTORY_REFRESH = Duration.ofMinutes(5);

  private final Identity identity = Identity.ofThisProcess();
  private final Places places;
  private final ConfigurationSource source;
  private final ServiceNotifier notifier;
  private final World world;
  private final Health health;
  private final Memory memory;
  private final KeptVtep vtep;
  private final FormerUplinks former;
  private final ControlPlanes control;
  private final Herald herald;
  private final LibvirtQuestions libvirt;
  private final Ruleset ruleset;
  private final Looks looks;
  private final LinkLooks links;
  private final TapOwners owners = new TapOwners();
  private final HookCalls hookCalls = new HookCalls(System::nanoTime);
  private final Surroundings surroundings;
  private final Offenders offenders;
  private final Reconciler reconciler;
  private final Pass pass;
  private final SwitchDriver switches;
  private final Journal journal;
  private final Moves moves;
  private final Repointing repointing;
  private final Pursuit pursuit;
  private final TwoHosts twoHosts;
  private final LibvirtFeed feed;
  private final AddressWatch addresses;
  private final NetworkDefinitions definitions;
  private final SharedNetworks shared;
  private final CountDownLatch stop = new CountDownLatch(1);
  private KernelWatch watch;
  private ApiServer server;
  private Thread warmUp = new Thread(() -> {});
  private long savedVersion = -1;
  private long inventoryAskedAt = System.nanoTime();

  Daemon(
      Places places,
      ConfigurationSource source,
      ConfigurationSource.Start start,
      ServiceNotifier notifier)
      throws DataplaneException, InterruptedException {
    this.places = places;
    this.source = source;
    Configuration configuration = start.configuration();
    this.notifier = notifier;
    this.world = new World(configuration);
    this.libvirt = new LibvirtQuestions();
    this.looks = new Looks(libvirt::look, world::isAwaited);
    this.links = new LinkLooks(world::view, libvirt::look);
    this.health = new Health(notifier, world);
    start.refusal().ifPresent(this::refused);
    this.memory = new Memory(places.memory());
    this.vtep = new KeptVtep(places.vtep());
    this.former = new FormerUplinks(places.uplinks());
    this.control = new ControlPlanes(identity.hostName(), configuration, new News());
    this.herald = new Herald(world, control::current, identity.hostName());
    this.journal =
        new Journal(
            Clock.systemUTC(),
            () -> new HostSurroundings(world.view(), outcome().uplink().vtep(), control.current()));
    this.switches = OvsDriver.open(Path.of(configuration.ovs().database()), this::switchesChanged);
    SwitchCutover onSwitches =
        OvsCutover.in(Path.of(configuration.ovs().database()).toAbsolutePath().getParent());
    this.pass =
        new Pass(
            () -> new Dataplane.Home(world.configuration().host().address(), vtep.current()),
            world::view,
            control::current,
            new Tally(journal),
            switches,
            onSwitches::standing,
            this::tell,
            new Plugs(looks, owners, world::isLookedAt, System::nanoTime),
            former,
            this::surroundings);
    this.ruleset = new Ruleset(health, this::rulesetChanged);
    this.offenders = new Offenders(ruleset.filters()::denied, switches::denied, health);
    this.reconciler = new Reconciler(ruleset.dataplane(), pass, this::passed, this::keep);
    this.surroundings =
        new Surroundings(
            List.of(
                BridgeFirewall.here(ruleset.forwarding(), this::bridges),
                new ConnectionTracking(Path.of("/proc/sys")),
                HookFiles.here(),
                hookCalls),
            reconciler::wakeSoon);
    this.moves =
        new Moves(
            world,
            new CutoverByNetwork(LinuxCutover.open(), onSwitches),
            card -> HostSurroundings.announce(onSwitches, card),
            journal,
            herald::tell,
            this::moved,
            libvirt);
    // Its own socket: a redirect does not wait for it.
    this.repointing = LinuxCutover.open();
    this.pursuit = new Pursuit(world, repointing);
    this.twoHosts = new TwoHosts(repointing, health, reconciler::wakeSoon);
    this.addresses = new AddressWatch(world, reconciler::wake, health);
    this.feed =
        new LibvirtFeed(
            world, moves, reconciler::wake, libvirt::inventory, looks, owners, hookCalls);
    this.definitions =
        new NetworkDefinitions(
            world, new Templates(places.templates()), libvirt::connection, control::current);
    this.shared =
        new SharedNetworks(
            world, () -> control.current().registry(), definitions, () -> feed.link().connected());
  }

  /** A VM may be on its way here, whose frames are delivered by what was taken away. */
  private void rulesetChanged() {
    reconciler.wake();
  }

  /** There is a pass before there is anything that looks. */
  private Findings surroundings() {
    return surroundings == null ? Findings.NONE : surroundings.findings();
  }

  /** The Linux bridges of networks that are made here. */
  private SortedMap<InterfaceName, NetworkName> bridges() {
    SortedMap<InterfaceName, NetworkName> bridges = new TreeMap<>();
    for (Segment segment : outcome().desired().segments().values()) {
      segment.bridge().ifPresent(bridge -> bridges.put(bridge.name(), segment.network()));
    }
    return bridges;
  }

  /** Open vSwitch may have news before there is a reconciler, whose first pass finds it. */
  private void switchesChanged() {
    if (reconciler != null) {
      reconciler.wakeSoon();
    }
  }

  /** The control plane's. */
  private final class News implements ControlPlane.Listener {
    @Override
    public void moved(List<ControlPlane.Move> cards) {
      cards.forEach(pursuit::follow);
      moves.placed(control.current());
      reconciler.wakeSoon();
    }

    @Override
    public void changed() {
      moves.placed(control.current());
      reconciler.wake();
      shared.wake();
    }
  }

  private void tell(World.View view, Uplink uplink) {
    control.placed(uplink.vtep());
    world.deaf(!control.current().isCurrent());
    addresses.follow(answered(view), this::elsewhere);
    herald.placed(uplink.vtep());
    herald.tell();
  }

  /**
   * Cards came or went. What cannot wait is done by now, and others are being told, for which this
   * leaves them the CPU; but BGP tells them what the loop has told the kernel.
   */
  private void moved() {
    if (world.configuration().evpn().isPresent()) {
      reconciler.wake();
    } else {
      reconciler.wakeSoon();
    }
  }

  /** The networks of which other hosts are told addresses, and answer for them. */
  private List<Network> answered(World.View view) {
    boolean routed = world.configuration().evpn().isPresent();
    boolean told = world.configuration().etcd().isPresent();
    return view.networks().stream()
        .filter(
            network ->
                routed
                    ? network.template() == Template.BRIDGE
                    : told && network.options().suppress())
        .toList();
  }

  /** The cards of other hosts in some networks: what was told, or what a routing daemon wrote. */
  private Map<Vni, List<Location>> elsewhere(List<Network> networks) {
    Map<Vni, List<Location>> routed = outcome().routed();
    return routed.isEmpty() ? control.current().knowledge(networks).locations() : routed;
  }

  /**
   * Starts everything. The networks stand, as far as they are known from before, when it returns:
   * libvirt is started after that.
   */
  void start() throws DataplaneException, ApiServerException, InterruptedException {
    recall();
    // First of all the socket: a second daemon must find out before it touches the kernel.
    server =
        ApiServer.start(
            places.socket(),
            new DaemonOperations(
                identity,
                world,
                reconciler,
                pass,
                offenders,
                new HookHandler(
                    world, moves, reconciler, libvirt::inventory, looks, owners, hookCalls),
                libvirt::lives,
                feed,
                definitions,
                health,
                journal,
                control::current),
            (id, request, bug) -> log.error("bug {} in {}: please report it", id, request, bug));
    watch =
        KernelWatch.start(
            new KernelWatch.Listener() {
              @Override
              public void changed() {
                reconciler.wakeSoon();
              }

              @Override
              public void heard(InterfaceName port, MacAddress mac) {
                moves.heard(port, mac);
              }

              @Override
              public void heardBehind(InterfaceName device, MacAddress mac, IpAddress host) {
                twoHosts.heard(device, mac, host);
              }

              @Override
              public void lost(String reason) {
                health.trouble(
                    "kernel notifications",
                    reason,
                    "vxland subscribes again; until then it checks the kernel only once a minute");
              }

              @Override
              public void regained() {
                health.settled("kernel notifications");
              }
            });
    ruleset.start();
    moves.resume();
    addresses.resume();
    reconciler.start();
    surroundings.start();
    reconciler.passNow(FIRST_PASS);
    control.start();
    libvirt.of(
        LibvirtConnection.open(
            LibvirtConnection.Settings.SYSTEM.to(world.configuration().libvirt().uri()),
            feed,
            Daemon::hurry));
    links.start();
    keepConfiguration();
    notifier.ready(health.status());
    log.info("ready: {}", health.status());
    warmUp();
  }

  /**
   * What is sent to a VM between its pause and the redirect is lost, so each millisecond counts.
   */
  private static void hurry() {
    RealTime.claim()
        .ifPresent(
            refusal ->
                log.warn(
                    "libvirt's events are received at normal priority: {}; where CPUs are busy,"
                        + " a live migration loses a few more frames",
                    refusal));
  }

  /**
   * The first document costs hundreds of ms of JAXB's making, and the first redirect some of
   * loading classes; no hook and no frame should have to wait for that.
   */
  private void warmUp() {
    warmUp =
        new Thread(
            () -> {
              try {
                LibvirtXml.hookData(WARM_UP);
              } catch (LibvirtXmlException impossible) {
                log.warn("{}", impossible.getMessage());
              }
              moves.warmUp();
            },
            "warm-up");
    warmUp.setDaemon(true);
    warmUp.start();
  }

  /** It uses what is closed next, and takes a second at most. */
  private void endWarmUp() {
    try {
      warmUp.join(WARM_UP_LIMIT.toMillis());
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }

  private Outcome outcome() {
    return reconciler.outcome();
  }

  private void recall() {
    try {
      memory
          .load()
          .ifPresent(known -> world.remember(known.networks(), known.cards(), known.seen()));
    } catch (IOException unusable) {
      log.warn(
          "{}; starting without it, networks and VMs are read from libvirt", unusable.getMessage());
    }
    try {
      vtep.load();
    } catch (IOException unusable) {
      log.warn("{}; starting without it, the VTEP is chosen anew", unusable.getMessage());
    }
    try {
      former.load(places.memory());
    } catch (IOException unusable) {
      log.warn(
          "{}; starting without it, networks with ports to other networks need 'allow-uplink'",
          unusable.getMessage());
    }
  }

  /** On the reconciler's thread, after each pass; hooks may be waiting. */
  private void passed(Outcome outcome) {
    world.forgetOthers(outcome.yielded());
    health.report(outcome);
    health.control(control.current().troubles(), shared.problems());
    shared.wake();
  }

  /** After that, when nobody waits for the pass any more: a disk may take its time. */
  private void keep(Outcome outcome) {
    if (System.nanoTime() - inventoryAskedAt > INVENTORY_REFRESH.toNanos()) {
      inventoryAskedAt = System.nanoTime();
      libvirt.inventory();
    }
    World.View view = world.view();
    offenders.look(outcome.desired().filtersTaps(), outcome.switches().filtersTaps(), view.ports());
    twoHosts.look(view);
    outcome.uplink().vtep().ifPresent(vtep::is);
    try {
      vtep.save();
      former.save();
      health.settled("state");
    } catch (IOException failed) {
      health.trouble(
          "state",
          "cannot write below " + places.vtep().getParent() + ": " + failed,
          "until that is possible, a restart of vxland may choose another VTEP");
    }
    if (view.version() != savedVersion) {
      try {
        memory.save(view, world.cards(), world.seen());
        savedVersion = view.version();
        health.settled("memory");
      } catch (IOException failed) {
        health.trouble(
            "memory",
            "cannot write " + places.memory() + ": " + failed,
            "until it can be written, networks come back late after a reboot");
      }
    }
  }

  /** Reads the configuration again; a wrong one changes nothing. */
  void reload() {
    notifier.reloading();
    try {
      ConfigurationSource.Reload fresh = source.reload();
      world.configure(fresh.configuration());
      control.configure(fresh.configuration());
      ruleset.dataplane().distrust();
      reconciler.wake();
      // Networks without metadata may be ours from now on.
      libvirt.inventory();
      log.info("configuration reloaded");
      health.settled(CONFIGURATION);
      ignored(fresh.ignored());
      keepConfiguration();
    } catch (ConfigException wrong) {
      health.trouble(
          CONFIGURATION,
          "not reloaded: " + wrong.getMessage().replace("\n", "; "),
          "the running one stays in force");
    }
    notifier.ready(health.status());
  }

  private void refused(ConfigurationSource.Refusal refusal) {
    health.trouble(
        CONFIGURATION,
        "refused: " + refusal.mistakes().getMessage().replace("\n", "; "),
        "the last good one, read at "
            + refusal.inForce().truncatedTo(ChronoUnit.SECONDS)
            + ", is in force; correct the files, then: systemctl reload vxland");
  }

  private void ignored(List<String> keys) {
    if (keys.isEmpty()) {
      health.settled(START_ONLY);
    } else {
      health.trouble(
          START_ONLY,
          String.join(", ", keys) + ": the new value is read at start only",
          "run: systemctl restart vxland");
    }
  }

  private void keepConfiguration() {
    try {
      source.keep();
      health.settled(KEPT);
    } catch (IOException failed) {
      health.trouble(
          KEPT,
          "cannot write " + places.kept() + ": " + failed,
          "until it can be written, vxland cannot start while the configuration has a mistake");
    }
  }

  void requestStop() {
    stop.countDown();
  }

  void awaitStop() throws InterruptedException {
    stop.await();
  }

  @Override
  public void close() {
    notifier.stopping("stopping; the networks stay");
    if (server != null) {
      try {
        server.close();
      } catch (ApiServerException failed) {
        log.warn("{}", failed.getMessage());
      }
    }
    endWarmUp();
    links.close();
    libvirt.close();
    if (watch != null) {
      watch.close();
    }
    surroundings.close();
    ruleset.close();
    shared.close();
    moves.close();
    repointing.close();
    reconciler.close();
    addresses.close();
    control.close();
    switches.close();
    log.info("stopped; the networks stay as they are");
  }
}

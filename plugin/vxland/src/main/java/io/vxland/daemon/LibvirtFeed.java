package io.vxland.daemon;

import io.vxland.libvirt.CopyPass;
import io.vxland.libvirt.DomainEvent;
import io.vxland.libvirt.Halt;
import io.vxland.libvirt.Inventory;
import io.vxland.libvirt.KnownNetwork;
import io.vxland.libvirt.LibvirtListener;
import io.vxland.libvirt.Look;
import io.vxland.libvirt.NetworkEvent;
import io.vxland.libvirt.RunningDomain;
import io.vxland.libvirt.xml.DomainDescription;
import io.vxland.libvirt.xml.LibvirtXmlException;
import io.vxland.libvirt.xml.Objections;
import io.vxland.libvirt.xml.Overlays;
import io.vxland.migration.Event;
import io.vxland.model.LocalPort;
import io.vxland.model.Network;
import io.vxland.plan.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what libvirt says into the {@link World}. */
final class LibvirtFeed implements LibvirtListener {
  private static final Logger log = LoggerFactory.getLogger(LibvirtFeed.class);

  private final World world;
  private final Moves moves;
  private final Runnable wake;
  private final Runnable inventoryWanted;
  private final Looks looks;
  private final TapOwners owners;
  private final HookCalls hooks;
  private volatile Link link = new Link(false, "not connected yet", System.nanoTime());
  private volatile Optional<Unanswered> unanswered = Optional.empty();

  /**
   * The connection.
   *
   * @param connected whether it stands
   * @param reason why it does not; "" if it does
   * @param since {@link System#nanoTime} when it came or went, at first that of the daemon's start
   */
  record Link(boolean connected, String reason, long since) {
    /** So long libvirt may take to start before it counts as away. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    Duration age() {
      return Duration.ofNanos(System.nanoTime() - since);
    }

    /** Whether libvirt may well be starting at this moment. */
    boolean isAwaited() {
      return !connected && age().compareTo(GRACE) < 0;
    }
  }

  /**
   * A call that libvirt has not answered.
   *
   * @param function its name
   * @param since {@link System#nanoTime} when it was called
   */
  private record Unanswered(String function, long since) {}

  LibvirtFeed(
      World world,
      Moves moves,
      Runnable wake,
      Runnable inventoryWanted,
      Looks looks,
      TapOwners owners,
      HookCalls hooks) {
    this.hooks = hooks;
    this.world = world;
    this.moves = moves;
    this.wake = wake;
    this.inventoryWanted = inventoryWanted;
    this.looks = looks;
    this.owners = owners;
  }

  Link link() {
    return link;
  }

  /** What hangs at this moment. */
  Optional<Problem> hang() {
    return unanswered.map(
        call ->
            new Problem(
                "libvirt",
                "libvirt has not answered "
                    + call.function()
                    + " for "
                    + Duration.ofNanos(System.nanoTime() - call.since()).toSeconds()
                    + " s; until it does, vxland does not see what changes there: find out what"
                    + " blocks libvirt (a hook, a QEMU monitor, storage), or restart it"));
  }

  @Override
  public void unanswered(String function, long since) {
    unanswered = Optional.of(new Unanswered(function, since));
    log.warn(
        "libvirt has not answered {} for {} s; vxland waits, find out what blocks libvirt",
        function,
        Duration.ofNanos(System.nanoTime() - since).toSeconds());
  }

  @Override
  public void answered(String function) {
    unanswered = Optional.empty();
    log.info("libvirt has answered {}", function);
  }

  @Override
  public void connected(Inventory inventory) {
    if (!link.reason().equals("not connected yet")) {
      log.info("libvirt is back");
    }
    link = new Link(true, "", System.nanoTime());
    inventory(inventory);
  }

  @Override
  public void disconnected(String reason) {
    link = new Link(false, reason, link.connected() ? System.nanoTime() : link.since());
    log.warn("no connection to libvirt: {}; networks stay as they are, trying again", reason);
    wake.run();
  }

  @Override
  public void inventory(Inventory inventory) {
    List<Problem> problems = new ArrayList<>();
    List<World.LibvirtNetwork> networks = new ArrayList<>();
    for (KnownNetwork known : inventory.networks()) {
      overlay(known, problems)
          .ifPresent(
              network ->
                  networks.add(
                      new World.LibvirtNetwork(network, known.active(), known.autostart())));
    }
    Set<Network> all = new HashSet<>(world.configuration().ownNetworks());
    networks.forEach(known -> all.add(known.network()));
    List<World.Found> cards = new ArrayList<>();
    for (RunningDomain domain : inventory.domains()) {
      if (domain.description().isPresent()) {
        cards.addAll(found(domain, domain.description().get(), all));
      } else {
        problems.add(
            new Problem("VM '" + domain.name() + "'", domain.problem().orElseThrow().getMessage()));
      }
    }
    owners.retain(
        inventory.domains().stream().map(RunningDomain::uuid).collect(Collectors.toSet()));
    moves.inventory(world.inventory(inventory.began(), networks, cards, problems));
    wake.run();
  }

  private List<World.Found> found(
      RunningDomain domain, DomainDescription description, Set<Network> networks) {
    Event kind = kind(domain);
    world.remarks(domain.uuid(), Ports.remarks(description));
    owners.of(description);
    return Ports.of(description, LocalPort.State.HERE, networks).stream()
        .map(port -> new World.Found(port, kind))
        .toList();
  }

  /** One whose document cannot be read runs, and what is known of it stays. */
  @Override
  public void looked(Look look) {
    Optional<RunningDomain> domain = look.found();
    Optional<DomainDescription> description = domain.flatMap(RunningDomain::description);
    if (domain.isPresent() && description.isEmpty()) {
      looks.answered(look.domain(), true);
      return;
    }
    List<World.Found> cards =
        domain.isPresent()
            ? found(domain.get(), description.orElseThrow(), world.view().networks())
            : List.of();
    if (domain.isEmpty()) {
      owners.gone(look.domain());
    }
    World.Sight sight = world.look(look.domain(), look.began(), cards);
    moves.looked(sight);
    // A tap that is in no bridge waits for this, to be plugged in again.
    if (looks.answered(look.domain(), sight.settled()) || sight.changed()) {
      wake.run();
    }
  }

  private Optional<Network> overlay(KnownNetwork known, List<Problem> problems) {
    if (known.description().isEmpty()) {
      problems.add(problem(known, known.problem().orElseThrow()));
      return Optional.empty();
    }
    try {
      Optional<Network> network =
          Overlays.networkOf(known.description().get(), world::isOursByBridgeName);
      List<String> objections =
          network.map(ours -> Objections.to(known.description().get(), ours)).orElse(List.of());
      objections.forEach(
          objection -> problems.add(new Problem("network '" + known.name() + "'", objection)));
      if (!objections.isEmpty() && !known.active()) {
        return Optional.empty();
      }
      network.flatMap(ours -> Redefined.warning(ours, known)).ifPresent(problems::add);
      return network;
    } catch (LibvirtXmlException wrong) {
      problems.add(problem(known, wrong));
      return Optional.empty();
    }
  }

  /** The message begins with the subject where the XML could be read as far as its name. */
  private static Problem problem(KnownNetwork known, LibvirtXmlException wrong) {
    String subject = "network '" + known.name() + "'";
    String message = wrong.getMessage();
    return new Problem(
        subject,
        message.startsWith(subject + ": ") ? message.substring(subject.length() + 2) : message);
  }

  /** A VM that is paused for a migration may be at either end of it; the cards know which. */
  private static Event kind(RunningDomain domain) {
    if (domain.state() != RunningDomain.State.PAUSED) {
      return Event.RUNNING;
    }
    return switch (domain.reason()) {
      case RunningDomain.PAUSED_MIGRATION,
          RunningDomain.PAUSED_POSTCOPY,
          RunningDomain.PAUSED_POSTCOPY_FAILED ->
          Event.FOUND_PAUSED;
      case RunningDomain.PAUSED_STARTING_UP -> Event.PLUGGED;
      default -> Event.HELD;
    };
  }

  @Override
  public void domainChanged(DomainEvent event) {
    switch (event.kind()) {
      // On either side of a migration, resumed means that the VM runs here now.
      case RESUMED -> tell(event, Event.RUNNING);
      case STARTED -> {
        if (event.detail() <= DomainEvent.STARTED_RESTORED) {
          hooks.started(event.domain(), event.name());
        }
        boolean waits = event.detail() == DomainEvent.STARTED_MIGRATED;
        tell(event, waits ? Event.WAITING : Event.RUNNING);
        if (!waits) {
          looks.at(event.domain());
        }
      }
      case SUSPENDED ->
          tell(
              event,
              switch (event.detail()) {
                case DomainEvent.SUSPENDED_MIGRATED,
                    DomainEvent.SUSPENDED_POSTCOPY,
                    DomainEvent.SUSPENDED_POSTCOPY_FAILED ->
                    Event.PAUSED;
                default -> Event.HELD;
              });
      case STOPPED -> {
        if (event.detail() == DomainEvent.STOPPED_MIGRATED) {
          moves.moved(event.domain());
        } else if (event.detail() == DomainEvent.STOPPED_SAVED) {
          moves.saved(event.domain());
        }
        // The hook was faster, and the VM may have started again meanwhile: a snapshot's is.
        looks.at(event.domain());
      }
      default -> {}
    }
  }

  private void tell(DomainEvent event, Event kind) {
    moves.domain(event.domain(), kind, event.nanos());
  }

  @Override
  public void copying(CopyPass pass) {
    moves.domain(pass.domain(), Event.COPYING, pass.nanos());
  }

  @Override
  public void halted(Halt halt) {
    moves.domain(halt.domain(), Event.HALTED, halt.nanos());
  }

  @Override
  public void copyEnded(UUID domain) {
    moves.domain(domain, Event.COPY_ENDED, System.nanoTime());
  }

  @Override
  public void metadataChanged(UUID domain) {
    looks.at(domain);
  }

  @Override
  public void devicesChanged(UUID domain) {
    looks.at(domain);
  }

  @Override
  public void networkChanged(NetworkEvent event) {
    inventoryWanted.run();
  }
}

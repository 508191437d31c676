package io.vxland.daemon;

import io.vxland.libvirt.CopyPass;
import io.vxland.libvirt.DomainEvent;
import io.vxland.libvirt.Inventory;
import io.vxland.libvirt.KnownNetwork;
import io.vxland.libvirt.LibvirtListener;
import io.vxland.libvirt.NetworkEvent;
import io.vxland.libvirt.RunningDomain;
import io.vxland.libvirt.xml.LibvirtXmlException;
import io.vxland.libvirt.xml.NetworkDescription;
import io.vxland.libvirt.xml.Overlays;
import io.vxland.model.LocalPort;
import io.vxland.model.Network;
import io.vxland.plan.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what libvirt says into the {@link World}. */
final class LibvirtFeed implements LibvirtListener {
  private static final Logger log = LoggerFactory.getLogger(LibvirtFeed.class);

  private final World world;
  private final Runnable wake;
  private final Runnable inventoryWanted;
  private volatile Link link = new Link(false, "not connected yet");

  /**
   * The connection.
   *
   * @param connected whether it stands
   * @param reason why it does not; "" if it does
   */
  record Link(boolean connected, String reason) {}

  LibvirtFeed(World world, Runnable wake, Runnable inventoryWanted) {
    this.world = world;
    this.wake = wake;
    this.inventoryWanted = inventoryWanted;
  }

  Link link() {
    return link;
  }

  @Override
  public void connected(Inventory inventory) {
    if (!link.reason().equals("not connected yet")) {
      log.info("libvirt is back");
    }
    link = new Link(true, "");
    inventory(inventory);
  }

  @Override
  public void disconnected(String reason) {
    link = new Link(false, reason);
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
    List<LocalPort> ports = new ArrayList<>();
    for (RunningDomain domain : inventory.domains()) {
      if (domain.description().isPresent()) {
        ports.addAll(Ports.of(domain.description().get(), state(domain), all));
      } else {
        problems.add(
            new Problem("VM '" + domain.name() + "'", domain.problem().orElseThrow().getMessage()));
      }
    }
    world.inventory(inventory.began(), networks, ports, problems);
    wake.run();
  }

  private Optional<Network> overlay(KnownNetwork known, List<Problem> problems) {
    if (known.description().isEmpty()) {
      problems.add(problem(known, known.problem().orElseThrow()));
      return Optional.empty();
    }
    try {
      return overlay(known.description().get(), world.configuration().host().bridgeNameFallback());
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

  /** What a network of libvirt asks for; empty if it is not ours. */
  static Optional<Network> overlay(NetworkDescription description, boolean bridgeNameFallback)
      throws LibvirtXmlException {
    return description.overlay().isEmpty() && !bridgeNameFallback
        ? Optional.empty()
        : Overlays.networkOf(description);
  }

  /**
   * A VM that is paused for a migration may be at either end of it, and only events tell which: the
   * {@link World} keeps what they said.
   */
  private static LocalPort.State state(RunningDomain domain) {
    boolean migrating =
        domain.state() == RunningDomain.State.PAUSED
            && (domain.reason() == RunningDomain.PAUSED_MIGRATION
                || domain.reason() == RunningDomain.PAUSED_STARTING_UP
                || domain.reason() == RunningDomain.PAUSED_POSTCOPY);
    return migrating ? LocalPort.State.INCOMING : LocalPort.State.HERE;
  }

  @Override
  public void domainChanged(DomainEvent event) {
    boolean changed =
        switch (event.kind()) {
          // On either side of a migration, resumed means that the VM runs here now.
          case RESUMED -> world.domainState(event.domain(), LocalPort.State.HERE);
          case STARTED ->
              event.detail() != DomainEvent.STARTED_MIGRATED
                  && world.domainState(event.domain(), LocalPort.State.HERE);
          case SUSPENDED ->
              (event.detail() == DomainEvent.SUSPENDED_MIGRATED
                      || event.detail() == DomainEvent.SUSPENDED_POSTCOPY)
                  && world.domainState(event.domain(), LocalPort.State.LEAVING);
          case STOPPED -> world.forget(event.domain());
          default -> false;
        };
    if (changed) {
      wake.run();
    }
  }

  @Override
  public void copying(CopyPass pass) {
    log.debug("VM '{}' is being copied to another host, pass {}", pass.name(), pass.pass());
  }

  @Override
  public void networkChanged(NetworkEvent event) {
    inventoryWanted.run();
  }
}

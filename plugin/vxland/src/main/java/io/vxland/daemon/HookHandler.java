package io.vxland.daemon;

import io.vxland.api.HookEvent;
import io.vxland.api.HookVerdict;
import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.libvirt.xml.DomainDescription;
import io.vxland.libvirt.xml.HookData;
import io.vxland.libvirt.xml.LibvirtXml;
import io.vxland.libvirt.xml.LibvirtXmlException;
import io.vxland.libvirt.xml.Objections;
import io.vxland.libvirt.xml.Overlays;
import io.vxland.libvirt.xml.PortDescription;
import io.vxland.migration.Event;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.PortSecurity;
import io.vxland.model.Vni;
import io.vxland.plan.Problem;
import io.vxland.plan.Segment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Answers libvirt's hooks from what they bring and from memory, never by asking libvirt: it holds
 * the lock of the VM or network whose hook runs (libvirt, docs/hooks.rst).
 *
 * <p>The network's hooks, which come before a card is plugged, wait until the network stands, for
 * libvirt copies the MTU from the bridge then.
 */
final class HookHandler {
  /** Below the hook's own bound of 2 s, so that the answer is ours and not a time-out. */
  private static final Duration LIMIT = Duration.ofMillis(1500);

  private final World world;
  private final Moves moves;
  private final Reconciler reconciler;
  private final Ports ports;
  private final Runnable inventoryWanted;
  private final Looks looks;
  private final TapOwners owners;
  private final HookCalls calls;

  /**
   * Creates it.
   *
   * @param inventoryWanted asks libvirt's side for a fresh inventory, without waiting for it
   * @param looks has it asked about single VMs
   * @param owners gets to know the taps of VMs
   * @param calls gets to know for which VM a hook has called
   */
  HookHandler(
      World world,
      Moves moves,
      Reconciler reconciler,
      Runnable inventoryWanted,
      Looks looks,
      TapOwners owners,
      HookCalls calls) {
    this.calls = calls;
    this.world = world;
    this.moves = moves;
    this.reconciler = reconciler;
    this.ports = new Ports(world);
    this.inventoryWanted = inventoryWanted;
    this.looks = looks;
    this.owners = owners;
  }

  HookVerdict handle(HookEvent event) {
    try {
      return switch (event.driver()) {
        case QEMU -> qemu(event.operation(), event.xml());
        case NETWORK -> network(event.operation(), event.xml());
        case DAEMON -> {
          inventoryWanted.run();
          yield HookVerdict.GO_ON;
        }
      };
    } catch (LibvirtXmlException unusable) {
      return HookVerdict.refused(unusable.getMessage());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return HookVerdict.GO_ON;
    }
  }

  private HookVerdict qemu(String operation, byte[] xml)
      throws LibvirtXmlException, InterruptedException {
    return switch (operation) {
      case "migrate" -> {
        DomainDescription domain = LibvirtXml.domain(xml);
        calls.called(domain.uuid());
        HookVerdict verdict = ready(domain, world.version());
        if (verdict.goOn()) {
          world.remarks(domain.uuid(), Ports.remarks(domain));
          moves.expected(ports.of(domain, LocalPort.State.INCOMING));
        }
        yield verdict;
      }
      case "restore" -> ready(LibvirtXml.domain(xml), world.version());
      case "start" -> {
        long began = System.nanoTime();
        DomainDescription domain = LibvirtXml.domain(xml);
        calls.called(domain.uuid());
        // A pass that settles a filter is the one to wait for, and not another before it.
        HookVerdict verdict = ready(domain, 0);
        if (verdict.goOn()) {
          plugged(domain);
          filtered(domain, LIMIT.minusNanos(System.nanoTime() - began));
        }
        yield verdict;
      }
      case "reconnect" -> {
        plugged(LibvirtXml.domain(xml));
        yield HookVerdict.GO_ON;
      }
      case "stopped" -> {
        UUID domain = LibvirtXml.domain(xml).uuid();
        owners.gone(domain);
        moves.domain(domain, Event.GONE, System.nanoTime());
        yield HookVerdict.GO_ON;
      }
      default -> HookVerdict.GO_ON;
    };
  }

  /**
   * The taps are there and QEMU is not. One that may send nothing but what is its own is filtered
   * before QEMU starts; for the others that is under way while it does.
   */
  private void filtered(DomainDescription domain, Duration limit) throws InterruptedException {
    if (!limit.isNegative()
        && ports.of(domain, LocalPort.State.HERE).stream().anyMatch(this::isStrict)) {
      reconciler.passNow(limit);
    }
  }

  private boolean isStrict(LocalPort port) {
    return world.view().networks().stream()
        .filter(network -> network.vni().equals(port.vni()))
        .map(network -> port.allowance().security().orElse(network.options().security()))
        .anyMatch(PortSecurity.STRICT::equals);
  }

  private void plugged(DomainDescription domain) {
    world.remarks(domain.uuid(), Ports.remarks(domain));
    owners.of(domain);
    moves.plugged(ports.of(domain, LocalPort.State.HERE));
  }

  /**
   * Whether nobody else has a domain's cards, and its networks can be had. A VM starts also while
   * its network has a passing trouble, such as an uplink that is down: its bridge may well stand,
   * and libvirt refuses the start if it does not.
   *
   * @param version of the world that the pass must have seen that says so
   */
  private HookVerdict ready(DomainDescription domain, long version) throws InterruptedException {
    List<LocalPort> all = ports.of(domain, LocalPort.State.INCOMING);
    for (LocalPort port : all.stream().filter(LocalPort::linked).toList()) {
      Optional<LocalPort> rival = rival(port.domain(), port.vni(), port.mac());
      if (rival.isPresent()) {
        return HookVerdict.refused(macTaken(port.mac(), port.vni(), rival.get()));
      }
    }
    // One bound for the whole hook, and one pass for all its networks.
    Set<Vni> vnis = all.stream().map(LocalPort::vni).collect(Collectors.toSet());
    Outcome outcome = reconciler.settled(vnis, version, LIMIT);
    return all.stream()
        .map(LocalPort::vni)
        .filter(outcome.blocked()::contains)
        .findFirst()
        .map(vni -> HookVerdict.refused(reason(vni, outcome)))
        .orElse(HookVerdict.GO_ON);
  }

  private HookVerdict network(String operation, byte[] xml)
      throws LibvirtXmlException, InterruptedException {
    HookData data = LibvirtXml.hookData(xml);
    Optional<Network> described = Overlays.networkOf(data.network(), world::isOursByBridgeName);
    if (described.isEmpty()) {
      return HookVerdict.GO_ON;
    }
    Network network = described.get();
    return switch (operation) {
      case "start", "port-created" -> {
        Optional<Network> rival = rival(network);
        if (rival.isPresent()) {
          yield HookVerdict.refused(networkTaken(network, rival.get()));
        }
        if (operation.equals("start")) {
          List<String> objections = Objections.to(data.network(), network);
          if (!objections.isEmpty()) {
            yield HookVerdict.refused("network '" + network.name() + "' " + objections.get(0));
          }
        }
        Optional<HookVerdict> card = data.port().flatMap(port -> refusedCard(network, port));
        if (card.isPresent()) {
          yield card.get();
        }
        world.network(new World.LibvirtNetwork(network, true, autostart(network)));
        HookVerdict verdict = standing(network.vni());
        if (verdict.goOn()) {
          data.port().ifPresent(port -> plug(network, port));
        }
        yield verdict;
      }
      case "port-deleted" -> {
        data.port().ifPresent(port -> unplug(network, port));
        yield HookVerdict.GO_ON;
      }
      case "started", "updated" -> {
        if (rival(network).isEmpty()
            && world.network(new World.LibvirtNetwork(network, true, autostart(network)))) {
          reconciler.wake();
        }
        yield HookVerdict.GO_ON;
      }
      default -> {
        inventoryWanted.run();
        yield HookVerdict.GO_ON;
      }
    };
  }

  /** A card that is plugged into a running VM comes with no hook but this, and still has no tap. */
  private void plug(Network network, PortDescription port) {
    LocalPort announced =
        new LocalPort(
            port.owner(),
            port.ownerName(),
            port.mac(),
            network.vni(),
            network.bridge().orElseThrow(),
            Optional.empty(),
            Optional.of(port.id()),
            LocalPort.State.HERE);
    boolean standby = rival(port.owner(), network.vni(), port.mac()).isPresent();
    moves.announced(announced.linked(!standby));
    looks.announced(port.owner());
  }

  /** The NIC may stay without this port: libvirt's document tells, once the hook has returned. */
  private void unplug(Network network, PortDescription port) {
    moves.unplugged(new LocalPort.Key(port.owner(), network.vni(), port.mac()), port.id());
    looks.at(port.owner());
  }

  private boolean autostart(Network network) {
    World.LibvirtNetwork known = world.view().libvirt().get(network.name());
    return known != null && known.autostart();
  }

  private Optional<Network> rival(Network network) {
    return Views.shown(world.view(), reconciler.outcome()).stream()
        .filter(other -> !other.name().equals(network.name()))
        .filter(
            other ->
                other.vni().equals(network.vni())
                    || (other.bridge().isPresent()
                        && other.bridge().equals(network.bridge())
                        && !other.canShareBridgeWith(network)))
        .sorted()
        .findFirst();
  }

  private static String networkTaken(Network network, Network rival) {
    boolean sameVni = rival.vni().equals(network.vni());
    return "network '"
        + network.name()
        + "': "
        + (sameVni ? "VNI " + network.vni() : "bridge " + network.bridge().orElseThrow())
        + " already belongs to network '"
        + rival.name()
        + "'; choose another one";
  }

  /**
   * Of a VM that starts its own hook decides, which comes later: a port does not say whether the
   * NIC's link is up, and one whose link is down may have another's MAC address.
   */
  private Optional<HookVerdict> refusedCard(Network network, PortDescription port) {
    return rival(port.owner(), network.vni(), port.mac())
        .filter(rival -> isRunning(port.owner()))
        .map(rival -> HookVerdict.refused(macTaken(port.mac(), network.vni(), rival)));
  }

  private boolean isRunning(UUID domain) {
    return owners.isRunning(domain)
        || world.plugged().stream().anyMatch(port -> port.domain().equals(domain));
  }

  private Optional<LocalPort> rival(UUID domain, Vni vni, MacAddress mac) {
    return world.view().ports().stream()
        .filter(port -> port.vni().equals(vni) && port.mac().equals(mac) && port.linked())
        .filter(port -> !port.domain().equals(domain))
        .sorted()
        .findFirst();
  }

  private static String macTaken(MacAddress mac, Vni vni, LocalPort rival) {
    return "MAC address "
        + mac
        + " on VNI "
        + vni
        + " already belongs to VM '"
        + rival.domainName()
        + "'; give one of the two another address";
  }

  /** A network starts only when it stands. */
  private HookVerdict standing(Vni vni) throws InterruptedException {
    Outcome outcome = reconciler.settled(Set.of(vni), world.version(), LIMIT);
    return outcome.standing().contains(vni)
            || outcome.yielded().contains(vni)
            || outcome.worldVersion() < 0
        ? HookVerdict.GO_ON
        : HookVerdict.refused(reason(vni, outcome));
  }

  private String reason(Vni vni, Outcome outcome) {
    String name =
        world.view().networks().stream()
            .filter(network -> network.vni().equals(vni))
            .map(network -> "network '" + network.name() + "'")
            .findFirst()
            .orElse("VNI " + vni);
    for (Problem problem : outcome.problems()) {
      if (problem.subject().equals(name) || problem.subject().equals("underlay")) {
        return problem.toString();
      }
    }
    Segment segment = outcome.desired().segments().get(vni);
    for (Failure failure : outcome.failures()) {
      if (segment == null || segment.has(failure.change().device())) {
        return name
            + ": the kernel refused: "
            + failure.change().command()
            + ": "
            + failure.reason()
            + (failure.remedy().isEmpty() ? "" : "; " + failure.remedy());
      }
    }
    return name
        + " is not ready: "
        + (outcome.error().isEmpty() ? "vxland has not made it yet" : outcome.error());
  }
}

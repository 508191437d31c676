package io.vxland.dataplane.linux;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DeliveryDriver;
import io.vxland.dataplane.FrameDriver;
import io.vxland.dataplane.PortFilterDriver;
import io.vxland.dataplane.VtepDriver;
import io.vxland.model.InterfaceName;
import io.vxland.netlink4j.BatchOutcome;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.LinkSpec;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.plan.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Applies a plan. Devices are made and deleted one at a time, for what follows needs their indexes;
 * all else goes in batches.
 */
final class Applier {
  private final RtnetlinkConnection connection;
  private final Deliveries deliveries;
  private final VtepDriver vteps;
  private final FrameDriver frames;
  private final PortFilterDriver filters;
  private final Map<String, Integer> indexByName = new HashMap<>();
  private final List<Change> pending = new ArrayList<>();
  private final List<io.vxland.netlink4j.model.Change> messages = new ArrayList<>();
  private final List<Change> steering = new ArrayList<>();

  private final Optional<UdpSockets> sockets;
  private Holders holders;

  private final List<Failure> failures = new ArrayList<>();

  /** Devices that could not be made. One of that name is somebody else's, made a moment ago. */
  private final Set<InterfaceName> notMade = new HashSet<>();

  Applier(
      RtnetlinkConnection connection,
      Deliveries deliveries,
      Rulesets rulesets,
      Optional<UdpSockets> sockets) {
    this.sockets = sockets;
    this.vteps = rulesets.vteps();
    this.connection = connection;
    this.deliveries = deliveries;
    this.frames = rulesets.frames();
    this.filters = rulesets.filters();
  }

  List<Failure> apply(List<Change> changes) throws NetlinkException {
    if (changes.isEmpty()) {
      return List.of();
    }
    // All at once, and first of all: it needs no device.
    failures.addAll(filters.apply(changes.stream().filter(PortFilterDriver::isFor).toList()));
    for (Link link : connection.links()) {
      indexByName.put(link.name(), link.index());
    }
    for (Change change : changes) {
      if (PortFilterDriver.isFor(change)) {
        continue;
      }
      if (change instanceof Change.CreateBridge create) {
        create(change, Messages.bridge(create.spec(), create.vni()));
      } else if (change instanceof Change.CreateVxlan create) {
        create(change, Messages.vxlan(create.spec(), create.network(), this::index));
      } else if (change instanceof Change.CreateOutlet create) {
        create(create);
      } else if (change instanceof Change.DeleteLink) {
        delete(change);
      } else if (VtepDriver.isFor(change)) {
        flush();
        vteps.apply(change).ifPresent(failures::add);
      } else if (DeliveryDriver.isFor(change)) {
        steer(change);
      } else if (FrameDriver.isFor(change)) {
        flush();
        frames.apply(change).ifPresent(failures::add);
      } else {
        add(change);
      }
    }
    flush();
    return failures;
  }

  /** Without the device below it would be made on none: the kernel says no more than EINVAL. */
  private void create(Change.CreateOutlet outlet) throws NetlinkException {
    if (notMade.contains(outlet.spec().below())) {
      notMade.add(outlet.device());
    } else {
      create(outlet, Messages.outlet(outlet.spec(), outlet.network(), this::index));
    }
  }

  private void create(Change change, LinkSpec spec) throws NetlinkException {
    flush();
    try {
      indexByName.put(change.device().value(), connection.createLink(spec));
    } catch (NetlinkException refused) {
      failures.add(failure(change, refused));
      notMade.add(change.device());
    }
  }

  private void delete(Change change) throws NetlinkException {
    flush();
    int index = index(change.device());
    if (index == 0) {
      return;
    }
    try {
      connection.apply(io.vxland.netlink4j.model.Change.delete(LinkSpec.index(index)));
    } catch (NetlinkException refused) {
      if (!refused.isAbsent()) {
        failures.add(new Failure(change, words(refused)));
      }
    }
    indexByName.remove(change.device().value());
  }

  private void steer(Change change) throws NetlinkException {
    if (notMade.contains(change.device())) {
      return;
    }
    if (!pending.isEmpty()) {
      flush();
    }
    steering.add(change);
  }

  private void add(Change change) throws NetlinkException {
    if (!steering.isEmpty()) {
      flush();
    }
    if (notMade.contains(change.device())
        || (change instanceof Change.SetMaster set && notMade.contains(set.bridge()))) {
      return;
    }
    if (index(change.device()) == 0) {
      failures.add(new Failure(change, "there is no device " + change.device()));
      return;
    }
    pending.add(change);
    messages.add(Messages.of(change, this::index));
  }

  /** The index of a device; 0 if there is none. */
  private int index(InterfaceName name) {
    return indexByName.getOrDefault(name.value(), 0);
  }

  /** Of the two kinds of changes that wait, only one ever does. */
  private void flush() throws NetlinkException {
    if (!steering.isEmpty()) {
      failures.addAll(deliveries.apply(List.copyOf(steering)));
      steering.clear();
    }
    if (pending.isEmpty()) {
      return;
    }
    BatchOutcome outcome = connection.apply(messages);
    for (io.vxland.netlink4j.Failure refused : outcome.failures()) {
      Change change = pending.get(refused.index());
      if (!isDone(change, refused.error())) {
        failures.add(failure(change, refused.error()));
      }
    }
    pending.clear();
    messages.clear();
  }

  private Failure failure(Change change, NetlinkException refused) throws NetlinkException {
    if (holders == null && Holders.mayBeInTheWay(change, refused)) {
      holders = new Holders(connection.links(), sockets);
    }
    return Optional.ofNullable(holders)
        .flatMap(all -> all.inTheWay(change, refused))
        .map(who -> new Failure(change, who.reason(), who.remedy()))
        .orElseGet(() -> new Failure(change, words(refused)));
  }

  /** The change says what was tried; this is what the kernel said to it. */
  private static String words(NetlinkException error) {
    return error.kernelText().isEmpty()
        ? error.errnoName()
        : error.kernelText() + " (" + error.errnoName() + ")";
  }

  /** What is to be removed and is not there is done; so is what is to be added and is there. */
  private static boolean isDone(Change change, NetlinkException error) {
    boolean removal =
        change instanceof Change.RemoveMac
            || change instanceof Change.RemoveReplica
            || change instanceof Change.RemoveBehindPort
            || change instanceof Change.RemoveNeighbour
            || change instanceof Change.RemoveAddress;
    return removal ? error.isAbsent() : change instanceof Change.AddAddress && error.isPresent();
  }
}

package io.vxland.dataplane.linux;

import io.vxland.dataplane.Cutover;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.Repointing;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.netlink4j.Failure;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.plan.Change;
import io.vxland.plan.MigrationTunnel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;

/** Single changes by a netlink socket of their own, in the namespace that it was opened in. */
public final class LinuxCutover implements Cutover, Repointing {
  private static final InterfaceName LOOPBACK = new InterfaceName("lo");

  /** A few hundred calls are what the JVM takes to compile them. */
  private static final int WARM_UPS = 300;

  private final RtnetlinkConnection connection;
  private final ReentrantLock lock = new ReentrantLock();

  private LinuxCutover(RtnetlinkConnection connection) {
    this.connection = connection;
  }

  /**
   * Opens it in the network namespace of this thread.
   *
   * @throws DataplaneException if the kernel gives no netlink socket
   */
  public static LinuxCutover open() throws DataplaneException {
    try {
      return new LinuxCutover(RtnetlinkConnection.open());
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  /**
   * Opens it in another network namespace. Needs CAP_SYS_ADMIN.
   *
   * @param namespace such as {@code /run/netns/blue}
   * @throws DataplaneException if there is none, or the kernel gives no netlink socket
   */
  public static LinuxCutover open(Path namespace) throws DataplaneException {
    try {
      return new LinuxCutover(RtnetlinkConnection.open(namespace));
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  /**
   * By two messages in one send: the second alone would leave an entry sticky that was so at the
   * tap, for which nobody has said yet that the VM is being copied; it would not move on with the
   * VM.
   */
  @Override
  public boolean redirect(LocalPort card) throws DataplaneException {
    InterfaceName outlet = MigrationTunnel.outlet(card.vni());
    return apply(
        new Change.PlaceOnPort(outlet, card.mac()), new Change.PlaceBehindPort(outlet, card.mac()));
  }

  /**
   * The guest's next frame would do it, too. A replaced entry stays marked as a control plane's,
   * and never ages: so the redirect goes first. The kernel may have undone it already.
   */
  @Override
  public void takeBack(LocalPort card) throws DataplaneException {
    if (card.tap().isEmpty()) {
      return;
    }
    try {
      apply(new Change.RemoveBehindPort(MigrationTunnel.outlet(card.vni()), card.mac()));
    } finally {
      apply(new Change.PlaceOnPort(card.tap().get(), card.mac()));
    }
  }

  /**
   * Until its arrival the bridge has it behind the VXLAN device, and a frame that comes from there
   * would go back there, so it is dropped (should_deliver in net/bridge/br_forward.c). The guest's
   * first frame ends that, and the loop's next pass. What zebra has said goes with its route.
   */
  @Override
  public void receive(LocalPort card) throws DataplaneException {
    if (card.tap().isEmpty() || isSaidByZebra(card)) {
      return;
    }
    lock.lock();
    try {
      OptionalInt tap = connection.index(card.tap().get().value());
      Optional<FdbEntry> known =
          tap.isEmpty()
              ? Optional.empty()
              : connection.bridgeFdbEntry(tap.getAsInt(), Values.netlink(card.mac()));
      if (known.filter(entry -> !entry.isStatic() && entry.ifindex() != tap.getAsInt()).isEmpty()) {
        return;
      }
      // A replaced entry would stay marked as a control plane's.
      InterfaceName port = card.tap().get();
      connection.apply(
          messages(known.get().ifindex(), new Change.RemoveBehindPort(port, card.mac())));
      send(messages(tap.getAsInt(), new Change.PlaceOnPort(port, card.mac())));
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    } finally {
      lock.unlock();
    }
  }

  private boolean isSaidByZebra(LocalPort card) throws DataplaneException {
    return entry(card.vni(), card.mac()).filter(FdbEntry::isExternallyLearned).isPresent();
  }

  /**
   * Nothing: an index that was found earlier may belong to a device of another network by now, and
   * to find it takes a microsecond.
   */
  @Override
  public void prepare(LocalPort card) {}

  /** Makes changes to one device; whether the last is done is what counts. */
  private boolean apply(Change... changes) throws DataplaneException {
    InterfaceName changed = changes[0].device();
    lock.lock();
    try {
      OptionalInt index = connection.index(changed.value());
      if (index.isEmpty()) {
        return false;
      }
      try {
        send(messages(index.getAsInt(), changes));
        return true;
      } catch (NetlinkException refused) {
        if (isPort(changed)) {
          throw refused;
        }
        return false;
      }
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    } finally {
      lock.unlock();
    }
  }

  private static List<io.vxland.netlink4j.model.Change> messages(int index, Change... changes) {
    List<io.vxland.netlink4j.model.Change> messages = new ArrayList<>(changes.length);
    for (Change change : changes) {
      messages.add(Messages.of(change, device -> index));
    }
    return messages;
  }

  private void send(List<io.vxland.netlink4j.model.Change> messages) throws NetlinkException {
    for (Failure refused : connection.apply(messages).failures()) {
      if (refused.index() == messages.size() - 1) {
        throw refused.error();
      }
    }
  }

  private boolean isPort(InterfaceName device) throws NetlinkException {
    return connection.link(device.value()).filter(link -> link.master() != 0).isPresent();
  }

  @Override
  public Optional<Vtep> placeOf(LocalPort card) throws DataplaneException {
    return entry(card.vni(), card.mac())
        .filter(entry -> entry.dst() != null)
        .map(entry -> new Vtep(Values.model(entry.dst())));
  }

  private Optional<FdbEntry> entry(Vni network, MacAddress mac) throws DataplaneException {
    lock.lock();
    try {
      Optional<Link> link = connection.link(Network.vxlanDevice(network).value());
      return link.isEmpty()
          ? Optional.empty()
          : connection.fdbEntry(link.get().index(), Values.netlink(mac));
    } catch (NetlinkException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean repoint(Vni network, MacAddress mac, Vtep host) throws DataplaneException {
    return entry(network, mac).filter(ActualReader::isOurs).isPresent()
        && apply(new Change.PlaceMac(Network.vxlanDevice(network), mac, host.address()));
  }

  @Override
  public void forget(Vni network, MacAddress mac) throws DataplaneException {
    Optional<FdbEntry> learned =
        entry(network, mac)
            .filter(entry -> entry.dst() != null)
            .filter(entry -> !entry.isStatic() && !entry.isExternallyLearned());
    if (learned.isPresent()) {
      apply(
          new Change.RemoveMac(
              Network.vxlanDevice(network), mac, ForwardingSink.destination(learned.get())));
    }
  }

  /** The kernel tells by a notification of the FDB. */
  @Override
  public boolean mustAskFor(LocalPort card) {
    return false;
  }

  @Override
  public Optional<Sighting> sighting(LocalPort card) {
    return Optional.empty();
  }

  /** The loopback device is no port of a bridge, so the kernel refuses each of these. */
  @Override
  public void warmUp() {
    MacAddress nobody = new MacAddress(0x0200_0000_0001L);
    Change[] harmless = {
      new Change.PlaceOnPort(LOOPBACK, nobody), new Change.PlaceBehindPort(LOOPBACK, nobody)
    };
    lock.lock();
    try {
      for (int i = 0; i < WARM_UPS; i++) {
        connection.link(LOOPBACK.value());
        connection.index(LOOPBACK.value());
        tryOnce(messages(1, harmless));
      }
    } catch (NetlinkException closed) {
      // Then the first real one will say so.
    } finally {
      lock.unlock();
    }
  }

  private void tryOnce(List<io.vxland.netlink4j.model.Change> messages) {
    try {
      send(messages);
    } catch (NetlinkException refused) {
      // As it should be.
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}

package io.vxland.netlink4j;

import io.vxland.netlink4j.codec.Acknowledgement;
import io.vxland.netlink4j.codec.AddressCodec;
import io.vxland.netlink4j.codec.ChangeCodec;
import io.vxland.netlink4j.codec.LinkCodec;
import io.vxland.netlink4j.codec.MessageReader;
import io.vxland.netlink4j.codec.MessageWriter;
import io.vxland.netlink4j.codec.NeighbourCodec;
import io.vxland.netlink4j.codec.RouteCodec;
import io.vxland.netlink4j.codec.Rtm;
import io.vxland.netlink4j.jna.NetlinkSocket;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.EntryState;
import io.vxland.netlink4j.model.Errno;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.InterfaceAddress;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.LinkSpec;
import io.vxland.netlink4j.model.LinkStatistics;
import io.vxland.netlink4j.model.Neighbour;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.Route;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connection to the kernel's routing tables, in one network namespace.
 *
 * <p>Any thread may use it: one request is answered before the next is sent, others wait. {@link
 * #close} waits too, for at most the timeout of a running request. Reading needs no privilege;
 * changing needs CAP_NET_ADMIN in the user namespace that owns the network namespace.
 */
public final class RtnetlinkConnection implements AutoCloseable {
  /** How long an answer may take, if nothing else is said. */
  public static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** {@code IFNAMSIZ} less one. */
  private static final int MAX_NAME_BYTES = 15;

  private final ReentrantLock lock = new ReentrantLock();
  private final Transport transport;
  private boolean closed;

  RtnetlinkConnection(Transport transport) {
    this.transport = transport;
  }

  /** Opens a connection in the network namespace of this thread. */
  public static RtnetlinkConnection open() throws NetlinkException {
    return open(-1, TIMEOUT);
  }

  /**
   * Opens a connection in another network namespace. Needs CAP_SYS_ADMIN. No thread that lives on
   * is ever in that namespace.
   *
   * @param namespace such as {@code /run/netns/blue} or {@code /proc/1234/ns/net}
   */
  public static RtnetlinkConnection open(Path namespace) throws NetlinkException {
    try (NetworkNamespace open = NetworkNamespace.open(namespace)) {
      return open(open.fd(), TIMEOUT);
    }
  }

  /**
   * Opens a connection in a network namespace that is held open.
   *
   * @param timeout how long an answer may take; the kernel answers at once, but dumps are long
   */
  public static RtnetlinkConnection open(NetworkNamespace namespace, Duration timeout)
      throws NetlinkException {
    return open(namespace.fd(), timeout);
  }

  private static RtnetlinkConnection open(int namespaceFd, Duration timeout)
      throws NetlinkException {
    NetlinkSocket socket =
        NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE, namespaceFd, Transport.SEND_BYTES);
    return new RtnetlinkConnection(new Transport(socket, timeout));
  }

  /** All links. */
  public List<Link> links() throws NetlinkException {
    return list(
        "dump links", Rtm.GETLINK, writer -> LinkCodec.writeGet(writer, 0), LinkCodec::read);
  }

  /** One link; empty if there is none of that name. */
  public Optional<Link> link(String name) throws NetlinkException {
    return get(
        "get link " + name,
        Rtm.GETLINK,
        Rtm.NEWLINK,
        writer -> LinkCodec.writeGet(writer, name),
        LinkCodec::read);
  }

  /** One link; empty if there is none of that index. */
  public Optional<Link> link(int index) throws NetlinkException {
    return get(
        "get link " + index,
        Rtm.GETLINK,
        Rtm.NEWLINK,
        writer -> LinkCodec.writeGet(writer, index),
        LinkCodec::read);
  }

  /**
   * The index of the link that has a name at this moment; empty if there is none. This takes a
   * microsecond where {@link #link(String)} waits for whoever changes links at the time.
   */
  public OptionalInt index(String name) throws NetlinkException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_NAME_BYTES) {
      return OptionalInt.empty();
    }
    acquire();
    try {
      int index = transport.interfaceIndex(bytes);
      if (index < 0 && index != -Errno.ENODEV) {
        throw new NetlinkException("get the index of " + name, -index);
      }
      return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
    } finally {
      lock.unlock();
    }
  }

  /** What one link counted; empty if there is none of that name. */
  public Optional<LinkStatistics> statistics(String name) throws NetlinkException {
    return get(
        "get statistics of link " + name,
        Rtm.GETLINK,
        Rtm.NEWLINK,
        writer -> LinkCodec.writeGetStatistics(writer, name),
        LinkCodec::readStatistics);
  }

  /**
   * Goes through all entries of all forwarding databases, bridges' and devices' own, in the
   * kernel's order. The kernel does not say if entries changed meanwhile.
   */
  public void dumpFdb(DumpSink<? super FdbEntry> sink) throws NetlinkException {
    dumpFdb(0, sink);
  }

  /** Goes through the entries of one device or port. */
  public void dumpFdb(int ifindex, DumpSink<? super FdbEntry> sink) throws NetlinkException {
    acquire();
    try {
      NeighbourCodec codec = new NeighbourCodec();
      int filter = transport.filtersDumps() ? ifindex : 0;
      Dump.Decoder<FdbEntry> decoder =
          message -> {
            FdbEntry entry = codec.readFdb(message);
            return ifindex == 0 || entry.ifindex() == ifindex ? entry : null;
          };
      dump("dump FDB entries", Rtm.GETNEIGH, w -> NeighbourCodec.writeFdbDump(w, filter), decoder)
          .into(sink);
    } finally {
      lock.unlock();
    }
  }

  /** All FDB entries of one device or port, as a list. */
  public List<FdbEntry> fdb(int ifindex) throws NetlinkException {
    ListSink<FdbEntry> sink = new ListSink<>();
    dumpFdb(ifindex, sink);
    return sink.entries();
  }

  /** All FDB entries, as a list. */
  public List<FdbEntry> fdb() throws NetlinkException {
    return fdb(0);
  }

  /**
   * One entry of a device's own FDB. For a VXLAN device it is the first destination only; Linux 5.0
   * or newer.
   *
   * @return empty if there is none
   */
  public Optional<FdbEntry> fdbEntry(int ifindex, LinkAddress mac) throws NetlinkException {
    return get(
        "get FDB entry " + mac + " of #" + ifindex,
        Rtm.GETNEIGH,
        Rtm.NEWNEIGH,
        writer -> NeighbourCodec.writeFdbGet(writer, ifindex, mac, EntryState.SELF),
        new NeighbourCodec()::readFdb);
  }

  /**
   * One entry of the FDB of a bridge, whichever port it is on; without a VLAN. Linux 5.0 or newer.
   *
   * @param port the ifindex of any port of the bridge
   * @return empty if there is none
   */
  public Optional<FdbEntry> bridgeFdbEntry(int port, LinkAddress mac) throws NetlinkException {
    return get(
        "get FDB entry " + mac + " of the bridge of #" + port,
        Rtm.GETNEIGH,
        Rtm.NEWNEIGH,
        writer -> NeighbourCodec.writeFdbGet(writer, port, mac, EntryState.MASTER),
        new NeighbourCodec()::readFdb);
  }

  /** One neighbour; empty if there is none. Linux 5.0 or newer. */
  public Optional<Neighbour> neighbour(int ifindex, IpAddress address) throws NetlinkException {
    return get(
        "get neighbour " + address + " of #" + ifindex,
        Rtm.GETNEIGH,
        Rtm.NEWNEIGH,
        writer -> NeighbourCodec.writeNeighbourGet(writer, ifindex, address),
        new NeighbourCodec()::readNeighbour);
  }

  /** All neighbours of both families; without proxy entries. */
  public List<Neighbour> neighbours() throws NetlinkException {
    NeighbourCodec codec = new NeighbourCodec();
    return list(
        "dump neighbours",
        Rtm.GETNEIGH,
        writer -> NeighbourCodec.writeNeighbourDump(writer, Rtm.AF_UNSPEC, 0),
        codec::readNeighbour);
  }

  /** All addresses of all links. */
  public List<InterfaceAddress> addresses() throws NetlinkException {
    return list(
        "dump addresses",
        Rtm.GETADDR,
        writer -> AddressCodec.writeDump(writer, 0),
        AddressCodec::read);
  }

  /** All routes of all tables and both families. */
  public List<Route> routes() throws NetlinkException {
    return list(
        "dump routes",
        Rtm.GETROUTE,
        writer -> RouteCodec.writeDump(writer, Rtm.AF_UNSPEC, 0),
        RouteCodec::read);
  }

  /**
   * The way that a packet to an address would take: device, gateway, source address.
   *
   * @return empty if there is none (ENETUNREACH)
   */
  public Optional<Route> routeTo(IpAddress destination) throws NetlinkException {
    return get(
        "get route to " + destination,
        Rtm.GETROUTE,
        Rtm.NEWROUTE,
        writer -> RouteCodec.writeGet(writer, destination),
        RouteCodec::read);
  }

  /**
   * The route that packets to an address take, by all rules and tables, with each of its next hops
   * ({@code ip route get fibmatch}; Linux 4.13).
   *
   * @return empty if there is none (ENETUNREACH)
   */
  public Optional<Route> routeFor(IpAddress destination) throws NetlinkException {
    return get(
        "get route for " + destination,
        Rtm.GETROUTE,
        Rtm.NEWROUTE,
        writer -> RouteCodec.writeMatch(writer, destination),
        RouteCodec::read);
  }

  /** Makes one change and waits until it is done. */
  public void apply(Change change) throws NetlinkException {
    acquire();
    try {
      MessageWriter writer = transport.writer();
      int sequence = transport.nextSequence();
      writer.clear();
      ChangeCodec.write(writer, change, Rtm.NLM_F_ACK, sequence);
      transport.transact(change, sequence);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes a link with all that is said of it, and answers its index.
   *
   * <p>The kernel's own create passes over the alias, and refuses addrgenmode with EAFNOSUPPORT; so
   * this is a create without those and without {@code up}, then a change that brings them. If that
   * is refused, the link is deleted again. The link must be for this namespace.
   *
   * @throws NetlinkException EEXIST where there is one of that name, which then is not touched
   */
  public int createLink(LinkSpec spec) throws NetlinkException {
    if (spec.netnsFd().isPresent() || spec.netnsPid().isPresent()) {
      throw new IllegalArgumentException("a link for another namespace: " + spec);
    }
    apply(Change.create(spec.early()));
    Link link =
        link(spec.name()).orElseThrow(() -> new NetlinkException("find new " + spec, Errno.ENODEV));
    try {
      LinkSpec late = spec.late(link.index());
      apply(Change.change(late));
      if (spec.up().isPresent()) {
        apply(Change.change(LinkSpec.index(link.index()).up(spec.up().get())));
      }
    } catch (NetlinkException e) {
      undo(link.index(), e);
      throw e;
    }
    return link.index();
  }

  private void undo(int index, NetlinkException reason) {
    try {
      apply(Change.delete(LinkSpec.index(index)));
    } catch (NetlinkException e) {
      reason.addSuppressed(e);
    }
  }

  /**
   * Makes many changes, in order, 256 a send.
   *
   * @return what was refused; the kernel goes on after a refusal
   * @throws NetlinkException if a send failed or answers were lost; then it is not known which
   *     changes were done, and the state is to be read again
   */
  public BatchOutcome apply(Iterable<Change> changes) throws NetlinkException {
    acquire();
    try {
      Batch batch = new Batch(transport, Batch.MESSAGES);
      for (Change change : changes) {
        batch.add(change);
      }
      return batch.finish();
    } finally {
      lock.unlock();
    }
  }

  private <T> Dump<T> dump(String operation, int type, Dump.Body body, Dump.Decoder<T> decoder) {
    return new Dump<>(transport, operation, type, body, decoder);
  }

  private <T> List<T> list(String operation, int type, Dump.Body body, Dump.Decoder<T> decoder)
      throws NetlinkException {
    acquire();
    try {
      ListSink<T> sink = new ListSink<>();
      dump(operation, type, body, decoder).into(sink);
      return sink.entries();
    } finally {
      lock.unlock();
    }
  }

  private <T> Optional<T> get(
      String operation, int type, int answerType, Dump.Body body, Dump.Decoder<T> decoder)
      throws NetlinkException {
    acquire();
    try {
      int sequence = transport.nextSequence();
      MessageWriter writer = transport.writer();
      writer.clear();
      writer.begin(type, Rtm.NLM_F_REQUEST, sequence);
      body.write(writer);
      writer.end();
      transport.send(operation);
      ListSink<T> found = new ListSink<>();
      transport.receive(
          operation,
          sequence,
          sequence,
          message -> {
            if (message.type() == answerType) {
              found.accept(decoder.read(message));
            } else {
              absentOrThrow(operation, message);
            }
            return true;
          });
      return found.entries().stream().findFirst();
    } finally {
      lock.unlock();
    }
  }

  private static void absentOrThrow(String operation, MessageReader message)
      throws NetlinkException {
    Acknowledgement answer = Acknowledgement.read(message);
    NetlinkException error = answer.toException(operation);
    if (!answer.isSuccess() && !error.isAbsent() && answer.errno() != Errno.ENETUNREACH) {
      throw error;
    }
  }

  private void acquire() {
    if (lock.isHeldByCurrentThread()) {
      throw new IllegalStateException("the connection is busy: a sink must not use it");
    }
    lock.lock();
    if (closed) {
      lock.unlock();
      throw new IllegalStateException("the connection is closed");
    }
  }

  /** Closes the socket, after a running request. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        transport.close();
      }
    } finally {
      lock.unlock();
    }
  }
}

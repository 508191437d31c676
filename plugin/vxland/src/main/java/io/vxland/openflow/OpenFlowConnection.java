package io.vxland.openflow;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connection to the management socket of a bridge, {@code BRIDGE.mgmt} in Open vSwitch's run
 * directory. Any thread may use it, one at a time; the others wait. Nothing goes on between calls.
 *
 * <p>If a call fails without an {@linkplain OpenFlowException#error error of the switch}, the
 * connection is closed, and what was done is to be read by a new one.
 */
public final class OpenFlowConnection implements AutoCloseable {
  /** The most changes in one call. */
  public static final int MAX_MODS = 100_000;

  /** The most bytes of an answer, which are 400,000 short flows. */
  static final int MAX_ANSWER = 64 << 20;

  private static final Duration MAX_LIMIT = Duration.ofHours(1);

  /** Within what {@link System#nanoTime} can be compared over. */
  private static final Duration FOREVER = Duration.ofDays(36_500);

  private final ReentrantLock lock = new ReentrantLock();
  private final MessageChannel channel;
  private final Path socket;
  private final Duration limit;
  private int nextXid = 1;
  private int nextBundle = 1;

  private OpenFlowConnection(MessageChannel channel, Path socket, Duration limit) {
    this.channel = channel;
    this.socket = socket;
    this.limit = limit;
  }

  /**
   * Connects, and agrees on OpenFlow 1.4.
   *
   * @param socket such as {@code /run/openvswitch/br0.mgmt}
   * @param limit how long this and each call may take, up to an hour
   * @throws OpenFlowException if nobody answers there, or not in OpenFlow 1.4
   */
  public static OpenFlowConnection open(Path socket, Duration limit) throws OpenFlowException {
    if (limit.isNegative() || limit.isZero() || limit.compareTo(MAX_LIMIT) > 0) {
      throw new IllegalArgumentException(limit + " is not within an hour");
    }
    MessageChannel channel;
    try {
      channel = MessageChannel.connect(socket);
    } catch (IOException e) {
      throw OpenFlowException.lost("connecting to " + socket, e.getMessage(), e);
    }
    OpenFlowConnection connection = new OpenFlowConnection(channel, socket, limit);
    connection.talk("agreeing on OpenFlow 1.4", connection::agree);
    return connection;
  }

  private Void agree(Exchange exchange, long deadline) throws IOException, MalformedException {
    WireWriter hello = new WireWriter();
    Requests.hello(hello, exchange.xid());
    exchange.send(hello);
    Message answer = channel.next(deadline);
    if (answer.type() == Message.ERROR) {
      Replies.Refusal refusal = Replies.error(answer.body());
      throw new IOException(
          "the switch refused it: " + refusal.error().name() + " " + refusal.words());
    }
    if (answer.type() != Message.HELLO) {
      throw new MalformedException("message of type " + answer.type() + " instead of HELLO");
    }
    if (!Replies.offersVersion(answer)) {
      throw new IOException(
          "the bridge does not speak OpenFlow14; see column 'protocols' of ovs-vsctl list bridge");
    }
    return null;
  }

  /**
   * Makes changes, one after another. When it returns the switch has done them; the datapath's
   * cached decisions follow within milliseconds.
   *
   * @param mods at most {@link #MAX_MODS}
   * @throws OpenFlowException if the switch refuses one, of which the first is told: the others are
   *     done
   */
  public void apply(List<FlowMod> mods) throws OpenFlowException {
    if (mods.isEmpty()) {
      return;
    }
    checkCount(mods);
    talk(
        "changing " + mods.size() + " flows",
        (exchange, deadline) -> {
          WireWriter out = new WireWriter();
          for (FlowMod mod : mods) {
            Requests.flowMod(out, exchange.xid(), mod);
          }
          barrier(exchange, out);
          exchange.orThrow(
              mods, 0, mods.size() == 1 ? "" : "; the others of " + mods.size() + " are done");
          return null;
        });
  }

  /**
   * Makes all changes at once, or none.
   *
   * @param mods at most {@link #MAX_MODS}
   * @throws OpenFlowException if the switch refuses one, of which the first is told: none is done
   */
  public void bundle(List<FlowMod> mods) throws OpenFlowException {
    if (mods.isEmpty()) {
      return;
    }
    checkCount(mods);
    talk(
        "changing " + mods.size() + " flows at once",
        (exchange, deadline) -> {
          new Bundle(exchange, nextBundle++).make(mods);
          return null;
        });
  }

  private static void barrier(Exchange exchange, WireWriter out)
      throws IOException, MalformedException {
    int xid = exchange.xid();
    Requests.barrier(out, xid);
    exchange.send(out);
    exchange.receive(xid, Message.BARRIER_REPLY);
  }

  /**
   * The flows of all tables that have these bits in their cookie.
   *
   * @param cookie bits beyond the mask are zero
   * @param mask which bits count, 0 for every flow
   */
  public List<FlowEntry> flows(long cookie, long mask) throws OpenFlowException {
    return read(Requests.ALL_TABLES, cookie, mask);
  }

  /**
   * The flows of one table that have these bits in their cookie.
   *
   * @param table 0 to 254
   * @param cookie bits beyond the mask are zero
   * @param mask which bits count, 0 for every flow
   */
  public List<FlowEntry> flows(int table, long cookie, long mask) throws OpenFlowException {
    Flow.checkTable(table);
    return read(table, cookie, mask);
  }

  private List<FlowEntry> read(int table, long cookie, long mask) throws OpenFlowException {
    FlowMod.checkMasked(cookie, mask);
    List<FlowEntry> entries = new ArrayList<>();
    return talk(
        "reading flows",
        (exchange, deadline) -> {
          WireWriter out = new WireWriter();
          int xid = exchange.xid();
          Requests.flowStats(out, xid, table, cookie, mask);
          exchange.send(out);
          parts(exchange, xid, Requests.STATS_FLOW, part -> Replies.flows(part, entries));
          return List.copyOf(entries);
        });
  }

  /** The bridge's ports, its own interface among them. */
  public List<PortDescription> ports() throws OpenFlowException {
    List<PortDescription> ports = new ArrayList<>();
    return talk(
        "reading ports",
        (exchange, deadline) -> {
          WireWriter out = new WireWriter();
          int xid = exchange.xid();
          Requests.portDescriptions(out, xid);
          exchange.send(out);
          parts(exchange, xid, Requests.STATS_PORT_DESCRIPTION, part -> Replies.ports(part, ports));
          return List.copyOf(ports);
        });
  }

  private interface PartReader {
    void read(WireReader part) throws MalformedException;
  }

  private static void parts(Exchange exchange, int xid, int type, PartReader reader)
      throws IOException, MalformedException, OpenFlowException {
    long bytes = 0;
    Replies.Part part;
    do {
      Message message = exchange.receive(xid, Message.MULTIPART_REPLY);
      if (message == null) {
        throw OpenFlowException.refused("reading", exchange.refused().get(0).error(), "");
      }
      bytes += message.body().left();
      part = Replies.part(message.body());
      if (part.type() != type) {
        throw new MalformedException("reply in parts of type " + part.type() + " to " + type);
      }
      if (bytes > MAX_ANSWER) {
        throw new MalformedException("answer of more than " + MAX_ANSWER + " bytes");
      }
      reader.read(part.body());
    } while (part.more());
  }

  /**
   * Sends a packet, as if it came from no port.
   *
   * @param actions what is done with it
   * @param frame the packet, from its Ethernet header on
   */
  public void send(List<Action> actions, byte[] frame) throws OpenFlowException {
    talk(
        "sending a packet",
        (exchange, deadline) -> {
          WireWriter out = new WireWriter();
          Requests.packetOut(out, exchange.xid(), actions, frame);
          barrier(exchange, out);
          if (!exchange.refused().isEmpty()) {
            throw OpenFlowException.refused(
                "sending a packet", exchange.refused().get(0).error(), "");
          }
          return null;
        });
  }

  /** Asks whether the switch is there. */
  public void echo() throws OpenFlowException {
    talk(
        "asking for an echo",
        (exchange, deadline) -> {
          WireWriter out = new WireWriter();
          int xid = exchange.xid();
          Requests.echo(out, xid);
          exchange.send(out);
          if (exchange.receive(xid, Message.ECHO_REPLY) == null) {
            throw OpenFlowException.refused("echo", exchange.refused().get(0).error(), "");
          }
          return null;
        });
  }

  /**
   * Waits for the switch to end the connection, and answers its questions meanwhile; no other call
   * can be made.
   *
   * @return how it ended, also if that is by {@link #close}
   */
  public OpenFlowException awaitEnd() {
    String tried = socket + ": waiting for its end";
    lock.lock();
    try {
      Exchange exchange = new Exchange(channel, nextXid, System.nanoTime() + FOREVER.toNanos());
      // A number that no request had: whatever answers to it was not asked for.
      exchange.receive(0, Message.HELLO);
      return OpenFlowException.lost(tried, "an answer without a question", null);
    } catch (IOException e) {
      return OpenFlowException.lost(tried, e.getMessage(), e);
    } catch (MalformedException e) {
      return OpenFlowException.lost(tried, "not OpenFlow 1.4: " + e.getMessage(), e);
    } finally {
      channel.close();
      lock.unlock();
    }
  }

  private interface Talk<T> {
    T run(Exchange exchange, long deadline)
        throws IOException, MalformedException, OpenFlowException;
  }

  private <T> T talk(String what, Talk<T> talk) throws OpenFlowException {
    String tried = socket + ": " + what;
    lock.lock();
    try {
      if (!channel.isOpen()) {
        throw OpenFlowException.lost(tried, "the connection is closed", null);
      }
      long deadline = System.nanoTime() + limit.toNanos();
      Exchange exchange = new Exchange(channel, nextXid, deadline);
      T result;
      try {
        result = talk.run(exchange, deadline);
      } finally {
        nextXid = exchange.xid();
      }
      return result;
    } catch (IOException e) {
      channel.close();
      throw OpenFlowException.lost(tried, e.getMessage(), e);
    } catch (MalformedException e) {
      channel.close();
      throw OpenFlowException.lost(tried, "not OpenFlow 1.4: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      channel.close();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private static void checkCount(List<FlowMod> mods) {
    if (mods.size() > MAX_MODS) {
      throw new IllegalArgumentException(mods.size() + " changes are more than " + MAX_MODS);
    }
  }

  /** Whether calls can succeed; a connection that broke is known as such after a call. */
  public boolean isOpen() {
    return channel.isOpen();
  }

  /** Closes it, and ends a call that another thread is in. */
  @Override
  public void close() {
    channel.close();
  }
}

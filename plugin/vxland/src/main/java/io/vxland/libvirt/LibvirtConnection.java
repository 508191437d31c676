package io.vxland.libvirt;

import io.vxland.libvirt.jna.VirLibrary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * The connection to libvirt, for as long as the daemon lives. It comes back by itself when libvirt
 * goes away or was not there. One at a time in a process, as libvirt's event loop is one.
 */
public final class LibvirtConnection implements AutoCloseable {
  /*
   * Four threads. "libvirt-events" runs libvirt's event loop and its callbacks, and hands events
   * to the listener; nothing there waits for libvirt.
   * "libvirt-requests" connects, reads the inventory and changes networks: libvirt may let it wait,
   * for as long as a hook runs. "libvirt-delivery" hands the inventories to the listener, and the
   * events that come meanwhile. "libvirt-watch" sees to it that libvirt is found as soon as its
   * socket is there, and says which call of the thread of requests hangs.
   *
   * An inventory takes time, and events that come in meanwhile go to the listener at once, ahead of
   * it. So that it is not older than they are, what they name is read again before it is delivered.
   * The last look whether there are any, and putting it into the queue, happen under the lock that
   * the callbacks take: every event is either in the inventory or behind it.
   */

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /**
   * How to connect.
   *
   * @param uri libvirt's URI
   * @param firstRetry time before the second attempt; it doubles with each
   * @param lastRetry the most that it grows to
   * @param patience after which a call that libvirt has not answered is told
   */
  public record Settings(String uri, Duration firstRetry, Duration lastRetry, Duration patience) {
    /** The host's own libvirt. */
    public static final Settings SYSTEM =
        new Settings(
            "qemu:///system", Duration.ofMillis(50), Duration.ofSeconds(5), Duration.ofSeconds(30));

    /** The most that a retry grows to where nothing tells of libvirt's coming. */
    private static final Duration BLIND_RETRY = Duration.ofMillis(250);

    /** Checks that the times are right. */
    public Settings {
      if (firstRetry.isNegative() || firstRetry.isZero() || lastRetry.compareTo(firstRetry) < 0) {
        throw new IllegalArgumentException("0 < firstRetry <= lastRetry");
      }
      if (patience.toMillis() < 1) {
        throw new IllegalArgumentException("patience of at least 1 ms");
      }
    }

    /** The same with another URI. */
    public Settings to(String newUri) {
      return new Settings(newUri, firstRetry, lastRetry, patience);
    }

    private Duration bounded(Duration retry, boolean blind) {
      return blind && retry.compareTo(BLIND_RETRY) > 0 ? BLIND_RETRY : retry;
    }

    private Duration after(Duration retry) {
      Duration doubled = retry.multipliedBy(2);
      return doubled.compareTo(lastRetry) < 0 ? doubled : lastRetry;
    }
  }

  private final Settings settings;
  private final Runnable first;
  private final Agenda agenda;
  private final Optional<Path> sockets;
  private final Calls calls;
  private final Vigil vigil;
  private final Thread requests;

  private LibvirtConnection(Settings settings, LibvirtListener listener, Runnable first) {
    this.first = first;
    this.settings = settings;
    this.agenda = new Agenda(listener);
    this.sockets = SocketWatch.directory(settings.uri());
    this.calls = new Calls(this::answered);
    this.vigil =
        new Vigil(
            sockets,
            calls,
            settings.patience(),
            new Vigil.Listener() {
              @Override
              public void came() {
                agenda.hurry();
              }

              @Override
              public void hangs(Calls.Call call) {
                agenda
                    .deliveries()
                    .always(listener -> listener.unanswered(call.function(), call.began()));
              }
            });
    this.requests = new Thread(this::run, "libvirt-requests");
    this.requests.setDaemon(true);
  }

  /**
   * Starts to connect and returns at once; the listener hears of success and failure.
   *
   * @param first what the thread that brings the events does before anything else
   */
  public static LibvirtConnection open(
      Settings settings, LibvirtListener listener, Runnable first) {
    LibvirtConnection connection = new LibvirtConnection(settings, listener, first);
    connection.vigil.start();
    connection.requests.start();
    return connection;
  }

  private void answered(Calls.Call call) {
    agenda.deliveries().always(listener -> listener.answered(call.function()));
  }

  /**
   * libvirt is known to live, as one of its hooks was called: if there is no connection, one is
   * tried at once.
   */
  public void hurry() {
    agenda.hurry();
  }

  /** Asks for a fresh inventory. Several requests before it is read get one answer. */
  public void requestInventory() {
    agenda.requestInventory();
  }

  /**
   * Has libvirt asked what one VM is now: {@link LibvirtListener#looked} is the answer, or an
   * inventory. Several requests before it is asked get one answer.
   */
  public void requestLook(UUID domain) {
    agenda.requestLook(domain);
  }

  /**
   * Asks whether a VM is still being copied away. The answer is {@link LibvirtListener#copyEnded},
   * or nothing: while it goes on, or if there is no connection.
   */
  public void requestCopyState(UUID domain) {
    agenda.add(
        new Request(
            "ask for the job of a VM",
            session -> {
              if (!new Jobs(session).isBusy(domain)) {
                agenda.deliveries().event(listener -> listener.copyEnded(domain));
              }
            }));
  }

  /**
   * Defines a network, or changes the stored definition of the one of that name and UUID.
   *
   * @param xml its document
   * @param limit how long to wait for libvirt
   * @throws LibvirtException with libvirt's words, or if there is no connection or no answer
   */
  public void defineNetwork(String xml, Duration limit)
      throws LibvirtException, InterruptedException {
    perform("define a network", limit, operations -> operations.define(xml));
  }

  /** Says whether libvirt starts a network by itself; see {@link #defineNetwork} for errors. */
  public void setAutostart(String name, boolean on, Duration limit)
      throws LibvirtException, InterruptedException {
    perform("set autostart of a network", limit, operations -> operations.setAutostart(name, on));
  }

  /** Starts a network unless it is active; see {@link #defineNetwork} for errors. */
  public void startNetwork(String name, Duration limit)
      throws LibvirtException, InterruptedException {
    perform("start a network", limit, operations -> operations.start(name));
  }

  /**
   * Stops a network if it is active and removes its definition.
   *
   * @param force also if running VMs use it; without it they are named in the error
   * @throws LibvirtException as for {@link #defineNetwork}
   */
  public void deleteNetwork(String name, boolean force, Duration limit)
      throws LibvirtException, InterruptedException {
    perform("delete a network", limit, operations -> operations.delete(name, force));
  }

  /** Ends the threads and the connection, and waits for that, at most 10 seconds. */
  @Override
  public void close() {
    agenda.close();
    vigil.close();
    Threads.end(requests, CLOSE_LIMIT);
    agenda.deliveries().close(CLOSE_LIMIT);
  }

  /** What is done to networks. */
  private interface Operation {
    void on(NetworkOperations networks) throws LibvirtException;
  }

  private void perform(String tried, Duration limit, Operation operation)
      throws LibvirtException, InterruptedException {
    Request request = new Request(tried, session -> operation.on(new NetworkOperations(session)));
    agenda.add(request);
    request.await(limit);
  }

  // From here on: the thread "libvirt-requests".

  private void run() {
    EventLoop loop = null;
    try {
      Duration retry = settings.firstRetry();
      Optional<String> told = Optional.empty();
      while (!agenda.isClosed()) {
        String reason;
        try {
          if (loop == null) {
            loop = EventLoop.start(loadLibrary(), agenda, first);
          }
          reason = serve(loop);
        } catch (LibvirtException e) {
          reason = e.getMessage();
        } catch (LinkageError lacking) {
          // A function that this libvirt lacks; another one may be installed while this runs.
          reason = "use libvirt's client library: " + lacking.getMessage();
        }
        boolean wasConnected = agenda.endSession(reason);
        if (!agenda.isClosed()) {
          if (wasConnected || !told.equals(Optional.of(reason))) {
            String words = reason;
            agenda.deliveries().always(listener -> listener.disconnected(words));
            told = Optional.of(reason);
          }
          retry = wasConnected ? settings.firstRetry() : retry;
          retry =
              agenda.pause(settings.bounded(retry, blind()))
                  ? settings.firstRetry()
                  : settings.after(retry);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      agenda.endSession("closed");
      if (loop != null) {
        loop.close(CLOSE_LIMIT);
      }
    }
  }

  /** Whether a socket may come of which nothing tells. */
  private boolean blind() {
    return sockets.isPresent() && !vigil.watches();
  }

  /** libvirt-java prints a stack trace if the library is missing: so it is loaded here first. */
  private static VirLibrary loadLibrary() throws LibvirtException {
    try {
      return VirLibrary.load();
    } catch (UnsatisfiedLinkError e) {
      throw new LibvirtException(
          "load libvirt's client library",
          "libvirt.so.0 is missing or cannot be loaded; install libvirt-libs (Fedora, RHEL) or"
              + " libvirt0 (Debian)",
          e);
    }
  }

  /** Serves one connection to its end, and says why it ended. */
  private String serve(EventLoop loop) throws LibvirtException, InterruptedException {
    long number = agenda.beginSession();
    try (Session session = Session.open(settings.uri(), loop, number, calls)) {
      InventoryReader reader = new InventoryReader(session);
      deliverInventory(reader, LibvirtListener::connected);
      while (true) {
        Optional<Request> request = agenda.next();
        Optional<String> end = agenda.endReason();
        if (request.isPresent()) {
          request.get().runWith(session);
        } else if (end.isPresent()) {
          return end.get();
        } else {
          Optional<UUID> look = agenda.nextLook();
          if (look.isPresent()) {
            deliverLook(reader, look.get());
          } else {
            deliverInventory(reader, LibvirtListener::inventory);
          }
        }
      }
    }
  }

  /** Events that come meanwhile are with the listener before this is: it knows by their time. */
  private void deliverLook(InventoryReader reader, UUID domain) throws LibvirtException {
    long began = System.nanoTime();
    Look look = new Look(domain, reader.domain(domain), began);
    agenda.deliveries().always(listener -> listener.looked(look));
  }

  private void deliverInventory(
      InventoryReader reader, BiConsumer<LibvirtListener, Inventory> message)
      throws LibvirtException {
    agenda.beginInventory();
    Map<UUID, KnownNetwork> networks = reader.networks();
    Map<UUID, RunningDomain> domains = reader.domains();
    for (int round = 1; !agenda.deliver(networks, domains, round, message); round++) {
      Agenda.Changes changes = agenda.takeChanges();
      for (UUID uuid : changes.networks()) {
        replace(networks, uuid, reader.network(uuid));
      }
      for (UUID uuid : changes.domains()) {
        replace(domains, uuid, reader.domain(uuid));
      }
    }
  }

  private static <T> void replace(Map<UUID, T> map, UUID uuid, Optional<T> now) {
    now.ifPresentOrElse(found -> map.put(uuid, found), () -> map.remove(uuid));
  }
}

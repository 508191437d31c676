package io.vxland.dataplane.ovs;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Tells when ovs-vswitchd serves a new management socket of a bridge: it makes them at each start,
 * and has forgotten all flows then, of which its database knows nothing.
 */
final class SocketWatch implements AutoCloseable {
  private static final String SUFFIX = ".mgmt";
  private static final Duration AGAIN = Duration.ofMillis(20);
  private static final int ATTEMPTS = 250;

  private final Path directory;
  private final Runnable wake;
  private final WatchService service;
  private WatchKey key;

  /** Sockets that are there, each with how often it is tried still. */
  private final Map<Path, Integer> awaited = new HashMap<>();

  private SocketWatch(Path directory, Runnable wake, WatchService service) {
    this.directory = directory;
    this.wake = wake;
    this.service = service;
  }

  /**
   * Starts it; it watches nothing before {@link #renew}.
   *
   * @param directory where the sockets are made; it need not be there yet
   * @param wake called on a thread of its own
   * @throws IOException if the system has no room for one more watch
   */
  static SocketWatch start(Path directory, Runnable wake) throws IOException {
    SocketWatch watch =
        new SocketWatch(directory, wake, FileSystems.getDefault().newWatchService());
    Thread thread = new Thread(watch::run, "ovs-sockets");
    thread.setDaemon(true);
    thread.start();
    return watch;
  }

  /** Watches the directory that is there now, which may be another one of the same name. */
  synchronized void renew() throws IOException {
    WatchKey old = key;
    key = directory.register(service, StandardWatchEventKinds.ENTRY_CREATE);
    if (old != null && old != key) {
      old.cancel();
    }
  }

  private void run() {
    try {
      while (true) {
        WatchKey ready =
            awaited.isEmpty()
                ? service.take()
                : service.poll(AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        if (ready != null) {
          ready.pollEvents().forEach(event -> await(event.context()));
          ready.reset();
        }
        if (anyServes()) {
          wake.run();
        }
      }
    } catch (ClosedWatchServiceException closed) {
      // That is the end of it.
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private void await(Object name) {
    if (name instanceof Path path && path.toString().endsWith(SUFFIX)) {
      awaited.put(directory.resolve(path), ATTEMPTS);
    }
  }

  /** A socket is there before its switch listens. */
  private boolean anyServes() {
    boolean any = awaited.keySet().removeIf(SocketWatch::serves);
    awaited.replaceAll((socket, left) -> left - 1);
    awaited.values().removeIf(left -> left <= 0);
    return any;
  }

  private static boolean serves(Path socket) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}

package io.vxland.dataplane.ovs;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/**
 * Tells when ovs-vswitchd has made a bridge's management socket: it does at each start, and has
 * forgotten all flows then, of which its database knows nothing.
 */
final class SocketWatch implements AutoCloseable {
  private static final String SUFFIX = ".mgmt";

  private final Path directory;
  private final Runnable wake;
  private final WatchService service;
  private WatchKey key;

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
        WatchKey ready = service.take();
        boolean made =
            ready.pollEvents().stream().map(WatchEvent::context).anyMatch(SocketWatch::isSocket);
        ready.reset();
        if (made) {
          wake.run();
        }
      }
    } catch (ClosedWatchServiceException closed) {
      // That is the end of it.
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where there were too many events to be told, one has no name. */
  private static boolean isSocket(Object name) {
    return name == null || name.toString().endsWith(SUFFIX);
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}

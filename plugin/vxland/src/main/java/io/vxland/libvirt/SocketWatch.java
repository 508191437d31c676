package io.vxland.libvirt;

import java.io.IOException;
import java.net.URI;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Tells when a socket of libvirt's may have come: by inotify(7) on the directory of the sockets, or
 * on the nearest one above it that is there. Used on one thread, but for {@link #close}.
 */
final class SocketWatch implements AutoCloseable {
  /** Where libvirt's daemons of the host have their sockets (libvirt, src/remote/meson.build). */
  private static final Path SYSTEM = Path.of("/run/libvirt");

  private final Path directory;
  private final WatchService service;
  private Path watched;
  private WatchKey key;

  private SocketWatch(Path directory, WatchService service) {
    this.directory = directory;
    this.service = service;
  }

  /**
   * Begins to watch.
   *
   * @param directory of the sockets; it need not be there
   * @throws IOException if the kernel has no room for another watch
   */
  static SocketWatch over(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    SocketWatch watch = new SocketWatch(absolute, absolute.getFileSystem().newWatchService());
    try {
      watch.follow();
      return watch;
    } catch (IOException | RuntimeException refused) {
      watch.close();
      throw refused;
    }
  }

  /** The directory of the sockets that a URI means; empty if it means another host, or a user. */
  static Optional<Path> directory(String uri) {
    URI parsed;
    try {
      parsed = URI.create(uri);
    } catch (IllegalArgumentException notForUs) {
      return Optional.empty();
    }
    String scheme = String.valueOf(parsed.getScheme());
    boolean local =
        (scheme.indexOf('+') < 0 || scheme.endsWith("+unix"))
            && (parsed.getAuthority() == null || parsed.getAuthority().isEmpty());
    if (!local) {
      return Optional.empty();
    }
    for (String parameter : String.valueOf(parsed.getQuery()).split("[&;]", -1)) {
      if (parameter.startsWith("socket=/")) {
        return Optional.ofNullable(Path.of(parameter.substring("socket=".length())).getParent());
      }
    }
    return "/system".equals(parsed.getPath()) ? Optional.of(SYSTEM) : Optional.empty();
  }

  /** Watches the directory, or the nearest one that is there, until that is so no more. */
  private void follow() throws IOException {
    for (Path nearest = nearest();
        !nearest.equals(watched) || !key.isValid();
        nearest = nearest()) {
      if (key != null) {
        key.cancel();
      }
      key =
          nearest.register(
              service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
      watched = nearest;
      // Another round: it may have been made between the look and the watch.
    }
  }

  private Path nearest() {
    Path nearest = directory;
    while (!Files.isDirectory(nearest)) {
      nearest = nearest.getParent();
    }
    return nearest;
  }

  /**
   * Waits for news.
   *
   * @param limit the most to wait
   * @return whether a socket may have come
   * @throws IOException if it cannot go on
   * @throws ClosedWatchServiceException if it was closed
   */
  boolean await(Duration limit) throws IOException, InterruptedException {
    WatchKey signalled = service.poll(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS);
    if (signalled == null) {
      return false;
    }
    boolean came = !signalled.equals(key);
    for (WatchEvent<?> event : signalled.pollEvents()) {
      came |= watched.equals(directory) || isOnTheWay(event);
    }
    signalled.reset();
    follow();
    return came;
  }

  /** Of what happens above the directory, only what leads to it matters. */
  private boolean isOnTheWay(WatchEvent<?> event) {
    return !(event.context() instanceof Path name) || directory.startsWith(watched.resolve(name));
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException gone) {
      // There is nothing left to give back.
    }
  }
}

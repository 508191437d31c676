package io.vxland.dataplane.ovs;

import io.vxland.ovsdb.ControlSocket;
import io.vxland.ovsdb.OvsdbException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * ovs-vswitchd itself, by its control socket {@code ovs-vswitchd.PID.ctl}. Its end is known at
 * once: a connection that nothing is said on ends with it, also when it is killed, and the database
 * would not tell. Whoever is to be woken is woken by its end and when it is back.
 */
final class SwitchDaemon implements AutoCloseable {
  /** Sockets of daemons that were killed stay behind. */
  private static final String SOCKETS = "ovs-vswitchd.*.ctl";

  private static final long FIRST_RETRY_MILLIS = 200;
  private static final long LAST_RETRY_MILLIS = 5_000;

  private final Path directory;
  private final Runnable wake;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Life life;

  /**
   * What is known.
   *
   * @param connection ends with it; empty while it does not run
   * @param trouble why there is none
   */
  private record Life(Optional<ControlSocket> connection, String trouble) {}

  private SwitchDaemon(Path directory, Runnable wake) {
    this.directory = directory;
    this.wake = wake;
    this.life = look();
  }

  /**
   * Looks once, and watches from then on.
   *
   * @param directory where the socket is, such as {@code /run/openvswitch}
   */
  static SwitchDaemon watch(Path directory, Runnable wake) {
    SwitchDaemon daemon = new SwitchDaemon(directory, wake);
    Thread thread = new Thread(daemon::run, "ovs-vswitchd-watch");
    thread.setDaemon(true);
    thread.start();
    return daemon;
  }

  /** Why it does not run; empty if it does. */
  Optional<String> trouble() {
    Life now = life;
    return now.connection().isPresent() ? Optional.empty() : Optional.of(now.trouble());
  }

  /** Gives a command, on a connection of its own. */
  String ask(Duration limit, String... words) throws OvsdbException {
    try (ControlSocket socket = connect()) {
      return socket.call(limit, words);
    }
  }

  private Life look() {
    try {
      return new Life(Optional.of(connect()), "");
    } catch (OvsdbException gone) {
      return new Life(Optional.empty(), gone.getMessage());
    }
  }

  private ControlSocket connect() throws OvsdbException {
    OvsdbException refusal =
        new OvsdbException("connect to ovs-vswitchd", "no socket " + directory.resolve(SOCKETS));
    try (DirectoryStream<Path> sockets = Files.newDirectoryStream(directory, SOCKETS)) {
      for (Path socket : sockets) {
        try {
          return ControlSocket.connect(socket);
        } catch (OvsdbException refused) {
          refusal = refused;
        }
      }
    } catch (IOException unreadable) {
      throw new OvsdbException("look for ovs-vswitchd", "cannot read " + directory);
    }
    throw refusal;
  }

  private void run() {
    try {
      long pause = FIRST_RETRY_MILLIS;
      while (!closed.await(0, TimeUnit.MILLISECONDS)) {
        Optional<ControlSocket> connection = life.connection();
        if (connection.isPresent()) {
          connection.get().awaitEnd();
          connection.get().close();
          life = look();
          pause = FIRST_RETRY_MILLIS;
          wake.run();
        } else if (!closed.await(pause, TimeUnit.MILLISECONDS)) {
          pause = Math.min(2 * pause, LAST_RETRY_MILLIS);
          life = look();
          if (life.connection().isPresent()) {
            wake.run();
          }
        }
      }
      life.connection().ifPresent(ControlSocket::close);
    } catch (InterruptedException nobodysWish) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    life.connection().ifPresent(ControlSocket::close);
  }
}

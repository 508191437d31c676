package io.vxland.dataplane.ovs;

import io.vxland.ovsdb.ControlSocket;
import io.vxland.ovsdb.OvsdbException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * ovs-vswitchd itself, by its control socket {@code ovs-vswitchd.PID.ctl}: of its end the database
 * says nothing.
 */
final class SwitchDaemon {
  /** Sockets of daemons that were killed stay behind. */
  private static final String SOCKETS = "ovs-vswitchd.*.ctl";

  private final Path directory;

  /**
   * Creates it.
   *
   * @param directory where the socket is, such as {@code /run/openvswitch}
   */
  SwitchDaemon(Path directory) {
    this.directory = directory;
  }

  /** Why it does not run; empty if it does. */
  Optional<String> trouble() {
    try {
      connect().close();
      return Optional.empty();
    } catch (OvsdbException gone) {
      return Optional.of(gone.getMessage());
    }
  }

  /** Gives a command, on a connection of its own. */
  String ask(Duration limit, String... words) throws OvsdbException {
    try (ControlSocket socket = connect()) {
      return socket.call(limit, words);
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
}

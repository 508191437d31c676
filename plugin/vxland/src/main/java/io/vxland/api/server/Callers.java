package io.vxland.api.server;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import org.eclipse.jetty.io.EndPoint;

/**
 * Who may do what. Who may connect at all is the kernel's decision, by the mode of the socket and
 * its directory: its owner and its group. Of those, root and the daemon's own user may do
 * everything, all others read only.
 */
final class Callers {
  private final Set<UserPrincipal> powerful;

  /**
   * Names who is powerful.
   *
   * @param powerful users who may do everything
   */
  Callers(Set<UserPrincipal> powerful) {
    this.powerful = Set.copyOf(powerful);
  }

  /** Finds out who is powerful over this process. */
  static Callers ofThisProcess() throws IOException {
    // /proc/self belongs to the process's effective user (proc(5)).
    Path self = Path.of("/proc/self");
    UserPrincipal own = Files.getOwner(self);
    // By number: the name may be missing, and principals compare by number.
    UserPrincipal root =
        self.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("0");
    return new Callers(own.equals(root) ? Set.of(root) : Set.of(root, own));
  }

  /** The user at the other end when it connected (SO_PEERCRED, unix(7)). */
  static UserPrincipal user(EndPoint endPoint) throws IOException {
    if (endPoint.getTransport() instanceof SocketChannel channel) {
      return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    }
    throw new IOException("the other end is not on a Unix socket");
  }

  /** Whether a user may change things. */
  boolean mayChange(UserPrincipal user) {
    return powerful.contains(user);
  }
}

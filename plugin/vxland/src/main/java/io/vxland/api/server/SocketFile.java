package io.vxland.api.server;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The socket as a file. It is bound under a passing name, gets its mode and its directory's group,
 * and only then takes its place: at no instant can it be reached with a wider mode, and a socket
 * that a dead daemon left is replaced in one step.
 */
final class SocketFile {
  /** sun_path of unix(7), without the closing NUL and the passing name's four characters. */
  private static final int MAX_PATH = 107 - 4;

  private final Path path;
  private final Path passing;

  /** Which file was put in place; null before. */
  private Object key;

  /**
   * Checks that the place is free.
   *
   * @throws ApiServerException if another daemon answers there, or something else is in the way
   */
  SocketFile(Path path) throws ApiServerException {
    this.path = path.toAbsolutePath();
    this.passing = this.path.resolveSibling(this.path.getFileName() + ".new");
    if (this.path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH) {
      throw new ApiServerException(
          "socket path " + path + " is longer than " + MAX_PATH + " bytes; choose a shorter one");
    }
    try {
      requireFree();
      Files.deleteIfExists(passing);
    } catch (IOException e) {
      throw new ApiServerException("socket " + path + " cannot be created: " + e, e);
    }
  }

  private void requireFree() throws ApiServerException, IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isOther()) {
      throw new ApiServerException(path + " exists and is not a socket; move it away");
    }
    if (answers()) {
      throw new ApiServerException(
          "another vxland answers on " + path + "; stop it first (systemctl stop vxland)");
    }
  }

  private boolean answers() throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return probe.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException refused) {
      return false;
    }
  }

  /** Where to bind. */
  Path passing() {
    return passing;
  }

  /** Puts the bound socket in its place: mode 0660, and the group of its directory. */
  void publish() throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(
            passing, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    GroupPrincipal group =
        Files.readAttributes(path.getParent(), PosixFileAttributes.class).group();
    if (!view.readAttributes().group().equals(group)) {
      view.setGroup(group);
    }
    // Not through the view: it cannot set modes without following links.
    Files.setPosixFilePermissions(passing, PosixFilePermissions.fromString("rw-rw----"));
    key = keyOf(passing);
    Files.move(passing, path, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes the socket, unless another daemon has taken the place. */
  void remove() throws IOException {
    Files.deleteIfExists(passing);
    if (key != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS) && key.equals(keyOf(path))) {
      Files.delete(path);
    }
  }

  private static Object keyOf(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }
}

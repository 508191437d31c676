package io.vxland.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/** A file that is replaced as a whole: whatever happens, there is the old one or the new one. */
final class AtomicFile {
  private AtomicFile() {}

  /**
   * Replaces a file, or makes it.
   *
   * @param attributes what the new one has from its first byte on, such as its mode
   * @throws IOException if it cannot be written; the old one then still stands
   */
  static void replace(Path file, byte[] content, FileAttribute<?>... attributes)
      throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.createDirectories(file.toAbsolutePath().getParent());
    // One that a crash has left may be somebody else's to read.
    Files.deleteIfExists(fresh);
    try (FileChannel channel =
        FileChannel.open(
            fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}

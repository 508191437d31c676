package io.vxland.tests.dataplane;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The descriptors of this process, to break one. */
final class Descriptors {
  private static final int O_RDONLY = 0;

  /** System calls. */
  public interface Calls extends Library {
    int open(String path, int flags);

    int dup2(int from, int to);

    int close(int descriptor);
  }

  private Descriptors() {}

  /**
   * Puts /dev/null in the place of a descriptor; who waits for the old one goes on waiting.
   *
   * @param what it is, such as socket:[4711]
   */
  static void becomeNull(String what) throws IOException {
    Calls calls = Native.load("c", Calls.class);
    int number = find(what);
    int none = calls.open("/dev/null", O_RDONLY);
    if (none < 0 || calls.dup2(none, number) != number || calls.close(none) < 0) {
      throw new IllegalStateException("cannot replace " + what);
    }
  }

  private static int find(String what) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : all) {
        try {
          if (Files.readSymbolicLink(descriptor).toString().equals(what)) {
            return Integer.parseInt(descriptor.getFileName().toString());
          }
        } catch (NoSuchFileException closedMeanwhile) {
          // Another thread's.
        }
      }
    }
    throw new IllegalStateException("this process has no " + what);
  }
}

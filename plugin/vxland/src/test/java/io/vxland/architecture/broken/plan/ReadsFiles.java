package io.vxland.architecture.broken.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A planner that does not live by its arguments. */
public final class ReadsFiles {
  private ReadsFiles() {}

  /** Reads what it should have been given. */
  public static String read() throws IOException {
    return Files.readString(Path.of("/proc/net/route"));
  }
}

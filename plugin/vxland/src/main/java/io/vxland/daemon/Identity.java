package io.vxland.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

/**
 * Who this daemon is.
 *
 * @param version of vxland
 * @param pid the process
 * @param hostName the host's name
 * @param started {@link System#nanoTime} at its start
 */
record Identity(String version, long pid, String hostName, long started) {
  static Identity ofThisProcess() {
    return new Identity(
        buildVersion(), ProcessHandle.current().pid(), hostNameOfKernel(), System.nanoTime());
  }

  Duration uptime() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  static String buildVersion() {
    Properties build = new Properties();
    try (InputStream in = Identity.class.getResourceAsStream("/vxland.properties")) {
      build.load(in);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    return build.getProperty("version");
  }

  /** InetAddress would ask DNS for it. */
  private static String hostNameOfKernel() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException unreadable) {
      return "localhost";
    }
  }
}

package io.vxland.dataplane.linux;

import io.vxland.model.Numbers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The UDP sockets of this process's network namespace (proc_pid_net(5), /proc/net/udp). */
final class UdpSockets {
  private static final int LOCAL = 1;
  private static final int INODE = 9;
  private static final int HEX = 16;

  /** A socket in /proc/PID/fd (proc_pid_fd(5)). */
  private static final String SOCKET = "socket:[";

  private final Path proc;

  /**
   * Creates it.
   *
   * @param proc where proc(5) is mounted
   */
  UdpSockets(Path proc) {
    this.proc = proc;
  }

  /** Who has a port. */
  sealed interface Holder {
    /** Nobody, any more. */
    record Nobody() implements Holder {}

    /** A process. */
    record Program(String name, int pid) implements Holder {}

    /** No process: the kernel, for a device that is not in this namespace. */
    record Kernel() implements Holder {}

    /** This process may not look into all others. */
    record Unknown() implements Holder {}
  }

  /** Finds who has a UDP port, of either family and of any address. */
  Holder holder(int port) {
    Set<String> inodes = new HashSet<>();
    for (String table : List.of("udp", "udp6")) {
      try {
        Files.readAllLines(proc.resolve("self/net").resolve(table), StandardCharsets.ISO_8859_1)
            .forEach(line -> inode(line, port).ifPresent(inodes::add));
      } catch (IOException absent) {
        // A kernel without IPv6 has one of the two.
      }
    }
    return inodes.isEmpty() ? new Holder.Nobody() : process(inodes);
  }

  /** The inode of a line's socket, if that is bound to the port. */
  static Optional<String> inode(String line, int port) {
    String[] words = line.strip().split("\\s+", -1);
    if (words.length <= INODE) {
      return Optional.empty();
    }
    String local = words[LOCAL];
    try {
      return Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), HEX) == port
          ? Optional.of(words[INODE])
          : Optional.empty();
    } catch (NumberFormatException heading) {
      return Optional.empty();
    }
  }

  private Holder process(Set<String> inodes) {
    boolean all = true;
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        try {
          if (has(process, inodes)) {
            return new Holder.Program(
                name(process),
                Numbers.parse("pid", process.getFileName().toString(), 1, Integer.MAX_VALUE));
          }
        } catch (IOException refused) {
          all &= !Files.exists(process);
        }
      }
    } catch (IOException refused) {
      all = false;
    }
    return all ? new Holder.Kernel() : new Holder.Unknown();
  }

  private static boolean has(Path process, Set<String> inodes) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        String target;
        try {
          target = Files.readSymbolicLink(file).toString();
        } catch (NoSuchFileException closed) {
          continue;
        }
        if (target.startsWith(SOCKET)
            && inodes.contains(target.substring(SOCKET.length(), target.length() - 1))) {
          return true;
        }
      }
      return false;
    } catch (DirectoryIteratorException failed) {
      throw failed.getCause();
    }
  }

  /** A program chooses its own name: proc_pid_comm(5). */
  private static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm"), StandardCharsets.ISO_8859_1)
          .strip()
          .replaceAll("[^!-~]", "?");
    } catch (IOException ended) {
      return "?";
    }
  }
}

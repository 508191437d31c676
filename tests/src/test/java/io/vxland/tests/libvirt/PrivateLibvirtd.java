package io.vxland.tests.libvirt;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real libvirtd in namespaces of its own; see the script {@code private-libvirtd}. */
final class PrivateLibvirtd {
  private static final int LIMIT_SECONDS = 60;

  private final Path directory;
  private final Process process;
  private final Writer commands;
  private final BufferedReader answers;

  PrivateLibvirtd(Path directory) throws IOException {
    this.directory = directory;
    Path script = directory.resolve("private-libvirtd");
    try (InputStream in = PrivateLibvirtd.class.getResourceAsStream("private-libvirtd")) {
      Files.copy(in, script);
    }
    List<String> command =
        List.of(
            "unshare --net --mount --pid --fork --kill-child --mount-proc tini -- bash".split(" "));
    List<String> words = new ArrayList<>(command);
    words.add(script.toString());
    words.add(directory.toString());
    process =
        new ProcessBuilder(words).redirectError(directory.resolve("script.log").toFile()).start();
    commands = process.outputWriter(StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** The URI by which it is reached from outside its namespaces. */
  String uri() {
    return "qemu+unix:///system?socket=" + directory.resolve("run/libvirt-sock");
  }

  void start() {
    tell("start", "started");
  }

  void kill() {
    tell("kill", "killed");
  }

  /** Sends libvirtd a signal such as STOP. */
  void signal(String name) {
    tell("signal " + name, "sent");
  }

  /** Runs a command in its network namespace. */
  void run(String command) {
    tell("run " + command, "done");
  }

  private void tell(String command, String expected) {
    try {
      commands.write(command + "\n");
      commands.flush();
      String answer = answers.readLine();
      if (!expected.equals(answer)) {
        throw new IllegalStateException(command + ": " + answer + "\n" + logs());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(command + ": " + logs(), e);
    }
  }

  /** Runs virsh and returns what it prints; its failure is an error with its words. */
  String virsh(String... arguments) {
    try {
      List<String> words = new ArrayList<>(List.of("virsh", "-q", "-c", uri()));
      words.addAll(List.of(arguments));
      Path output = Files.createTempFile(directory, "virsh", ".out");
      Process virsh =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!virsh.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        virsh.destroyForcibly();
        throw new IllegalStateException(words + " did not end");
      }
      String text = Files.readString(output);
      if (virsh.exitValue() != 0) {
        throw new IllegalStateException(words + ": " + text + "\n" + logs());
      }
      return text.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Writes a file that virsh can take. */
  String file(String name, String content) {
    try {
      return Files.writeString(directory.resolve(name), content).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String logs() {
    StringBuilder logs = new StringBuilder();
    for (String log : List.of("script.log", "run.log", "libvirtd.log")) {
      try {
        logs.append(log).append(": ").append(Files.readString(directory.resolve(log)));
      } catch (IOException notThere) {
        logs.append(log).append(": none\n");
      }
    }
    return logs.toString();
  }

  /** Ends its init, and with it all processes in its namespaces. */
  void end() throws IOException, InterruptedException {
    commands.close();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("libvirtd's namespaces did not end\n" + logs());
    }
  }
}

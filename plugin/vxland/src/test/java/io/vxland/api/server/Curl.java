package io.vxland.api.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** curl on a Unix socket: what the hooks use, and a client that is not ours. */
final class Curl {
  private static final String MARK = "\nstatus ";

  private final List<String> prefix;
  private final Path socket;

  private Curl(List<String> prefix, Path socket) {
    this.prefix = prefix;
    this.socket = socket;
  }

  static Curl on(Path socket) {
    return new Curl(List.of(), socket);
  }

  /** The same as another user and group, by number; needs root. */
  Curl as(int uid, int gid) {
    return new Curl(
        List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups"), socket);
  }

  /**
   * What came back.
   *
   * @param exit of curl; 0 if there was an answer
   * @param status of HTTP; 0 if there was no answer
   */
  record Result(int exit, int status, String body) {}

  Result get(String target) throws Exception {
    return run(new byte[0], target);
  }

  Result post(String target, byte[] body, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-X", "POST", "--data-binary", "@-"));
    arguments.addAll(List.of(more));
    return run(body, target, arguments.toArray(String[]::new));
  }

  Result run(byte[] input, String target, String... more) throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            "curl",
            "-sS",
            "-m",
            "20",
            "--path-as-is",
            "--unix-socket",
            socket.toString(),
            "-w",
            MARK + "%{http_code}"));
    command.addAll(List.of(more));
    command.add("http://vxland" + target);
    Path stdin = Files.createTempFile("curl", ".in");
    try {
      Files.write(stdin, input);
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(stdin.toFile())
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("curl does not end");
      }
      int mark = output.lastIndexOf(MARK);
      return new Result(
          process.exitValue(),
          Integer.parseInt(output.substring(mark + MARK.length()), 10),
          output.substring(0, mark));
    } finally {
      Files.delete(stdin);
    }
  }
}

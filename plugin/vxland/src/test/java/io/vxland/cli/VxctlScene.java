package io.vxland.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.api.FakeOperations;
import io.vxland.api.server.ApiServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** vxctl and a daemon's socket with made-up answers behind it. */
abstract class VxctlScene {
  @TempDir Path directory;
  final FakeOperations operations = new FakeOperations();
  ApiServer server;

  /** Where the daemon is looked for. */
  Path socket;

  @BeforeEach
  void start() throws Exception {
    socket = directory.resolve("api.sock");
    server = ApiServer.start(socket, operations, (id, request, cause) -> {});
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  /** What a command printed, and its exit code. */
  record Outcome(int exit, String out, String err) {}

  Outcome vxctl(Pulse pulse, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("--socket", socket.toString()));
    all.addAll(List.of(arguments));
    int exit =
        Vxctl.commandLine(pulse)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(all.toArray(String[]::new));
    return new Outcome(exit, out.toString(), err.toString());
  }

  /** Of a command that follows nothing. */
  Outcome vxctl(String... arguments) {
    return vxctl(() -> false, arguments);
  }

  void shows(String text, String... arguments) {
    assertThat(vxctl(arguments)).isEqualTo(new Outcome(0, text, ""));
  }
}

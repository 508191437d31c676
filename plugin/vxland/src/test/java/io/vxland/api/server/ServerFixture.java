package io.vxland.api.server;

import io.vxland.api.FakeOperations;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** A server on a socket in a directory of its own, with a daemon in memory behind it. */
final class ServerFixture implements AutoCloseable {
  /** A bug that was reported. */
  record Bug(String id, String request, Throwable cause) {}

  final FakeOperations operations = new FakeOperations();
  final List<Bug> bugs = Collections.synchronizedList(new ArrayList<>());
  final Path socket;
  private final ApiServer server;

  private ServerFixture(Path socket, Callers callers, ApiServer.Patience patience)
      throws ApiServerException {
    this.socket = socket;
    this.server =
        ApiServer.start(
            socket,
            operations,
            (id, request, cause) -> bugs.add(new Bug(id, request, cause)),
            callers,
            patience);
  }

  static ServerFixture in(Path directory) throws Exception {
    return patient(directory, 5_000, 30_000);
  }

  static ServerFixture patient(Path directory, long idleMillis, long connectionMillis)
      throws Exception {
    return new ServerFixture(
        directory.resolve("api.sock"),
        Callers.ofThisProcess(),
        new ApiServer.Patience(idleMillis, connectionMillis));
  }

  /** A server to which nobody is root. */
  static ServerFixture forReaders(Path directory) throws Exception {
    return new ServerFixture(
        directory.resolve("api.sock"),
        new Callers(Set.of()),
        new ApiServer.Patience(60_000, 60_000));
  }

  Curl curl() {
    return Curl.on(socket);
  }

  @Override
  public void close() throws ApiServerException {
    server.close();
  }
}

package io.vxland.api.server;

import io.vxland.api.FakeOperations;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A server on a socket in a directory of its own, with a daemon in memory behind it. */
final class ServerFixture implements AutoCloseable {
  /** A bug that was reported. */
  record Bug(String id, String request, Throwable cause) {}

  final FakeOperations operations = new FakeOperations();
  final List<Bug> bugs = Collections.synchronizedList(new ArrayList<>());
  final Path socket;
  private final ApiServer server;

  private ServerFixture(Path socket, ApiServer.Patience patience) throws ApiServerException {
    this.socket = socket;
    this.server =
        ApiServer.start(
            socket,
            operations,
            (id, request, cause) -> bugs.add(new Bug(id, request, cause)),
            patience);
  }

  static ServerFixture in(Path directory) throws ApiServerException {
    return patient(directory, 5_000, 30_000);
  }

  static ServerFixture patient(Path directory, long idleMillis, long connectionMillis)
      throws ApiServerException {
    return new ServerFixture(
        directory.resolve("api.sock"), new ApiServer.Patience(idleMillis, connectionMillis));
  }

  Curl curl() {
    return Curl.on(socket);
  }

  @Override
  public void close() throws ApiServerException {
    server.close();
  }
}

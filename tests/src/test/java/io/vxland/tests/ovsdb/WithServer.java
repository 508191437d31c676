package io.vxland.tests.ovsdb;

import io.vxland.ovsdb.Operation;
import io.vxland.ovsdb.OvsdbConnection;
import io.vxland.ovsdb.OvsdbException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A connection to a real ovsdb-server with an empty database of Open vSwitch. */
@Timeout(120)
abstract class WithServer {
  static final Duration LIMIT = Duration.ofSeconds(60);
  static final Duration PROBE = Duration.ofSeconds(1);
  static final String BRIDGE = "br-extun";

  @TempDir private Path directory;
  PrivateOvsdbServer server;
  OvsdbConnection connection;
  final BlockingQueue<OvsdbException> ends = new LinkedBlockingQueue<>();

  @BeforeEach
  void open() throws Exception {
    server = new PrivateOvsdbServer(directory);
    server.start();
    connection =
        OvsdbConnection.open(
            new OvsdbConnection.Settings(server.socket(), "Open_vSwitch", LIMIT, PROBE), ends::add);
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    server.close();
  }

  static Operation.Select ports(String... columns) {
    return new Operation.Select("Port", List.of(), List.of(columns));
  }
}

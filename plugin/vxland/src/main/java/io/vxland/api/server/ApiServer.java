package io.vxland.api.server;

import io.vxland.api.Operations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/**
 * Serves {@link Operations} on a Unix socket, from {@link #start} until {@link #close}. One request
 * a connection; paths and answers are in the package of the operations and in vxctl(1).
 */
public final class ApiServer implements AutoCloseable {
  /**
   * Most threads of Jetty's; one selects, the others run hooks. All else is handed to {@link
   * Readers}, so that no reader keeps a hook waiting.
   */
  private static final int MAX_THREADS = 8;

  /** Threads that stay. */
  private static final int MIN_THREADS = 2;

  /** After which a spare thread ends, in ms. */
  private static final int SPARE_THREAD_MILLIS = 10_000;

  /**
   * Most connections at one time. Jetty stops accepting then, but cuts off those that it has just
   * accepted, so the bound lies where only mischief reaches it.
   */
  private static final int MAX_CONNECTIONS = 1024;

  /** Length of the kernel's queue: a host's VMs may all call their hooks at once. */
  private static final int ACCEPT_QUEUE = 1024;

  /** Most bytes of a request's line and headers, and of an answer's headers. */
  private static final int MAX_HEADER = 8192;

  /** Most memory that is kept for buffers, in bytes, on the heap and beside it each. */
  private static final long MAX_BUFFERS = 1 << 20;

  /** How long operations that run may go on at {@link #close}, in ms. */
  private static final long STOP_MILLIS = 2_000;

  private final Server server;
  private final SocketFile socket;
  private final Readers readers;

  /** Held, because the logging system forgets the level of a logger that nobody holds. */
  private final Logger jettyLog;

  private ApiServer(Server server, Readers readers, SocketFile socket, Logger jettyLog) {
    this.server = server;
    this.readers = readers;
    this.socket = socket;
    this.jettyLog = jettyLog;
  }

  /**
   * How long callers may take.
   *
   * @param idleMillis without a byte sent or received
   * @param connectionMillis from the start of a connection to its end
   */
  record Patience(long idleMillis, long connectionMillis) {}

  /**
   * Binds the socket and answers from now on.
   *
   * @param path of the socket, at most 103 bytes; who may search its directory and is in the
   *     directory's group may connect
   * @param operations what is asked
   * @param bugs who is told of what no one expected
   * @throws ApiServerException if another daemon answers there, or the socket cannot be made
   */
  public static ApiServer start(Path path, Operations operations, BugReport bugs)
      throws ApiServerException {
    try {
      return start(path, operations, bugs, Callers.ofThisProcess(), new Patience(5_000, 30_000));
    } catch (IOException e) {
      throw new ApiServerException("cannot identify the user of this process: " + e, e);
    }
  }

  static ApiServer start(
      Path path, Operations operations, BugReport bugs, Callers callers, Patience patience)
      throws ApiServerException {
    Logger jettyLog = Logger.getLogger("org.eclipse.jetty");
    jettyLog.setLevel(Level.WARNING);
    SocketFile socket = new SocketFile(path);
    Server server = server();
    UnixDomainServerConnector connector = connector(server, socket.passing(), patience);
    Readers readers = new Readers();
    ApiServer started = new ApiServer(server, readers, socket, jettyLog);
    try {
      connector.addBean(
          new Connections(server.getScheduler(), callers, patience.connectionMillis()));
      server.setHandler(new Dispatcher(new Routes(operations), readers, callers, bugs));
      server.start();
      socket.publish();
      return started;
    } catch (Exception e) { // Jetty's own signature
      ApiServerException failure =
          new ApiServerException("socket " + path + " cannot be served: " + e, e);
      started.closeAfter(failure);
      throw failure;
    }
  }

  private static Server server() {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, MIN_THREADS, SPARE_THREAD_MILLIS);
    threads.setName("api");
    threads.setReservedThreads(0);
    Server server =
        new Server(
            threads,
            new ScheduledExecutorScheduler("api-timer", true, 1),
            new ArrayByteBufferPool(-1, -1, -1, -1, MAX_BUFFERS, MAX_BUFFERS));
    server.setErrorHandler(new HttpErrors());
    server.setStopTimeout(STOP_MILLIS);
    return server;
  }

  private static UnixDomainServerConnector connector(Server server, Path path, Patience patience) {
    HttpConfiguration http = new HttpConfiguration();
    http.setPersistentConnectionsEnabled(false);
    http.setSendServerVersion(false);
    http.setSendDateHeader(false);
    http.setRequestHeaderSize(MAX_HEADER);
    http.setResponseHeaderSize(MAX_HEADER);
    // Names of networks may hold these; Target decodes the path segment by segment.
    http.setUriCompliance(
        UriCompliance.DEFAULT.with(
            "segments",
            UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
            UriCompliance.Violation.AMBIGUOUS_PATH_PARAMETER));
    // No acceptor thread: the selector accepts.
    UnixDomainServerConnector connector =
        new UnixDomainServerConnector(server, 0, 1, new HttpConnectionFactory(http));
    connector.setUnixDomainPath(path);
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setIdleTimeout(patience.idleMillis());
    connector.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
    server.addConnector(connector);
    return connector;
  }

  /** Stops answering and removes the socket. */
  @Override
  public void close() throws ApiServerException {
    try {
      readers.close();
      server.stop();
      socket.remove();
    } catch (Exception e) { // Jetty's own signature
      throw new ApiServerException("socket cannot be closed: " + e, e);
    } finally {
      jettyLog.setLevel(null);
    }
  }

  private void closeAfter(ApiServerException failure) {
    try {
      close();
    } catch (ApiServerException e) {
      failure.addSuppressed(e);
    }
  }
}

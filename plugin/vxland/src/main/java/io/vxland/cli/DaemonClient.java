package io.vxland.cli;

import io.vxland.api.ApiException;
import io.vxland.api.Failure;
import io.vxland.api.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** Asks the daemon; answers are the bytes of its JSON. */
final class DaemonClient {
  /** As long as the daemon keeps a connection: libvirt may take its time to define a network. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final byte[] NOTHING = new byte[0];

  private final UnixHttp http;

  DaemonClient(Path socket) {
    this.http = new UnixHttp(socket, PATIENCE);
  }

  /** Writes a text so that it can stand in a path or query. */
  static String escape(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  byte[] get(String target) throws ApiException, UnreachableException {
    return ask("GET", target, NOTHING);
  }

  byte[] post(String target, Object record) throws ApiException, UnreachableException {
    return ask("POST", target, Json.write(record));
  }

  byte[] delete(String target) throws ApiException, UnreachableException {
    return ask("DELETE", target, NOTHING);
  }

  private byte[] ask(String method, String target, byte[] body)
      throws ApiException, UnreachableException {
    HttpAnswer answer = http.request(method, target, body);
    if (answer.status() == 200) {
      return answer.body();
    }
    throw failure(answer.body());
  }

  private static ApiException failure(byte[] body) {
    try {
      Failure failure = Json.read(body, Failure.class);
      return new ApiException(failure.kind(), failure.message());
    } catch (ApiException e) {
      return notUnderstood(e);
    }
  }

  /** The failure of an answer that is not the JSON of this version. */
  static ApiException notUnderstood(ApiException cause) {
    return new ApiException(
        ApiException.Kind.INTERNAL,
        "cannot parse the answer; if vxctl and the daemon differ in version, restart vxland: "
            + cause.getMessage(),
        cause);
  }
}

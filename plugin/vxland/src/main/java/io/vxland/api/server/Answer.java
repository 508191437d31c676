package io.vxland.api.server;

import io.vxland.api.ApiException;
import io.vxland.api.Failure;
import io.vxland.api.HookVerdict;
import io.vxland.api.Json;
import java.nio.charset.StandardCharsets;

/**
 * A whole answer, ready to be sent.
 *
 * @param status of HTTP
 * @param type of the body
 * @param body in UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // made and sent once, never compared
record Answer(int status, String type, byte[] body) {
  private static final String JSON = "application/json";
  private static final String TEXT = "text/plain;charset=utf-8";

  /** Longest line that a hook gets, in characters; libvirt puts it into its error message. */
  private static final int MAX_LINE = 1000;

  /** A view. */
  static Answer json(Object value) {
    return new Answer(200, JSON, Json.write(value));
  }

  /** Figures, in Prometheus' text. */
  static Answer metrics(byte[] text) {
    return new Answer(200, MetricsText.TYPE, text);
  }

  /** A hook's answer. */
  static Answer verdict(HookVerdict verdict) {
    return verdict.goOn()
        ? line(200, "ok")
        : line(status(ApiException.Kind.CONFLICT), verdict.reason());
  }

  /**
   * A failure, as the caller can read it.
   *
   * @param hook whether a hook script reads it, which shows one line as it is
   */
  static Answer failure(boolean hook, ApiException failure) {
    int status = status(failure.kind());
    return hook
        ? line(status, failure.getMessage())
        : new Answer(status, JSON, Json.write(new Failure(failure.kind(), failure.getMessage())));
  }

  private static Answer line(int status, String text) {
    String cut = text.length() > MAX_LINE ? text.substring(0, MAX_LINE) + "..." : text;
    String line = cut.replaceAll("\\p{Cntrl}+", " ").strip() + "\n";
    return new Answer(status, TEXT, line.getBytes(StandardCharsets.UTF_8));
  }

  private static int status(ApiException.Kind kind) {
    return switch (kind) {
      case BAD_REQUEST -> 400;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case WRONG_METHOD -> 405;
      case TOO_SLOW -> 408;
      case CONFLICT -> 409;
      case TOO_LARGE -> 413;
      case UNAVAILABLE -> 503;
      case INTERNAL -> 500;
    };
  }
}

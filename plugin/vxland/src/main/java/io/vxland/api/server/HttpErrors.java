package io.vxland.api.server;

import io.vxland.api.ApiException;
import io.vxland.api.Failure;
import io.vxland.api.Json;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers to what is no HTTP, in the same JSON as all others instead of Jetty's pages. */
final class HttpErrors extends ErrorHandler {
  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      Throwable cause,
      Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.write(true, ByteBuffer.wrap(body(code, message)), callback);
  }

  private static byte[] body(int status, String reason) {
    ApiException.Kind kind =
        status >= 500 ? ApiException.Kind.INTERNAL : ApiException.Kind.BAD_REQUEST;
    return Json.write(new Failure(kind, "HTTP " + status + ": " + reason));
  }
}

package io.vxland.api.server;

import io.vxland.api.ApiException;
import io.vxland.model.InvalidValueException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.attribute.UserPrincipal;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Takes each request from Jetty to its operation, and the answer back. */
final class Dispatcher extends Handler.Abstract {
  private final Routes routes;
  private final Readers readers;
  private final Callers callers;
  private final BugReport bugs;
  private final AtomicLong inFlight = new AtomicLong();

  Dispatcher(Routes routes, Readers readers, Callers callers, BugReport bugs) {
    this.routes = routes;
    this.readers = readers;
    this.callers = callers;
    this.bugs = bugs;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange(request, response, callback);
    exchange.answer(
        () -> {
          Call call = understand(request);
          if (call.bodyLimit() == 0) {
            exchange.run(call, new byte[0]);
            return null;
          }
          if (request.getLength() > call.bodyLimit() && expectsContinue(request)) {
            throw Body.tooLarge(call.bodyLimit());
          }
          new Body(request, call.bodyLimit(), inFlight, exchange.with(call)).run();
          return null;
        });
    return true;
  }

  /** Whether the caller waits for a word before it sends the body (RFC 9110, section 10.1.1). */
  private static boolean expectsContinue(Request request) {
    return request.getHeaders().contains(HttpHeader.EXPECT);
  }

  private Call understand(Request request) throws ApiException {
    Target target = Target.parse(request.getHttpURI().getPath(), request.getHttpURI().getQuery());
    Call call = routes.find(request.getMethod(), target);
    if (call.changes()) {
      checkMayChange(request);
    }
    return call;
  }

  private void checkMayChange(Request request) throws ApiException {
    UserPrincipal user;
    try {
      user = Callers.user(request.getConnectionMetaData().getConnection().getEndPoint());
    } catch (IOException e) {
      throw new ApiException(
          ApiException.Kind.FORBIDDEN, "cannot identify the caller: " + e.getMessage(), e);
    }
    if (!callers.mayChange(user)) {
      throw new ApiException(
          ApiException.Kind.FORBIDDEN,
          "user "
              + InvalidValueException.quote(user.getName())
              + " may look but not change anything; only root may");
    }
  }

  /** What gives an answer, or null if it comes later. */
  @FunctionalInterface
  private interface Work {
    Answer run() throws ApiException;
  }

  /** One request and its answer. */
  private final class Exchange {
    private final Request request;
    private final Response response;
    private final Callback callback;

    Exchange(Request request, Response response, Callback callback) {
      this.request = request;
      this.response = response;
      this.callback = callback;
    }

    Body.Receiver with(Call call) {
      return new Body.Receiver() {
        @Override
        public void body(byte[] bytes) {
          answer(
              () -> {
                Exchange.this.run(call, bytes);
                return null;
              });
        }

        @Override
        public void refused(ApiException why) {
          send(Answer.failure(isHook(), why));
        }
      };
    }

    /** A hook is answered here and now; all else where it keeps no hook waiting. */
    void run(Call call, byte[] body) throws ApiException {
      if (isHook()) {
        answer(() -> call.action().run(body));
      } else {
        readers.run(
            new Readers.Work() {
              @Override
              public void run() {
                answer(() -> call.action().run(body));
              }

              @Override
              public void refuse(ApiException why) {
                send(Answer.failure(false, why));
              }
            });
      }
    }

    void answer(Work work) {
      Answer answer;
      try {
        answer = work.run();
      } catch (ApiException e) {
        answer = Answer.failure(isHook(), e);
      } catch (InvalidValueException e) {
        answer =
            Answer.failure(
                isHook(), new ApiException(ApiException.Kind.BAD_REQUEST, e.getMessage(), e));
      } catch (RuntimeException | Error e) {
        answer = Answer.failure(isHook(), report(e));
      }
      if (answer != null) {
        send(answer);
      }
    }

    private ApiException report(Throwable bug) {
      String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt(), 6);
      bugs.bug(id, request.getMethod() + " " + request.getHttpURI().getPath(), bug);
      return new ApiException(
          ApiException.Kind.INTERNAL,
          "a bug in vxland, number " + id + "; see its log: journalctl -u vxland -g " + id);
    }

    private boolean isHook() {
      return request.getHttpURI().getPath().startsWith("/v1/hooks/");
    }

    private void send(Answer answer) {
      response.setStatus(answer.status());
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.body().length);
      response.write(true, ByteBuffer.wrap(answer.body()), callback);
    }
  }
}

package io.vxland.api.server;

import io.vxland.api.ApiException;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Collects a request's body without holding a thread while the caller sends it.
 *
 * <p>A body that is too large is read on and thrown away for a while: whoever sends it gets the
 * answer only if its sending does not fail before.
 */
final class Body implements Runnable {
  /** Most bytes of all bodies that are being collected at one time. */
  static final long MAX_IN_FLIGHT = 24 << 20;

  /** Most bytes that are thrown away. */
  private static final long MAX_DISCARDED = 64 << 20;

  /** Bytes for which there is room at first: a VM's XML as a rule. */
  private static final int FIRST_BUFFER = 16 << 10;

  private final Request request;
  private final int limit;
  private final AtomicLong inFlight;
  private final Receiver receiver;
  private final ByteArrayOutputStream bytes;
  private long discarded;
  private boolean crowded;

  /** Takes the body, or why there is none. */
  interface Receiver {
    void body(byte[] bytes);

    void refused(ApiException why);
  }

  /**
   * Prepares to read; {@link #run} starts it.
   *
   * @param limit most bytes
   * @param inFlight bytes of all bodies that are being collected
   */
  Body(Request request, int limit, AtomicLong inFlight, Receiver receiver) {
    this.request = request;
    this.limit = limit;
    this.inFlight = inFlight;
    this.receiver = receiver;
    // Not all that is announced: it may never come.
    this.bytes =
        new ByteArrayOutputStream((int) Math.max(512, Math.min(request.getLength(), FIRST_BUFFER)));
  }

  @Override
  public void run() {
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        refuse(broken(chunk.getFailure()));
        return;
      }
      take(chunk);
      chunk.release();
      if (chunk.isLast() || discarded > MAX_DISCARDED) {
        finish();
        return;
      }
    }
  }

  private void take(Content.Chunk chunk) {
    int size = chunk.remaining();
    if (discarded > 0 || request.getLength() > limit || bytes.size() + size > limit) {
      discarded += size;
    } else if (inFlight.addAndGet(size) > MAX_IN_FLIGHT) {
      inFlight.addAndGet(-size);
      crowded = true;
      discarded += size;
    } else {
      byte[] copy = new byte[size];
      chunk.getByteBuffer().get(copy);
      bytes.write(copy, 0, size);
    }
  }

  private void finish() {
    if (crowded) {
      refuse(
          new ApiException(
              ApiException.Kind.UNAVAILABLE, "too many large requests at one time; try again"));
    } else if (discarded > 0) {
      refuse(tooLarge(limit));
    } else {
      byte[] body = bytes.toByteArray();
      try {
        receiver.body(body);
      } finally {
        inFlight.addAndGet(-bytes.size());
      }
    }
  }

  private void refuse(ApiException why) {
    inFlight.addAndGet(-bytes.size());
    receiver.refused(why);
  }

  /** The failure of a body with more bytes than that. */
  static ApiException tooLarge(int limit) {
    return new ApiException(
        ApiException.Kind.TOO_LARGE, "the request has more than " + limit + " bytes");
  }

  private static ApiException broken(Throwable failure) {
    return failure instanceof TimeoutException
        ? new ApiException(
            ApiException.Kind.TOO_SLOW, "the rest of the request did not arrive in time", failure)
        : new ApiException(ApiException.Kind.BAD_REQUEST, "the request is incomplete", failure);
  }
}

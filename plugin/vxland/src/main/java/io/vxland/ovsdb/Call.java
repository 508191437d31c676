package io.vxland.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request to the server, from its making to its end. */
final class Call<T> {
  /** Reads the answer. */
  interface Reading<T> {
    T read(JsonNode result) throws MalformedException, OvsdbException;
  }

  private final long id;
  private final String tried;
  private final boolean changing;
  private final byte[] message;
  private final Reading<T> reading;
  private final CompletableFuture<T> answer = new CompletableFuture<>();

  /**
   * Creates one.
   *
   * @param changing whether it matters if it was done when no answer comes
   */
  Call(long id, String tried, boolean changing, byte[] message, Reading<T> reading) {
    this.id = id;
    this.tried = tried;
    this.changing = changing;
    this.message = message;
    this.reading = reading;
  }

  long id() {
    return id;
  }

  String tried() {
    return tried;
  }

  byte[] message() {
    return message;
  }

  /** What became of a call without an answer: the end of a message about it. */
  String fate(boolean sent) {
    if (!changing) {
      return "";
    }
    return sent ? "; it may be done all the same" : "; it was not sent";
  }

  /** Takes the answer; if that is no answer to this, the call stays open. */
  void answered(Message.Reply reply) throws MalformedException {
    try {
      if (!reply.error().isNull()) {
        throw ResultsReader.refusal(tried, reply.error());
      }
      answer.complete(reading.read(reply.result()));
    } catch (OvsdbException e) {
      answer.completeExceptionally(e);
    }
  }

  void failed(OvsdbException e) {
    answer.completeExceptionally(e);
  }

  boolean hasFailed() {
    return answer.isCompletedExceptionally();
  }

  /** Waits for the answer. */
  T await(Duration limit) throws OvsdbException, InterruptedException, TimeoutException {
    try {
      return answer.get(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OvsdbException refused) {
        // It was made on the thread that reads; who asked is of more use.
        refused.fillInStackTrace();
        throw refused;
      }
      throw new IllegalStateException(tried, e.getCause());
    }
  }
}

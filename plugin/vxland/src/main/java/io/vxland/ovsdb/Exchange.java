package io.vxland.ovsdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** Calls that wait for their answers, and messages that wait to be sent. For any thread. */
final class Exchange {
  /** Most bytes that wait to be sent; one message alone may have as many. */
  private static final long MAX_UNSENT = JsonStream.MAX_MESSAGE;

  /** Most calls without an answer, with those whose caller does not wait any more. */
  private static final int MAX_OPEN = 10_000;

  /** A message on its way; the call is null for an answer of ours. */
  private record Outgoing(Call<?> call, ByteBuffer bytes) {
    boolean isBegun() {
      return bytes.position() > 0;
    }
  }

  private final Map<Long, Call<?>> open = new LinkedHashMap<>();
  private final Deque<Outgoing> unsent = new ArrayDeque<>();
  private long unsentBytes;
  private OvsdbException end;

  /** Takes a call to be sent. */
  synchronized void add(Call<?> call) throws OvsdbException {
    if (end != null) {
      throw noConnection(call, false);
    }
    if (open.size() >= MAX_OPEN) {
      throw new OvsdbException(
          call.tried(), open.size() + " requests before this one have no answer from ovsdb-server");
    }
    if (unsentBytes + call.message().length > MAX_UNSENT) {
      throw new OvsdbException(
          call.tried(),
          call.message().length
              + " bytes are too many: at most "
              + MAX_UNSENT
              + " wait to be sent, and "
              + unsentBytes
              + " do");
    }
    open.put(call.id(), call);
    enqueue(new Outgoing(call, ByteBuffer.wrap(call.message())));
  }

  /** Takes an answer of ours to be sent. */
  synchronized void answer(byte[] message) throws IOException {
    if (unsentBytes + message.length > MAX_UNSENT) {
      throw new IOException("ovsdb-server asks and does not read what it is answered");
    }
    enqueue(new Outgoing(null, ByteBuffer.wrap(message)));
  }

  private void enqueue(Outgoing outgoing) {
    unsent.add(outgoing);
    unsentBytes += outgoing.bytes().remaining();
  }

  /** Takes a call back whose caller waits no longer; true if it was not sent and will not be. */
  synchronized boolean withdraw(Call<?> call) {
    for (Outgoing outgoing : unsent) {
      if (outgoing.call() == call && !outgoing.isBegun()) {
        unsent.remove(outgoing);
        unsentBytes -= outgoing.bytes().remaining();
        open.remove(call.id());
        return true;
      }
    }
    return false;
  }

  synchronized boolean hasUnsent() {
    return !unsent.isEmpty();
  }

  /** Sends as much as the channel takes now. */
  synchronized void send(WritableByteChannel channel) throws IOException {
    while (!unsent.isEmpty()) {
      Outgoing outgoing = unsent.element();
      unsentBytes -= channel.write(outgoing.bytes());
      if (outgoing.bytes().hasRemaining()) {
        return;
      }
      unsent.remove();
    }
  }

  /** Hands an answer to its call. */
  void answered(Message.Reply reply) throws MalformedException {
    Call<?> call;
    synchronized (this) {
      call = open.get(reply.id());
    }
    if (call == null) {
      throw new MalformedException("a reply to request " + reply.id() + ", which is not open");
    }
    call.answered(reply);
    synchronized (this) {
      open.remove(reply.id());
    }
  }

  /** Ends all calls that have no answer, and refuses those to come. */
  synchronized void end(OvsdbException reason) {
    end = reason;
    Map<Call<?>, Boolean> sent = new LinkedHashMap<>();
    open.values().forEach(call -> sent.put(call, true));
    for (Outgoing outgoing : unsent) {
      if (outgoing.call() != null && !outgoing.isBegun()) {
        sent.put(outgoing.call(), false);
      }
    }
    sent.forEach((call, was) -> call.failed(noConnection(call, was)));
    open.clear();
    unsent.clear();
    unsentBytes = 0;
  }

  private OvsdbException noConnection(Call<?> call, boolean sent) {
    return new OvsdbException(
        call.tried(),
        "the connection to ovsdb-server ended: " + end.words() + call.fate(sent),
        end);
  }
}

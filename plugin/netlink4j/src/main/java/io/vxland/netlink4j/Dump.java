package io.vxland.netlink4j;

import io.vxland.netlink4j.codec.Acknowledgement;
import io.vxland.netlink4j.codec.MessageReader;
import io.vxland.netlink4j.codec.MessageWriter;
import io.vxland.netlink4j.codec.Rtm;
import io.vxland.netlink4j.model.Errno;
import io.vxland.netlink4j.model.NetlinkException;

/** One dump, made anew a few times where changes interrupt it. */
final class Dump<T> {
  /** After so many interrupted dumps in a row the caller is told. */
  private static final int ATTEMPTS = 8;

  private final Transport transport;
  private final String operation;
  private final int requestType;
  private final Body body;
  private final Decoder<T> decoder;
  private boolean interrupted;
  private Throwable failure;

  /** Writes the fixed part and the filter. */
  interface Body {
    void write(MessageWriter writer);
  }

  /** Makes an entry of a message; null for one to pass over. */
  interface Decoder<T> {
    T read(MessageReader message) throws NetlinkException;
  }

  Dump(Transport transport, String operation, int requestType, Body body, Decoder<T> decoder) {
    this.transport = transport;
    this.operation = operation;
    this.requestType = requestType;
    this.body = body;
    this.decoder = decoder;
  }

  void into(DumpSink<? super T> sink) throws NetlinkException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      interrupted = false;
      sink.begin();
      once(sink);
      rethrow();
      if (!interrupted) {
        return;
      }
    }
    throw new NetlinkException(
        operation, Errno.EINTR, "changes interrupted the dump " + ATTEMPTS + " times", -1);
  }

  private void once(DumpSink<? super T> sink) throws NetlinkException {
    int sequence = transport.nextSequence();
    MessageWriter writer = transport.writer();
    writer.clear();
    writer.begin(requestType, Rtm.NLM_F_REQUEST | Rtm.NLM_F_DUMP, sequence);
    body.write(writer);
    writer.end();
    transport.send(operation);
    transport.receive(operation, sequence, sequence, message -> take(message, sink));
  }

  private boolean take(MessageReader message, DumpSink<? super T> sink) throws NetlinkException {
    interrupted |= (message.flags() & Rtm.NLM_F_DUMP_INTR) != 0;
    int type = message.type();
    if (type == Rtm.NLMSG_DONE || type == Rtm.NLMSG_ERROR) {
      Acknowledgement end = Acknowledgement.read(message);
      if (!end.isSuccess()) {
        throw end.toException(operation);
      }
      return true;
    }
    if (!interrupted && failure == null && type > Rtm.NLMSG_OVERRUN) {
      give(message, sink);
    }
    return false;
  }

  /**
   * A failure waits for the dump's end: the kernel refuses the next request while one is running.
   */
  private void give(MessageReader message, DumpSink<? super T> sink) {
    try {
      T entry = decoder.read(message);
      if (entry != null) {
        sink.accept(entry);
      }
    } catch (NetlinkException | RuntimeException | Error e) {
      failure = e;
    }
  }

  private void rethrow() throws NetlinkException {
    if (failure instanceof NetlinkException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }
}

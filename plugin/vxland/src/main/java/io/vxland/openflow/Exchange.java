package io.vxland.openflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Requests with numbers one after another, and what a switch answers to them. */
final class Exchange {
  private final MessageChannel channel;
  private final long deadline;
  private final int first;
  private final List<Refused> refused = new ArrayList<>();
  private int next;

  /**
   * What the switch refused.
   *
   * @param number of the request, 0 for the first
   * @param error what the switch said
   */
  record Refused(int number, SwitchError error) {}

  /**
   * Begins one.
   *
   * @param first the number of its first request
   * @param deadline in the sense of {@link System#nanoTime}
   */
  Exchange(MessageChannel channel, int first, long deadline) {
    this.channel = channel;
    this.first = first;
    this.next = first;
    this.deadline = deadline;
  }

  /** The number for a further request. */
  int xid() {
    return next++;
  }

  /** Will be sent by {@link #receive}. */
  void send(WireWriter requests) {
    channel.queue(requests);
  }

  /** What was refused so far, at most one for each request. */
  List<Refused> refused() {
    return refused;
  }

  /**
   * The next answer to a request.
   *
   * @param type which it must have
   * @return null if the switch refuses it
   * @throws MalformedException if anything else comes than errors of earlier requests
   */
  Message receive(int xid, int type) throws IOException, MalformedException {
    for (; ; ) {
      Message message = channel.next(deadline);
      if (message.version() != Message.VERSION) {
        throw new MalformedException("message of version " + message.version());
      }
      if (message.type() == Message.ECHO_REQUEST) {
        WireWriter reply = new WireWriter();
        Requests.echoReply(reply, message.xid(), message.body().rest());
        channel.queueEcho(reply);
      } else if (message.type() == Message.ERROR) {
        refuse(message);
        if (message.xid() == xid) {
          return null;
        }
      } else if (!message.isUnasked()) {
        if (message.xid() != xid || message.type() != type) {
          throw new MalformedException(
              "message of type " + message.type() + " that was not asked for");
        }
        return message;
      }
    }
  }

  private void refuse(Message message) throws MalformedException {
    int number = message.xid() - first;
    if (Integer.compareUnsigned(number, next - first) >= 0) {
      throw new MalformedException("error for a request that was not made");
    }
    if (refused.size() >= 2 * (next - first)) {
      throw new MalformedException("more errors than requests");
    }
    refused.add(new Refused(number, Replies.error(message.body()).error()));
  }

  /**
   * Tells of the first that was refused.
   *
   * @param mods what was asked for, one request each
   * @param before how many requests came before them
   * @param rest what became of the others
   */
  void orThrow(List<FlowMod> mods, int before, String rest) throws OpenFlowException {
    if (refused.isEmpty()) {
      return;
    }
    Refused told = refused.get(0);
    int index = told.number() - before;
    boolean one = index >= 0 && index < mods.size();
    throw OpenFlowException.refused(
        one ? mods.get(index).text() : "changing " + mods.size() + " flows", told.error(), rest);
  }
}

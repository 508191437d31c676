package io.vxland.openflow;

import java.io.IOException;
import java.util.List;

/** Changes that are made at once, or not at all (OpenFlow 1.4.0, 6.9). */
final class Bundle {
  private final Exchange exchange;
  private final int number;

  /**
   * Creates it.
   *
   * @param number that no other bundle of the connection has
   */
  Bundle(Exchange exchange, int number) {
    this.exchange = exchange;
    this.number = number;
  }

  /**
   * Errors of messages are known only behind a barrier: Open vSwitch would commit a bundle without
   * the message that it refused to add.
   */
  void make(List<FlowMod> mods) throws IOException, MalformedException, OpenFlowException {
    String none = "; none of " + mods.size() + " is done";
    WireWriter out = new WireWriter();
    int open = exchange.xid();
    Requests.bundleControl(out, open, number, Requests.OPEN);
    for (FlowMod mod : mods) {
      Requests.bundleAdd(out, exchange.xid(), number, mod);
    }
    int barrier = exchange.xid();
    Requests.barrier(out, barrier);
    exchange.send(out);
    check(exchange.receive(open, Message.BUNDLE_CONTROL), Requests.OPEN);
    exchange.receive(barrier, Message.BARRIER_REPLY);
    if (!exchange.refused().isEmpty()) {
      control(Requests.DISCARD);
      exchange.orThrow(mods, 1, none);
    }
    control(Requests.COMMIT);
    exchange.orThrow(mods, 1, none);
  }

  private void control(int type) throws IOException, MalformedException {
    WireWriter out = new WireWriter();
    int xid = exchange.xid();
    Requests.bundleControl(out, xid, number, type);
    exchange.send(out);
    check(exchange.receive(xid, Message.BUNDLE_CONTROL), type);
  }

  private void check(Message message, int type) throws MalformedException {
    if (message != null) {
      Replies.BundleReply reply = Replies.bundle(message.body());
      if (reply.bundle() != number || reply.type() != type + 1) {
        throw new MalformedException("reply of type " + reply.type() + " to bundle " + number);
      }
    }
  }
}

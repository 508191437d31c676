package io.vxland.openflow;

import java.util.List;

/** What is asked of a switch, on the wire. */
final class Requests {
  /** Bundle control types: each reply is one more than its request. */
  static final int OPEN = 0;

  static final int COMMIT = 4;
  static final int DISCARD = 6;

  static final int STATS_FLOW = 1;
  static final int STATS_PORT_DESCRIPTION = 13;

  private static final int HELLO_VERSIONS = 1;
  private static final int ATOMIC_AND_ORDERED = 3;

  private static final int ADD = 0;
  private static final int MODIFY_STRICT = 2;
  private static final int DELETE = 3;
  private static final int DELETE_STRICT = 4;

  static final int ALL_TABLES = 0xff;
  private static final int NONE = 0xffffffff;
  private static final int CONTROLLER = 0xfffffffd;
  private static final int APPLY_ACTIONS = 4;

  private Requests() {}

  /** Only OpenFlow 1.4. */
  static void hello(WireWriter out, int xid) {
    int start = out.begin(Message.HELLO, xid);
    out.u16(HELLO_VERSIONS);
    out.u16(8);
    out.u32(1 << Message.VERSION);
    out.end(start);
  }

  static void echo(WireWriter out, int xid) {
    out.end(out.begin(Message.ECHO_REQUEST, xid));
  }

  static void echoReply(WireWriter out, int xid, byte[] body) {
    int start = out.begin(Message.ECHO_REPLY, xid);
    out.bytes(body);
    out.end(start);
  }

  static void barrier(WireWriter out, int xid) {
    out.end(out.begin(Message.BARRIER_REQUEST, xid));
  }

  static void flowMod(WireWriter out, int xid, FlowMod mod) {
    if (mod instanceof FlowMod.Add add) {
      Flow flow = add.flow();
      flowMod(out, xid, ADD, flow.cookie(), 0, flow);
    } else if (mod instanceof FlowMod.Modify modify) {
      Flow flow = modify.flow();
      flowMod(out, xid, MODIFY_STRICT, flow.cookie(), -1, flow);
    } else if (mod instanceof FlowMod.Delete delete) {
      int start = beginFlowMod(out, xid, delete.cookie(), -1, delete.table(), DELETE_STRICT, 0, 0);
      endFlowMod(out, start, delete.priority(), delete.match());
    } else if (mod instanceof FlowMod.DeleteAll all) {
      int start = beginFlowMod(out, xid, all.cookie(), all.mask(), ALL_TABLES, DELETE, 0, 0);
      endFlowMod(out, start, Flow.DEFAULT_PRIORITY, Match.ANY);
    }
  }

  /** One that comes from no port, and is in no buffer. */
  static void packetOut(WireWriter out, int xid, List<Action> actions, byte[] frame) {
    int start = out.begin(Message.PACKET_OUT, xid);
    out.u32(NONE);
    out.u32(CONTROLLER);
    int length = out.length();
    out.u16(0);
    out.zeros(6);
    int begin = out.length();
    ActionCodec.write(out, actions);
    out.length(length, begin);
    out.bytes(frame);
    out.end(start);
  }

  private static void flowMod(
      WireWriter out, int xid, int command, long cookie, long mask, Flow flow) {
    int start =
        beginFlowMod(
            out, xid, cookie, mask, flow.table(), command, flow.idleTimeout(), flow.hardTimeout());
    restOfFlowMod(out, flow.priority(), flow.match());
    if (!flow.actions().isEmpty()) {
      int instruction = out.length();
      out.u16(APPLY_ACTIONS);
      out.u16(0);
      out.zeros(4);
      ActionCodec.write(out, flow.actions());
      out.length(instruction + 2, instruction);
    }
    out.end(start);
  }

  private static int beginFlowMod(
      WireWriter out,
      int xid,
      long cookie,
      long mask,
      int table,
      int command,
      int idleTimeout,
      int hardTimeout) {
    int start = out.begin(Message.FLOW_MOD, xid);
    out.u64(cookie);
    out.u64(mask);
    out.u8(table);
    out.u8(command);
    out.u16(idleTimeout);
    out.u16(hardTimeout);
    return start;
  }

  private static void endFlowMod(WireWriter out, int start, int priority, Match match) {
    restOfFlowMod(out, priority, match);
    out.end(start);
  }

  /** No buffered packet, whatever port or group, no flags, no importance. */
  private static void restOfFlowMod(WireWriter out, int priority, Match match) {
    out.u16(priority);
    out.u32(NONE);
    out.u32(NONE);
    out.u32(NONE);
    out.zeros(4);
    MatchCodec.write(out, match);
  }

  static void bundleControl(WireWriter out, int xid, int bundle, int type) {
    int start = out.begin(Message.BUNDLE_CONTROL, xid);
    out.u32(bundle);
    out.u16(type);
    out.u16(ATOMIC_AND_ORDERED);
    out.end(start);
  }

  /** Both messages must have one number. */
  static void bundleAdd(WireWriter out, int xid, int bundle, FlowMod mod) {
    int start = out.begin(Message.BUNDLE_ADD_MESSAGE, xid);
    out.u32(bundle);
    out.zeros(2);
    out.u16(ATOMIC_AND_ORDERED);
    flowMod(out, xid, mod);
    out.end(start);
  }

  /** The flows of a table, or of {@link #ALL_TABLES}. */
  static void flowStats(WireWriter out, int xid, int table, long cookie, long mask) {
    int start = beginMultipart(out, xid, STATS_FLOW);
    out.u8(table);
    out.zeros(3);
    out.u32(NONE);
    out.u32(NONE);
    out.zeros(4);
    out.u64(cookie);
    out.u64(mask);
    MatchCodec.write(out, Match.ANY);
    out.end(start);
  }

  static void portDescriptions(WireWriter out, int xid) {
    out.end(beginMultipart(out, xid, STATS_PORT_DESCRIPTION));
  }

  private static int beginMultipart(WireWriter out, int xid, int type) {
    int start = out.begin(Message.MULTIPART_REQUEST, xid);
    out.u16(type);
    out.u16(0);
    out.zeros(4);
    return start;
  }
}

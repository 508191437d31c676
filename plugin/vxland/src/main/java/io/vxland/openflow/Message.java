package io.vxland.openflow;

/**
 * A message without its header.
 *
 * @param version of OpenFlow, on the wire
 * @param type one of the constants here, or another
 * @param xid of the request that it answers
 * @param body what is behind the header
 */
record Message(int version, int type, int xid, WireReader body) {
  static final int VERSION = 5;
  static final int HEADER_BYTES = 8;

  static final int HELLO = 0;
  static final int ERROR = 1;
  static final int ECHO_REQUEST = 2;
  static final int ECHO_REPLY = 3;
  static final int PACKET_IN = 10;
  static final int FLOW_REMOVED = 11;
  static final int PORT_STATUS = 12;
  static final int PACKET_OUT = 13;
  static final int FLOW_MOD = 14;
  static final int MULTIPART_REQUEST = 18;
  static final int MULTIPART_REPLY = 19;
  static final int BARRIER_REQUEST = 20;
  static final int BARRIER_REPLY = 21;
  static final int ROLE_STATUS = 30;
  static final int TABLE_STATUS = 31;
  static final int REQUEST_FORWARD = 32;
  static final int BUNDLE_CONTROL = 33;
  static final int BUNDLE_ADD_MESSAGE = 34;

  /** Whether it comes without having been asked for. */
  boolean isUnasked() {
    return switch (type) {
      case PACKET_IN, FLOW_REMOVED, PORT_STATUS, ROLE_STATUS, TABLE_STATUS, REQUEST_FORWARD -> true;
      default -> false;
    };
  }
}

package io.vxland.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The classic BPF program (Linux, Documentation/networking/filter.rst) that picks, of all that goes
 * over a tap, what may tell an address of the guest: ARP, Neighbor Solicitations and
 * Advertisements, and DHCP from client to server. What the host sends to the guest is left out, and
 * what has a VLAN tag, which is not in the frame any more where the filter looks.
 */
final class TapFilter {
  /** Bytes of one instruction: struct sock_filter. */
  static final int INSTRUCTION = 8;

  private static final int LOAD_WORD = 0x20;
  private static final int LOAD_HALF = 0x28;
  private static final int LOAD_BYTE = 0x30;
  private static final int LOAD_HALF_BEHIND_X = 0x48;
  private static final int X_FROM_IP_HEADER_LENGTH = 0xB1;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int JUMP_IF_ANY_BIT = 0x45;
  private static final int RETURN = 0x06;

  /** Linux, include/uapi/linux/filter.h: SKF_AD_OFF and what is there. */
  private static final int ANCILLARY = -0x1000;

  private static final int PACKET_TYPE = ANCILLARY + 4;
  private static final int VLAN_TAG_PRESENT = ANCILLARY + 48;

  /** Linux, include/uapi/linux/if_packet.h. */
  private static final int PACKET_OUTGOING = 4;

  private static final int IPV6 = 8;
  private static final int IPV4 = 13;
  private static final int TAKE = 22;
  private static final int DROP = 23;

  private final ByteBuffer program;

  private TapFilter(int instructions) {
    program = ByteBuffer.allocate(instructions * INSTRUCTION).order(ByteOrder.nativeOrder());
  }

  /**
   * The program, an array of struct sock_filter.
   *
   * @param enough how many bytes of a frame are kept
   */
  static byte[] program(int enough) {
    return new TapFilter(DROP + 1)
        .load(LOAD_WORD, PACKET_TYPE)
        .jump(JUMP_IF_EQUAL, PACKET_OUTGOING, DROP, 2)
        .load(LOAD_WORD, VLAN_TAG_PRESENT)
        .jump(JUMP_IF_EQUAL, 0, 4, DROP)
        .load(LOAD_HALF, 12)
        .jump(JUMP_IF_EQUAL, 0x0806, TAKE, 6)
        .jump(JUMP_IF_EQUAL, 0x86DD, IPV6, 7)
        .jump(JUMP_IF_EQUAL, 0x0800, IPV4, DROP)
        // IPv6: the next header is ICMPv6, of type 135 or 136.
        .load(LOAD_BYTE, 20)
        .jump(JUMP_IF_EQUAL, 58, 10, DROP)
        .load(LOAD_BYTE, 54)
        .jump(JUMP_IF_EQUAL, 135, TAKE, 12)
        .jump(JUMP_IF_EQUAL, 136, TAKE, DROP)
        // IPv4: UDP, not a fragment, from port 68 to port 67.
        .load(LOAD_BYTE, 23)
        .jump(JUMP_IF_EQUAL, 17, 15, DROP)
        .load(LOAD_HALF, 20)
        .jump(JUMP_IF_ANY_BIT, 0x3FFF, DROP, 17)
        .load(X_FROM_IP_HEADER_LENGTH, 14)
        .load(LOAD_HALF_BEHIND_X, 14)
        .jump(JUMP_IF_EQUAL, 68, 20, DROP)
        .load(LOAD_HALF_BEHIND_X, 16)
        .jump(JUMP_IF_EQUAL, 67, TAKE, DROP)
        .load(RETURN, enough)
        .load(RETURN, 0)
        .program
        .array();
  }

  private TapFilter load(int code, int value) {
    return instruction(code, 0, 0, value);
  }

  /** Jumps lead to the instruction of a number, from 0. */
  private TapFilter jump(int code, int value, int whenTrue, int whenFalse) {
    int next = program.position() / INSTRUCTION + 1;
    return instruction(code, whenTrue - next, whenFalse - next, value);
  }

  private TapFilter instruction(int code, int whenTrue, int whenFalse, int value) {
    program.putShort((short) code).put((byte) whenTrue).put((byte) whenFalse).putInt(value);
    return this;
  }
}

package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.Errno;
import io.vxland.netlink4j.model.NetlinkException;

/** Goes through the messages of one datagram; may be used again for the next. */
public final class MessageReader {
  private byte[] bytes = new byte[0];
  private int next;
  private int limit;
  private int start;
  private int end;

  /** Begins at the first message of an array. */
  public void reset(byte[] array, int length) {
    bytes = array;
    next = 0;
    limit = length;
  }

  /**
   * Goes to the next message.
   *
   * @return false after the last
   * @throws NetlinkException if the bytes end within a message
   */
  public boolean next() throws NetlinkException {
    if (next >= limit) {
      return false;
    }
    int left = limit - next;
    if (left < Wire.HEADER_BYTES) {
      throw malformed("netlink message", next, left + " bytes cannot hold a header");
    }
    int length = Wire.s32(bytes, next);
    if (length < Wire.HEADER_BYTES || length > left) {
      throw malformed("netlink message", next, "length " + length + " with " + left + " left");
    }
    start = next;
    end = start + length;
    next = Math.min(limit, start + Wire.align(length));
    return true;
  }

  /** {@code RTM_*} or {@code NLMSG_*}. */
  public int type() {
    return Wire.u16(bytes, start + 4);
  }

  /** {@code NLM_F_*}. */
  public int flags() {
    return Wire.u16(bytes, start + 6);
  }

  public int sequence() {
    return Wire.s32(bytes, start + 8);
  }

  /** Port id of the socket that asked; 0 in notifications of the kernel's own making. */
  public int portId() {
    return Wire.s32(bytes, start + 12);
  }

  byte[] array() {
    return bytes;
  }

  /** First byte after the header. */
  int payload() {
    return start + Wire.HEADER_BYTES;
  }

  int end() {
    return end;
  }

  /** The fixed part's first byte, of which so many must be there. */
  int fixed(int size, String what) throws NetlinkException {
    if (end - payload() < size) {
      throw malformed(
          what, payload() - start, (end - payload()) + " bytes cannot hold its " + size);
    }
    return payload();
  }

  static NetlinkException malformed(String what, int at, String why) {
    return new NetlinkException("decode " + what, Errno.EBADMSG, why, at);
  }
}

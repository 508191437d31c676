package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.NetlinkException;

/**
 * What {@code NLMSG_ERROR} or the end of a dump says.
 *
 * @param errno positive; 0 for success
 * @param text the kernel's extended acknowledgement; empty for none
 * @param offset byte of the request it objects to; -1 for none
 */
public record Acknowledgement(int errno, String text, int offset) {
  private static final int NLMSGERR_ATTR_MSG = 1;
  private static final int NLMSGERR_ATTR_OFFS = 2;
  private static final int ERRNO_BYTES = 4;

  /** Reads {@code NLMSG_ERROR}, whose errno 0 is an acknowledgement, or {@code NLMSG_DONE}. */
  public static Acknowledgement read(MessageReader message) throws NetlinkException {
    byte[] bytes = message.array();
    int at = message.payload();
    if (message.type() == Rtm.NLMSG_DONE && message.end() - at < ERRNO_BYTES) {
      return new Acknowledgement(0, "", -1);
    }
    message.fixed(ERRNO_BYTES, "acknowledgement");
    int errno = -Wire.s32(bytes, at);
    if (message.type() == Rtm.NLMSG_DONE && errno <= 0) {
      return new Acknowledgement(0, "", -1);
    }
    int attributesAt = at + ERRNO_BYTES;
    if (message.type() == Rtm.NLMSG_ERROR) {
      message.fixed(ERRNO_BYTES + Wire.HEADER_BYTES, "acknowledgement");
      boolean capped = errno == 0 || (message.flags() & Rtm.NLM_F_CAPPED) != 0;
      int echoed = capped ? Wire.HEADER_BYTES : Wire.s32(bytes, attributesAt);
      if (echoed < Wire.HEADER_BYTES || echoed > message.end() - attributesAt) {
        throw MessageReader.malformed("acknowledgement", at, "request of " + echoed + " bytes");
      }
      attributesAt += Wire.align(echoed);
    }
    return withText(message, errno, attributesAt);
  }

  private static Acknowledgement withText(MessageReader message, int errno, int from)
      throws NetlinkException {
    String text = "";
    int offset = -1;
    if ((message.flags() & Rtm.NLM_F_ACK_TLVS) != 0) {
      Attributes attributes = new Attributes();
      attributes.reset(message.array(), from, message.end(), "acknowledgement");
      while (attributes.next()) {
        if (attributes.type() == NLMSGERR_ATTR_MSG) {
          text = attributes.string();
        } else if (attributes.type() == NLMSGERR_ATTR_OFFS) {
          offset = attributes.s32();
        }
      }
    }
    return new Acknowledgement(errno, text, offset);
  }

  /** Whether the kernel did as it was asked. */
  public boolean isSuccess() {
    return errno == 0;
  }

  /** As an error of an operation. */
  public NetlinkException toException(String operation) {
    return new NetlinkException(operation, errno, text, offset);
  }
}

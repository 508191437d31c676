package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.NetlinkException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * One message as text in which the order of attributes, the nested flag and the sequence number do
 * not count, for to the kernel they do not either.
 */
final class Canonical {
  private static final HexFormat HEX = HexFormat.of();

  /** Attributes that hold attributes, by message and path; a number after @ is a header to skip. */
  private static final Set<String> NESTS =
      Set.of("link.18", "link.18.2", "link.18.2.1", "link.26", "link.26.10", "link.12", "route.8");

  private Canonical() {}

  static String of(byte[] bytes) throws NetlinkException {
    MessageReader message = new MessageReader();
    message.reset(bytes, bytes.length);
    if (!message.next()) {
      throw new AssertionError("no message");
    }
    String kind =
        switch (message.type()) {
          case Rtm.NEWLINK, Rtm.DELLINK, Rtm.SETLINK -> "link";
          case Rtm.NEWADDR, Rtm.DELADDR -> "address";
          case Rtm.NEWROUTE, Rtm.DELROUTE -> "route";
          default -> "entry";
        };
    int fixed =
        switch (kind) {
          case "link" -> 16;
          case "address" -> 8;
          default -> 12;
        };
    Attributes attributes = new Attributes();
    attributes.reset(message, fixed, kind);
    // ACK is how an answer is asked for, and no part of the change.
    return message.type()
        + " flags "
        + Integer.toHexString(message.flags() & ~Rtm.NLM_F_ACK)
        + " fixed "
        + HEX.formatHex(bytes, message.payload(), message.payload() + fixed)
        + " "
        + tree(attributes, kind);
  }

  private static String tree(Attributes attributes, String path) throws NetlinkException {
    List<String> all = new ArrayList<>();
    while (attributes.next()) {
      String here = path + "." + attributes.type();
      if (NESTS.contains(here) && !(here.equals("link.18.2.1") && attributes.length() < 16)) {
        Attributes inner = new Attributes();
        // A veth's peer has a header as a link has.
        int skip = here.equals("link.18.2.1") && attributes.length() > 16 ? 16 : 0;
        inner.reset(
            attributes.array(),
            attributes.payload() + skip,
            attributes.payload() + attributes.length(),
            here);
        all.add(attributes.type() + tree(inner, here));
      } else {
        all.add(attributes.type() + "=" + HEX.formatHex(attributes.bytes()));
      }
    }
    Collections.sort(all);
    return all.toString();
  }
}

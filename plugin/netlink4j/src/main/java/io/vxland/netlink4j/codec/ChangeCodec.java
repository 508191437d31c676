package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.BridgePortSpec;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.InterfaceAddress;
import io.vxland.netlink4j.model.LinkSpec;
import io.vxland.netlink4j.model.Neighbour;
import io.vxland.netlink4j.model.Route;
import io.vxland.netlink4j.model.Subject;

/** Changes as messages. */
public final class ChangeCodec {
  private ChangeCodec() {}

  /**
   * Writes one change as one message.
   *
   * @param flags {@code NLM_F_*} beyond those that the verb asks for
   */
  public static void write(MessageWriter to, Change change, int flags, int sequence) {
    Subject subject = change.subject();
    boolean delete = change.verb() == Change.Verb.DELETE;
    int all = Rtm.NLM_F_REQUEST | flags | verbFlags(change);
    if (subject instanceof FdbEntry entry) {
      to.begin(delete ? Rtm.DELNEIGH : Rtm.NEWNEIGH, all, sequence);
      NeighbourCodec.write(to, entry);
    } else if (subject instanceof Neighbour neighbour) {
      to.begin(delete ? Rtm.DELNEIGH : Rtm.NEWNEIGH, all, sequence);
      NeighbourCodec.write(to, neighbour);
    } else if (subject instanceof LinkSpec link) {
      to.begin(delete ? Rtm.DELLINK : Rtm.NEWLINK, all, sequence);
      LinkCodec.write(to, link, delete);
    } else if (subject instanceof BridgePortSpec port) {
      to.begin(Rtm.SETLINK, all, sequence);
      LinkCodec.write(to, port);
    } else if (subject instanceof InterfaceAddress address) {
      to.begin(delete ? Rtm.DELADDR : Rtm.NEWADDR, all, sequence);
      AddressCodec.write(to, address);
    } else if (subject instanceof Route route) {
      to.begin(delete ? Rtm.DELROUTE : Rtm.NEWROUTE, all, sequence);
      RouteCodec.write(to, route);
    }
    to.end();
  }

  /**
   * A link is changed by a message without flags, and rtnetlink refuses NLM_F_REPLACE for it: to
   * replace one is to create or change it. Entries are changed by REPLACE without CREATE.
   */
  private static int verbFlags(Change change) {
    boolean link = change.subject() instanceof LinkSpec;
    return switch (change.verb()) {
      case CREATE -> Rtm.NLM_F_CREATE | Rtm.NLM_F_EXCL;
      case REPLACE -> link ? Rtm.NLM_F_CREATE : Rtm.NLM_F_CREATE | Rtm.NLM_F_REPLACE;
      case APPEND -> Rtm.NLM_F_CREATE | Rtm.NLM_F_APPEND;
      case CHANGE -> link || change.subject() instanceof BridgePortSpec ? 0 : Rtm.NLM_F_REPLACE;
      case DELETE -> 0;
    };
  }
}

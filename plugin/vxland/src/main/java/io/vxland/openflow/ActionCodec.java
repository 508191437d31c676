package io.vxland.openflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Actions on the wire (OpenFlow 1.4, 7.2.4; Nicira's in Open vSwitch's lib/ofp-actions.c). */
final class ActionCodec {
  private static final int OUTPUT = 0;
  private static final int PUSH_VLAN = 17;
  private static final int POP_VLAN = 18;
  private static final int GROUP = 22;
  private static final int SET_FIELD = 25;
  private static final int EXPERIMENTER = 0xffff;

  private static final int NICIRA = 0x2320;
  private static final int REG_MOVE = 6;
  private static final int REG_LOAD = 7;
  private static final int RESUBMIT_TABLE = 14;

  /** 64 bits from the first or the 64th on. */
  private static final int LOWER_HALF = 63;

  private static final int UPPER_HALF = 64 << 6 | 63;

  private static final int SAME_PORT = 0xfff8;
  private static final int MIN_BYTES = 8;
  private static final int HEADER_BYTES = 4;

  private ActionCodec() {}

  static void write(WireWriter out, List<Action> actions) {
    for (Action action : actions) {
      write(out, action);
    }
  }

  private static void write(WireWriter out, Action action) {
    int start = out.length();
    if (action instanceof Action.Output output) {
      begin(out, OUTPUT);
      out.u32(output.port().number());
      // How much of a packet goes to a controller; there is none.
      out.u16(0);
    } else if (action instanceof Action.Group group) {
      begin(out, GROUP);
      out.u32(group.id());
    } else if (action instanceof Action.SetField set) {
      begin(out, SET_FIELD);
      out.u32(Oxm.exact(set.field().header(), set.field().bytes()));
      out.value(set.value());
    } else if (action instanceof Action.Load load) {
      beginNicira(out, REG_LOAD);
      // Offset 0 in the upper ten bits, the number of bits less one in the lower six.
      out.u16(load.field().bytes() * Byte.SIZE - 1);
      out.u32(Oxm.exact(load.field().nxmHeader(), load.field().bytes()));
      out.u64(load.value().low());
    } else if (action instanceof Action.Move move) {
      beginNicira(out, REG_MOVE);
      out.u16(move.from().bytes() * Byte.SIZE);
      out.u16(0);
      out.u16(0);
      out.u32(Oxm.exact(move.from().nxmHeader(), move.from().bytes()));
      out.u32(Oxm.exact(move.to().nxmHeader(), move.to().bytes()));
    } else if (action instanceof Action.PushVlan push) {
      begin(out, PUSH_VLAN);
      out.u16(push.type());
    } else if (action instanceof Action.PopVlan) {
      begin(out, POP_VLAN);
      out.zeros(MIN_BYTES - HEADER_BYTES);
    } else if (action instanceof Action.Resubmit resubmit) {
      beginNicira(out, RESUBMIT_TABLE);
      out.u16(SAME_PORT);
      out.u8(resubmit.table());
    } else if (action instanceof Action.LoadHalf load) {
      beginNicira(out, REG_LOAD);
      out.u16(load.upper() ? UPPER_HALF : LOWER_HALF);
      out.u32(Oxm.exact(load.field().nxmHeader(), load.field().bytes()));
      out.u64(load.bits());
    } else if (action instanceof Action.Learn learn) {
      beginNicira(out, LearnCodec.subtype(learn));
      LearnCodec.write(out, learn);
    }
    out.pad(start);
    out.length(start + 2, start);
  }

  private static void begin(WireWriter out, int type) {
    out.u16(type);
    out.u16(0);
  }

  private static void beginNicira(WireWriter out, int subtype) {
    begin(out, EXPERIMENTER);
    out.u32(NICIRA);
    out.u16(subtype);
  }

  /**
   * Takes actions up to the end.
   *
   * @return empty if this library could not have made them
   * @throws MalformedException if they are none at all
   */
  static Optional<List<Action>> read(WireReader in) throws MalformedException {
    List<Action> actions = new ArrayList<>();
    boolean foreign = false;
    while (in.left() > 0) {
      int type = in.u16();
      int length = in.u16();
      if (length < MIN_BYTES || length % MIN_BYTES != 0) {
        throw new MalformedException("action of length " + length);
      }
      Action action = readKnown(type, in.part(length - HEADER_BYTES));
      if (action == null) {
        foreign = true;
      } else {
        actions.add(action);
      }
    }
    return foreign || actions.size() > Flow.MAX_ACTIONS ? Optional.empty() : Optional.of(actions);
  }

  private static Action readKnown(int type, WireReader body) throws MalformedException {
    try {
      return switch (type) {
        case OUTPUT -> new Action.Output(new Port(body.u32()));
        case PUSH_VLAN -> new Action.PushVlan(body.u16());
        case POP_VLAN -> new Action.PopVlan();
        case GROUP -> new Action.Group(body.u32());
        case SET_FIELD -> readSetField(body);
        case EXPERIMENTER -> body.u32() == NICIRA ? readNicira(body) : null;
        default -> null;
      };
    } catch (IllegalArgumentException notOfOurs) {
      return null;
    }
  }

  private static Action readSetField(WireReader body) throws MalformedException {
    int header = body.u32();
    WireReader content = body.part(Oxm.length(header));
    Field field = Field.of(header).orElse(null);
    if (field == null || Oxm.isMasked(header)) {
      return null;
    }
    if (content.left() != field.bytes()) {
      throw new MalformedException(
          "set_field of " + content.left() + " bytes into " + field.setName());
    }
    return new Action.SetField(field, content.value(field.bytes()));
  }

  private static Action readNicira(WireReader body) throws MalformedException {
    int subtype = body.u16();
    return switch (subtype) {
      case REG_MOVE -> readMove(body);
      case REG_LOAD -> readLoad(body);
      case LearnCodec.LEARN, LearnCodec.LEARN_LIMITED -> LearnCodec.read(subtype, body);
      case RESUBMIT_TABLE -> body.u16() == SAME_PORT ? new Action.Resubmit(body.u8()) : null;
      default -> null;
    };
  }

  private static Action readMove(WireReader body) throws MalformedException {
    int bits = body.u16();
    int fromOffset = body.u16();
    int toOffset = body.u16();
    Field from = wholeField(body.u32());
    // A field of an experimenter has a longer header: then what follows is not read here.
    Field to = from == null ? null : wholeField(body.u32());
    boolean whole =
        to != null && fromOffset == 0 && toOffset == 0 && bits == from.bytes() * Byte.SIZE;
    return whole ? new Action.Move(from, to) : null;
  }

  private static Action readLoad(WireReader body) throws MalformedException {
    int range = body.u16();
    Field field = wholeField(body.u32());
    if (field == null) {
      return null;
    }
    long number = body.u64();
    if (field.bytes() > Long.BYTES && (range == LOWER_HALF || range == UPPER_HALF)) {
      return new Action.LoadHalf(field, range == UPPER_HALF, number);
    }
    if (field.bytes() > Long.BYTES || range != field.bytes() * Byte.SIZE - 1) {
      return null;
    }
    return new Action.Load(field, new Value(field.bytes(), 0, number));
  }

  private static Field wholeField(int header) {
    Field field = Field.of(header).orElse(null);
    return field != null && header == Oxm.exact(Oxm.bare(header), field.bytes()) ? field : null;
  }
}

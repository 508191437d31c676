package io.vxland.openflow;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code learn} on the wire: struct nx_action_learn, or nx_action_learn2 where there is a limit
 * (Open vSwitch's lib/ofp-actions.c); behind it what is matched, and what is done.
 */
final class LearnCodec {
  static final int LEARN = 16;
  static final int LEARN_LIMITED = 45;

  private static final int BITS = 0x3ff;
  private static final int TO_MATCH = 0;
  private static final int TO_LOAD = 1 << 11;
  private static final int TO_OUTPUT = 2 << 11;
  private static final int SAID_HERE = 1 << 13;

  /** The port's older form, of two bytes, as the port of an output. */
  private static final int IN_PORT = Oxm.exact(Oxm.nxm(0), 2);

  private static final int OUTPUT_HERE = TO_OUTPUT | 16;

  private LearnCodec() {}

  static int subtype(Action.Learn learn) {
    return learn.limit() == 0 ? LEARN : LEARN_LIMITED;
  }

  /** What is behind the subtype. */
  static void write(WireWriter out, Action.Learn learn) {
    out.u16(0);
    out.u16(learn.hardTimeout());
    out.u16(learn.priority());
    out.u64(learn.cookie());
    out.u16(0);
    out.u8(learn.table());
    out.u8(0);
    out.u16(0);
    out.u16(0);
    if (learn.limit() != 0) {
      out.u32(learn.limit());
      out.u16(0);
      out.u16(0);
    }
    learn.lessons().forEach(lesson -> write(out, lesson));
  }

  private static void write(WireWriter out, Lesson lesson) {
    if (lesson instanceof Lesson.Is is) {
      said(out, TO_MATCH, is.value());
      field(out, is.field());
    } else if (lesson instanceof Lesson.Same same) {
      out.u16(TO_MATCH | bits(same.field()));
      field(out, same.from());
      field(out, same.field());
    } else if (lesson instanceof Lesson.Load load) {
      said(out, TO_LOAD, load.value());
      field(out, load.field());
    } else if (lesson instanceof Lesson.Copy copy) {
      out.u16(TO_LOAD | bits(copy.field()));
      field(out, copy.from());
      field(out, copy.field());
    } else {
      out.u16(OUTPUT_HERE);
      out.u32(IN_PORT);
      out.u16(0);
    }
  }

  /** Its length is a multiple of 16 bits. */
  private static void said(WireWriter out, int to, Value value) {
    out.u16(SAID_HERE | to | value.bytes() * Byte.SIZE);
    out.zeros(value.bytes() & 1);
    out.value(value);
  }

  private static int bits(Field field) {
    return field.bytes() * Byte.SIZE;
  }

  private static void field(WireWriter out, Field field) {
    out.u32(Oxm.exact(field.nxmHeader(), field.bytes()));
    out.u16(0);
  }

  /** Of all that can be learned, what {@link #write} writes; null for all else. */
  static Action.Learn read(int subtype, WireReader body) throws MalformedException {
    int idleTimeout = body.u16();
    int hardTimeout = body.u16();
    int priority = body.u16();
    long cookie = body.u64();
    int flags = body.u16();
    int table = body.u8();
    body.skip(1);
    int finIdle = body.u16();
    int finHard = body.u16();
    int limit = 0;
    int result = 0;
    if (subtype == LEARN_LIMITED) {
      limit = body.u32();
      result = body.u32();
    }
    boolean plain = idleTimeout == 0 && flags == 0 && finIdle == 0 && finHard == 0 && result == 0;
    // One without a limit is not written with room for it.
    if (!plain || limit < 0 || (subtype == LEARN_LIMITED && limit == 0)) {
      return null;
    }
    List<Lesson> lessons = new ArrayList<>();
    while (body.left() > 0) {
      boolean padded = body.left() < Long.BYTES && isZero(body.copy());
      if (padded) {
        break;
      }
      Lesson lesson = lesson(body.u16(), body);
      if (lesson == null) {
        return null;
      }
      lessons.add(lesson);
    }
    return new Action.Learn(table, priority, cookie, hardTimeout, limit, lessons);
  }

  private static boolean isZero(WireReader rest) throws MalformedException {
    boolean zero = true;
    while (rest.left() > 0) {
      zero &= rest.u8() == 0;
    }
    return zero;
  }

  private static Lesson lesson(int header, WireReader body) throws MalformedException {
    if (header == OUTPUT_HERE) {
      return body.u32() == IN_PORT && body.u16() == 0 ? new Lesson.OutputHere() : null;
    }
    int bits = header & BITS;
    int to = header & ~BITS & ~SAID_HERE;
    if ((to != TO_MATCH && to != TO_LOAD) || bits == 0 || bits % Byte.SIZE != 0) {
      return null;
    }
    int bytes = bits / Byte.SIZE;
    if ((header & SAID_HERE) != 0) {
      body.skip(bytes & 1);
      Value value = body.value(bytes);
      Field field = field(body, bytes);
      if (field == null) {
        return null;
      }
      return to == TO_MATCH ? new Lesson.Is(field, value) : new Lesson.Load(field, value);
    }
    Field from = field(body, bytes);
    Field field = from == null ? null : field(body, bytes);
    if (field == null) {
      return null;
    }
    return to == TO_MATCH ? new Lesson.Same(field, from) : new Lesson.Copy(from, field);
  }

  private static Field field(WireReader body, int bytes) throws MalformedException {
    int header = body.u32();
    int offset = body.u16();
    Field field = Field.of(header).orElse(null);
    boolean whole =
        field != null
            && offset == 0
            && field.bytes() == bytes
            && header == Oxm.exact(field.nxmHeader(), bytes);
    return whole ? field : null;
  }
}

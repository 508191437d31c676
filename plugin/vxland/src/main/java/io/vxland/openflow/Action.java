package io.vxland.openflow;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is done with a packet, one step (ovs-actions(7)). A packet with no step at all is dropped.
 */
public sealed interface Action {
  /** As {@code ovs-ofctl} prints it. */
  String text();

  /** Sends it out of a port; {@link Port#IN_PORT} sends it back. */
  record Output(Port port) implements Action {
    @Override
    public String text() {
      return port.number() > 0 ? "output:" + port.text() : port.text();
    }
  }

  /**
   * Hands it to a group.
   *
   * @param id 0 to 0xffffff00, unsigned
   */
  record Group(int id) implements Action {
    private static final int MAX = 0xffffff00;

    public Group {
      if (Integer.compareUnsigned(id, MAX) > 0) {
        throw new IllegalArgumentException(Integer.toUnsignedString(id) + " is no group");
      }
    }

    @Override
    public String text() {
      return "group:" + Integer.toUnsignedString(id);
    }
  }

  /** Sets a whole field. A VLAN needs the bit 0x1000 for "there is a tag". */
  record SetField(Field field, Value value) implements Action {
    private static final int TAG = 0x1000;

    public SetField {
      field.check(value);
      writable(field);
      if (field == Field.VLAN_VID && (value.low() & TAG) == 0) {
        throw new IllegalArgumentException("a VLAN is set with 0x1000, or the tag is taken off");
      }
    }

    @Override
    public String text() {
      return "set_field:" + field.text(value) + "->" + field.setName();
    }
  }

  /** Sets a whole field of at most 64 bits, by Nicira's older action. */
  record Load(Field field, Value value) implements Action {
    public Load {
      field.check(value);
      writable(field);
      if (field.bytes() > Long.BYTES) {
        throw new IllegalArgumentException(field.setName() + " is too long to be loaded");
      }
      if (field == Field.VLAN_VID) {
        throw new IllegalArgumentException("a VLAN is set by set_field");
      }
    }

    @Override
    public String text() {
      return "load:" + ValueText.hex(value.low()) + "->" + field.nxmName() + "[]";
    }
  }

  /**
   * Sets one half of a field of 128 bits, by Nicira's older action, which Open vSwitch makes of a
   * learned address.
   *
   * @param upper which half
   */
  record LoadHalf(Field field, boolean upper, long bits) implements Action {
    public LoadHalf {
      writable(field);
      if (field.bytes() != 2 * Long.BYTES) {
        throw new IllegalArgumentException(field.setName() + " has not 128 bits");
      }
    }

    @Override
    public String text() {
      return "load:"
          + ValueText.hex(bits)
          + "->"
          + field.nxmName()
          + (upper ? "[64..127]" : "[0..63]");
    }
  }

  /** Copies a whole field into another. */
  record Move(Field from, Field to) implements Action {
    public Move {
      writable(to);
      if (from.bytes() != to.bytes()) {
        throw new IllegalArgumentException(
            from.setName() + " and " + to.setName() + " have not the same length");
      }
      if (from == Field.VLAN_VID || to == Field.VLAN_VID) {
        throw new IllegalArgumentException("a VLAN is set by set_field");
      }
    }

    @Override
    public String text() {
      return "move:" + from.nxmName() + "[]->" + to.nxmName() + "[]";
    }
  }

  /**
   * Puts a VLAN tag on, of VLAN 0.
   *
   * @param type 0x8100 or 0x88a8
   */
  record PushVlan(int type) implements Action {
    private static final int CUSTOMER = 0x8100;
    private static final int SERVICE = 0x88a8;

    public PushVlan {
      if (type != CUSTOMER && type != SERVICE) {
        throw new IllegalArgumentException("a tag is of type 0x8100 or 0x88a8");
      }
    }

    @Override
    public String text() {
      return "push_vlan:0x" + Integer.toHexString(type);
    }
  }

  /** Takes the outer VLAN tag off, if there is one. */
  record PopVlan() implements Action {
    @Override
    public String text() {
      return "pop_vlan";
    }
  }

  /**
   * Looks the packet up in another table, as it is now, and goes on here after that.
   *
   * @param table 0 to 254
   */
  record Resubmit(int table) implements Action {
    public Resubmit {
      Flow.checkTable(table);
    }

    @Override
    public String text() {
      return "resubmit(," + table + ")";
    }
  }

  /**
   * Makes a flow, or gives it other actions, and gives it its whole time again if it is there
   * already. It does nothing else: what a packet is to do stands behind it.
   *
   * @param table of that flow, 0 to 254
   * @param priority of that flow, 0 to 65535
   * @param cookie of that flow
   * @param hardTimeout of that flow, seconds, 0 to 65535; 0 is never
   * @param limit of how many flows with this table and cookie no more is made; 0 is none
   * @param lessons what it matches and does
   */
  record Learn(
      int table, int priority, long cookie, int hardTimeout, int limit, List<Lesson> lessons)
      implements Action {
    public Learn {
      // Refuses what is out of range.
      Flow.of(table, priority, cookie, Match.ANY).hardTimeout(hardTimeout);
      if (limit < 0) {
        throw new IllegalArgumentException("limit " + limit + " is below 0");
      }
      lessons = List.copyOf(lessons);
      if (lessons.isEmpty()) {
        throw new IllegalArgumentException("there is nothing to learn");
      }
      checkPrerequisites(lessons);
    }

    private static void checkPrerequisites(List<Lesson> lessons) {
      Map<Field, Match.Bits> learned = new EnumMap<>(Field.class);
      for (Lesson lesson : lessons) {
        Field field = null;
        if (lesson instanceof Lesson.Is is) {
          field = is.field();
          learned.put(field, new Match.Bits(is.value(), Value.ones(field.bytes())));
        } else if (lesson instanceof Lesson.Same same) {
          field = same.field();
        }
        if (field != null && !field.prerequisite().holds(learned)) {
          throw new IllegalArgumentException(
              field.setName() + " needs " + field.prerequisite().words() + " learned before it");
        }
      }
    }

    /**
     * What is for a MAC address goes to the port that this packet came from.
     *
     * @param mac the address, its first byte the highest of six
     */
    public static Learn place(int table, int priority, long cookie, int hardTimeout, long mac) {
      List<Lesson> lessons =
          List.of(new Lesson.Is(Field.ETH_DST, Value.mac(mac)), new Lesson.OutputHere());
      return new Learn(table, priority, cookie, hardTimeout, 0, lessons);
    }

    @Override
    public String text() {
      return "learn(table="
          + table
          + (hardTimeout == 0 ? "" : ",hard_timeout=" + hardTimeout)
          + (priority == Flow.DEFAULT_PRIORITY ? "" : ",priority=" + priority)
          + (cookie == 0 ? "" : ",cookie=0x" + Long.toHexString(cookie))
          + (limit == 0 ? "" : ",limit=" + limit)
          + lessons.stream().map(lesson -> "," + lesson.text()).collect(Collectors.joining())
          + ")";
    }
  }

  private static void writable(Field field) {
    if (!field.isWritable()) {
      throw new IllegalArgumentException(field.setName() + " cannot be changed");
    }
  }
}

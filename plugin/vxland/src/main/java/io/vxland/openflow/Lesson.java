package io.vxland.openflow;

/**
 * One thing that a flow gets which a packet has the switch make ({@link Action.Learn}): what it
 * matches, or what it does. Its fields are whole. What a field needs to be matched comes before it.
 */
public sealed interface Lesson {
  /** As {@code ovs-ofctl} prints it. */
  String text();

  /** It matches a field of this content. */
  record Is(Field field, Value value) implements Lesson {
    public Is {
      field.check(value);
      matchable(field);
    }

    @Override
    public String text() {
      return field.setName() + "=" + field.text(value);
    }
  }

  /** It matches a field of the content that the packet has in one, maybe another. */
  record Same(Field field, Field from) implements Lesson {
    public Same {
      matchable(field);
      matchable(from);
      sameLength(from, field);
    }

    @Override
    public String text() {
      String to = field.nxmName() + "[]";
      return field == from ? to : to + "=" + from.nxmName() + "[]";
    }
  }

  /** It sets a field to this content. */
  record Load(Field field, Value value) implements Lesson {
    public Load {
      field.check(value);
      learnable(field);
      writable(field);
    }

    @Override
    public String text() {
      return "load:" + ValueText.hex(value) + "->" + field.nxmName() + "[]";
    }
  }

  /** It sets a field to the content that the packet has in another. */
  record Copy(Field from, Field field) implements Lesson {
    public Copy {
      learnable(field);
      learnable(from);
      writable(field);
      sameLength(from, field);
    }

    @Override
    public String text() {
      return "load:" + from.nxmName() + "[]->" + field.nxmName() + "[]";
    }
  }

  /** It sends out of the port that the packet came from. */
  record OutputHere() implements Lesson {
    @Override
    public String text() {
      return "output:NXM_OF_IN_PORT[]";
    }
  }

  private static void writable(Field field) {
    if (!field.isWritable()) {
      throw new IllegalArgumentException(field.setName() + " cannot be changed");
    }
  }

  /** A VLAN has a form of its own, and what can only be set is in no match. */
  private static void matchable(Field field) {
    if (field == Field.VLAN_VID || !field.isMatchable()) {
      throw new IllegalArgumentException(field.setName() + " is not learned");
    }
  }

  /** Of what needs something to be matched before it, nothing is set. */
  private static void learnable(Field field) {
    matchable(field);
    boolean odd = field == Field.IN_PORT || field == Field.ETH_TYPE;
    if (odd || field.prerequisite() != Prerequisite.NONE) {
      throw new IllegalArgumentException(field.setName() + " is not learned");
    }
  }

  private static void sameLength(Field from, Field to) {
    if (from.bytes() != to.bytes()) {
      throw new IllegalArgumentException(
          from.setName() + " and " + to.setName() + " have not the same length");
    }
  }
}

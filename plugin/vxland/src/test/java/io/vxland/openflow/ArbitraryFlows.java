package io.vxland.openflow;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/** Flows made by seeded chance: every field, mask and action that may stand together. */
final class ArbitraryFlows {
  private static final int[] TYPES = {
    EthType.IPV4, EthType.IPV6, EthType.IPV6, EthType.ARP, EthType.RARP, 0x88cc
  };
  private static final int[] PROTOCOLS = {1, 6, 17, 58, 58, 99};

  private static final List<Port> PORTS =
      List.of(Port.IN_PORT, Port.LOCAL, Port.NORMAL, Port.FLOOD, Port.ALL);
  private static final List<Field> FIELDS = List.copyOf(EnumSet.allOf(Field.class));

  private static final List<Field> LEARNED =
      List.of(
          Field.REG0,
          Field.TUNNEL_ID,
          Field.TUN_IPV4_SRC,
          Field.TUN_IPV4_DST,
          Field.TUN_IPV6_SRC,
          Field.TUN_IPV6_DST,
          Field.ETH_SRC,
          Field.ETH_DST);

  private final Random random;

  ArbitraryFlows(long seed) {
    random = new Random(seed);
  }

  Flow next() {
    Match match = match();
    List<Action> actions = new ArrayList<>();
    int count = random.nextInt(8);
    while (actions.size() < count) {
      actions.add(action(match));
    }
    return new Flow(
        random.nextInt(255),
        random.nextInt(0x10000),
        random.nextLong() >>> 1,
        random.nextBoolean() ? 0 : random.nextInt(0x10000),
        random.nextBoolean() ? 0 : random.nextInt(0x10000),
        match,
        actions);
  }

  private Match match() {
    Match match = Match.ANY;
    if (random.nextInt(4) == 0) {
      match = Flows.nd(random.nextBoolean() ? 135 : 136);
    } else if (random.nextInt(4) > 0) {
      match = match.ethType(TYPES[random.nextInt(TYPES.length)]);
    }
    if (random.nextBoolean()
        && !match.fields().containsKey(Field.IP_PROTO)
        && Field.IP_PROTO.prerequisite().holds(match.fields())) {
      match = match.with(Field.IP_PROTO, Value.u8(PROTOCOLS[random.nextInt(PROTOCOLS.length)]));
    }
    if (random.nextBoolean()
        && !match.fields().containsKey(Field.ICMPV6_TYPE)
        && Field.ICMPV6_TYPE.prerequisite().holds(match.fields())) {
      match = match.with(Field.ICMPV6_TYPE, Value.u8(random.nextBoolean() ? 135 : 136));
    }
    List<Field> fields = new ArrayList<>(FIELDS);
    Collections.shuffle(fields, random);
    for (Field field : fields) {
      if (random.nextInt(3) == 0
          && field.isMatchable()
          && !match.fields().containsKey(field)
          && field.prerequisite().holds(match.fields())) {
        match = with(match, field);
      }
    }
    return match;
  }

  private Match with(Match match, Field field) {
    return switch (field) {
      case IN_PORT ->
          match.inPort(random.nextBoolean() ? Port.LOCAL : new Port(1 + random.nextInt(65279)));
      case VLAN_VID -> withVlan(match);
      case ICMPV6_CODE -> match.with(field, Value.u8(0));
      case IP_PROTO, ICMPV6_TYPE, ETH_TYPE -> match;
      default -> withValue(match, field);
    };
  }

  private Match withVlan(Match match) {
    return switch (random.nextInt(3)) {
      case 0 -> match.tagged();
      case 1 -> match.untagged();
      default -> match.vlan(random.nextInt(4096));
    };
  }

  private Match withValue(Match match, Field field) {
    Value value = value(field);
    Value mask = value(field);
    if (!field.isMaskable() || random.nextBoolean() || mask.isZero()) {
      return match.with(field, value);
    }
    Value under = new Value(value.bytes(), value.high() & mask.high(), value.low() & mask.low());
    return match.with(field, under, mask);
  }

  private Value value(Field field) {
    long low = field == Field.ARP_OP ? random.nextInt(256) : random.nextLong();
    int bits = field.bytes() * Byte.SIZE;
    return new Value(
        field.bytes(),
        bits > Long.SIZE ? random.nextLong() : 0,
        bits < Long.SIZE ? low & ((1L << bits) - 1) : low);
  }

  private Action action(Match match) {
    return switch (random.nextInt(10)) {
      case 0 -> new Action.Output(new Port(1 + random.nextInt(65279)));
      case 1 -> new Action.Output(PORTS.get(random.nextInt(PORTS.size())));
      case 2 -> new Action.Group(random.nextInt(1 << 20));
      case 3 -> random.nextBoolean() ? new Action.PopVlan() : new Action.PushVlan(0x88a8);
      case 4 -> new Action.Resubmit(random.nextInt(255));
      case 5 -> new Action.SetField(Field.VLAN_VID, Value.u16(0x1000 | random.nextInt(4096)));
      case 6 ->
          new Action.Learn(
              random.nextInt(255),
              random.nextInt(0x10000),
              random.nextInt(1 << 30),
              random.nextInt(0x10000),
              random.nextBoolean() ? 0 : 1 + random.nextInt(1 << 30),
              lessons());
      case 7 ->
          new Action.LoadHalf(
              random.nextBoolean() ? Field.TUN_IPV6_SRC : Field.TUN_IPV6_DST,
              random.nextBoolean(),
              random.nextLong());
      default -> change(match);
    };
  }

  private List<Lesson> lessons() {
    List<Lesson> lessons = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      Field field = LEARNED.get(random.nextInt(LEARNED.size()));
      Field other = LEARNED.get(random.nextInt(LEARNED.size()));
      Field from = field.bytes() == other.bytes() ? other : field;
      lessons.add(
          switch (random.nextInt(5)) {
            case 0 -> new Lesson.Is(field, value(field));
            case 1 -> new Lesson.Same(field, from);
            case 2 -> new Lesson.Load(field, value(field));
            case 3 -> new Lesson.Copy(from, field);
            default -> new Lesson.OutputHere();
          });
    }
    return lessons;
  }

  private Action change(Match match) {
    Field field = writable(match);
    if (field.bytes() <= Long.BYTES && random.nextBoolean()) {
      return new Action.Load(field, value(field));
    }
    Field other = writable(match);
    return other.bytes() == field.bytes()
        ? new Action.Move(other, field)
        : new Action.SetField(field, value(field));
  }

  private Field writable(Match match) {
    for (; ; ) {
      Field field = FIELDS.get(random.nextInt(FIELDS.size()));
      if (field.isWritable()
          && field != Field.VLAN_VID
          && field.prerequisite().holds(match.fields())) {
        return field;
      }
    }
  }
}

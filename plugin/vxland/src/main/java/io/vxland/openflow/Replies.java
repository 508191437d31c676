package io.vxland.openflow;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a switch answers, from the wire. */
final class Replies {
  private static final int HELLO_VERSIONS = 1;
  private static final int APPLY_ACTIONS = 4;
  private static final int INSTRUCTION_BYTES = 8;
  private static final int NAME_BYTES = 16;
  private static final int LINK_DOWN = 1;
  private static final int MORE = 1;

  private Replies() {}

  /**
   * Whether a HELLO offers OpenFlow 1.4: by its bitmap of versions, or without one by the version
   * in its header, which then is the highest.
   */
  static boolean offersVersion(Message hello) throws MalformedException {
    WireReader in = hello.body();
    while (in.left() > 0) {
      int type = in.u16();
      int length = in.u16();
      if (length < 4) {
        throw new MalformedException("HELLO element of length " + length);
      }
      WireReader element = in.part(length - 4);
      // The last element may lack its padding.
      in.skip(Math.min(in.left(), -length & 7));
      if (type == HELLO_VERSIONS) {
        return (element.u32() & 1 << Message.VERSION) != 0;
      }
    }
    return hello.version() >= Message.VERSION;
  }

  /** What is refused, and words if the switch has some. */
  record Refusal(SwitchError error, String words) {}

  static Refusal error(WireReader in) throws MalformedException {
    int type = in.u16();
    int code = in.u16();
    int experimenter = type == SwitchError.EXPERIMENTER ? in.u32() : 0;
    String words = type == SwitchError.HELLO_FAILED ? printable(in) : "";
    return new Refusal(new SwitchError(type, code, experimenter), words);
  }

  /** Open vSwitch says why in ASCII; whatever else comes is not passed on. */
  private static String printable(WireReader in) throws MalformedException {
    StringBuilder words = new StringBuilder();
    while (in.left() > 0 && words.length() < 200) {
      int next = in.u8();
      words.append(next >= ' ' && next < 127 ? (char) next : '?');
    }
    return words.toString();
  }

  /**
   * One part of a reply in parts.
   *
   * @param type {@code OFPMP_*}
   * @param more whether more follow
   * @param body what is behind the header
   */
  record Part(int type, boolean more, WireReader body) {}

  static Part part(WireReader in) throws MalformedException {
    int type = in.u16();
    int flags = in.u16();
    in.skip(4);
    return new Part(type, (flags & MORE) != 0, in);
  }

  /** The control type and the bundle of a reply. */
  record BundleReply(int bundle, int type) {}

  static BundleReply bundle(WireReader in) throws MalformedException {
    return new BundleReply(in.u32(), in.u16());
  }

  static void flows(WireReader in, List<FlowEntry> entries) throws MalformedException {
    while (in.left() > 0) {
      int length = in.u16();
      entries.add(flow(in.part(length - 2)));
    }
  }

  private static FlowEntry flow(WireReader in) throws MalformedException {
    int table = in.u8();
    in.skip(1);
    long seconds = Integer.toUnsignedLong(in.u32());
    Duration age = Duration.ofSeconds(seconds, Integer.toUnsignedLong(in.u32()));
    int priority = in.u16();
    int idleTimeout = in.u16();
    int hardTimeout = in.u16();
    int flags = in.u16();
    int importance = in.u16();
    in.skip(2);
    long cookie = in.u64();
    long packets = in.u64();
    long bytes = in.u64();
    String content =
        String.format(
            java.util.Locale.ROOT,
            "%04x%04x%04x%04x%s",
            idleTimeout,
            hardTimeout,
            flags,
            importance,
            in.hex());
    Optional<Match> match = MatchCodec.read(in);
    Optional<List<Action>> actions = instructions(in);
    if (match.isPresent() && actions.isPresent() && flags == 0 && importance == 0) {
      try {
        Flow flow =
            new Flow(table, priority, cookie, idleTimeout, hardTimeout, match.get(), actions.get());
        return new FlowEntry.Known(flow, packets, bytes, age);
      } catch (IllegalArgumentException notOfOurs) {
        return new FlowEntry.Foreign(table, priority, cookie, content, packets, bytes);
      }
    }
    return new FlowEntry.Foreign(table, priority, cookie, content, packets, bytes);
  }

  /** The actions of the one instruction that is known, none if there is no instruction. */
  private static Optional<List<Action>> instructions(WireReader in) throws MalformedException {
    Optional<List<Action>> actions = Optional.of(List.of());
    int count = 0;
    while (in.left() > 0) {
      int type = in.u16();
      int length = in.u16();
      if (length < INSTRUCTION_BYTES || length % INSTRUCTION_BYTES != 0) {
        throw new MalformedException("instruction of length " + length);
      }
      WireReader body = in.part(length - 4);
      count++;
      if (type == APPLY_ACTIONS) {
        body.skip(4);
        actions = ActionCodec.read(body);
      } else {
        actions = Optional.empty();
      }
    }
    return count > 1 ? Optional.empty() : actions;
  }

  static void ports(WireReader in, List<PortDescription> ports) throws MalformedException {
    while (in.left() > 0) {
      WireReader all = in.copy();
      int number = all.u32();
      int length = all.u16();
      WireReader port = in.part(length);
      port.skip(4 + 2 + 2);
      long mac = port.value(6).low();
      port.skip(2);
      String name = name(port.part(NAME_BYTES));
      port.skip(4);
      int state = port.u32();
      if (!Port.isValid(number) || !new Port(number).isPlace()) {
        throw new MalformedException(
            "port " + Integer.toUnsignedString(number) + " among the ports of a bridge");
      }
      ports.add(new PortDescription(new Port(number), name, mac, (state & LINK_DOWN) != 0));
    }
  }

  private static String name(WireReader in) throws MalformedException {
    byte[] name = new byte[NAME_BYTES];
    int length = 0;
    while (in.left() > 0) {
      int next = in.u8();
      if (next == 0) {
        break;
      }
      name[length++] = (byte) next;
    }
    return new String(name, 0, length, StandardCharsets.UTF_8);
  }
}

package io.vxland.plan.ovs;

import io.vxland.openflow.Action;
import io.vxland.openflow.EthType;
import io.vxland.openflow.Field;
import io.vxland.openflow.Lesson;
import io.vxland.openflow.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * What is done with a frame that a filter drops: the switch makes a flow of its tap and of what it
 * claims, which counts it, and drops it.
 */
final class Claimed {
  /**
   * Seconds after the last such frame that the switch forgets what a tap has claimed: as long as
   * the daemon says that it goes on ({@code Offenders}).
   */
  private static final int FORGOTTEN = 600;

  /** What comes after so many on a switch is counted by tap only. */
  private static final int MOST = 1_000;

  private static final int PRIORITY = 10;

  private Claimed() {}

  /** Nothing of somebody's. */
  static List<Action> nothing() {
    return List.of(new Action.Resubmit(PortFilterFlows.DENIED));
  }

  /** A MAC address; to the switch, it is the frame's source from then on. */
  static List<Action> mac(Field where) {
    Lesson source = new Lesson.Same(Field.ETH_SRC, Field.ETH_SRC);
    return where == Field.ETH_SRC
        ? learn(List.of(), source)
        : learn(List.of(new Action.Move(where, Field.ETH_SRC)), source);
  }

  /** The sender of an ARP packet. */
  static List<Action> arpAddress() {
    return learn(List.of(), isOf(EthType.ARP), new Lesson.Same(Field.ARP_SPA, Field.ARP_SPA));
  }

  /** The source of an IPv4 packet. */
  static List<Action> ipv4() {
    return learn(List.of(), isOf(EthType.IPV4), new Lesson.Same(Field.IPV4_SRC, Field.IPV4_SRC));
  }

  /** The source of an IPv6 packet. */
  static List<Action> ipv6() {
    return ipv6(List.of());
  }

  /** The target of a neighbour advertisement. */
  static List<Action> ndTarget() {
    return ipv6(List.of(new Action.Move(Field.ND_TARGET, Field.IPV6_SRC)));
  }

  private static List<Action> ipv6(List<Action> before) {
    return learn(before, isOf(EthType.IPV6), new Lesson.Same(Field.IPV6_SRC, Field.IPV6_SRC));
  }

  private static Lesson isOf(int type) {
    return new Lesson.Is(Field.ETH_TYPE, Value.u16(type));
  }

  private static List<Action> learn(List<Action> before, Lesson... claim) {
    List<Lesson> lessons = new ArrayList<>();
    lessons.add(new Lesson.Same(Field.IN_PORT, Field.IN_PORT));
    lessons.addAll(List.of(claim));
    List<Action> actions = new ArrayList<>(before);
    actions.add(
        new Action.Learn(
            PortFilterFlows.CLAIMS, PRIORITY, SwitchOwnership.COOKIE, FORGOTTEN, MOST, lessons));
    actions.add(new Action.Resubmit(PortFilterFlows.CLAIMS));
    actions.addAll(nothing());
    return actions;
  }
}

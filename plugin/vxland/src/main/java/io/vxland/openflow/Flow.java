package io.vxland.openflow;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A flow: what a bridge does with the packets that match. Table, priority and match together are
 * its identity; adding one with the same takes the place of the old.
 *
 * @param table 0 to 254; packets begin at 0
 * @param priority 0 to 65535; the highest that matches counts
 * @param cookie of whoever made it, to find it again
 * @param idleTimeout seconds without a packet after which it goes, 0 to 65535; 0 is never
 * @param hardTimeout seconds after which it goes, 0 to 65535; 0 is never
 * @param match which packets
 * @param actions what is done, one after another; none drops the packet
 */
public record Flow(
    int table,
    int priority,
    long cookie,
    int idleTimeout,
    int hardTimeout,
    Match match,
    List<Action> actions) {
  /** The one that {@code ovs-ofctl} takes if none is said. */
  public static final int DEFAULT_PRIORITY = 32768;

  /** Cookie that OpenFlow reserves for "unchanged". */
  static final long NO_COOKIE = -1;

  static final int MAX_ACTIONS = 1000;

  private static final int MAX_TABLE = 254;
  private static final int MAX_U16 = 0xffff;

  public Flow {
    checkTable(table);
    checkPriority(priority);
    range("idle_timeout", idleTimeout, MAX_U16);
    range("hard_timeout", hardTimeout, MAX_U16);
    checkCookie(cookie);
    actions = List.copyOf(actions);
    if (actions.size() > MAX_ACTIONS) {
      throw new IllegalArgumentException(actions.size() + " actions are more than " + MAX_ACTIONS);
    }
    Map<Field, Match.Bits> fields = match.fields();
    for (Action action : actions) {
      checkPrerequisite(fields, action);
    }
  }

  /** One without timeouts. */
  public static Flow of(int table, int priority, long cookie, Match match, Action... actions) {
    return new Flow(table, priority, cookie, 0, 0, match, List.of(actions));
  }

  /** This one, which goes after so many seconds without a packet. */
  public Flow idleTimeout(int seconds) {
    return new Flow(table, priority, cookie, seconds, hardTimeout, match, actions);
  }

  /** This one, which goes after so many seconds. */
  public Flow hardTimeout(int seconds) {
    return new Flow(table, priority, cookie, idleTimeout, seconds, match, actions);
  }

  static void checkTable(int table) {
    range("table", table, MAX_TABLE);
  }

  static void checkPriority(int priority) {
    range("priority", priority, MAX_U16);
  }

  static void checkCookie(long cookie) {
    if (cookie == NO_COOKIE) {
      throw new IllegalArgumentException("cookie 0xffffffffffffffff is reserved");
    }
  }

  private static void range(String what, int value, int max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException(what + " " + value + " is not within 0 to " + max);
    }
  }

  /** Open vSwitch asks the flow's match, whatever earlier actions change. */
  private static void checkPrerequisite(Map<Field, Match.Bits> match, Action action) {
    if (action instanceof Action.SetField set) {
      checkPrerequisite(match, set.field(), action);
    } else if (action instanceof Action.Load load) {
      checkPrerequisite(match, load.field(), action);
    } else if (action instanceof Action.LoadHalf load) {
      checkPrerequisite(match, load.field(), action);
    } else if (action instanceof Action.Move move) {
      checkPrerequisite(match, move.from(), action);
      checkPrerequisite(match, move.to(), action);
    } else if (action instanceof Action.Learn learn) {
      for (Lesson lesson : learn.lessons()) {
        if (lesson instanceof Lesson.Same same) {
          checkPrerequisite(match, same.from(), action);
        }
      }
    }
  }

  private static void checkPrerequisite(Map<Field, Match.Bits> match, Field field, Action action) {
    if (!field.prerequisite().holds(match)) {
      throw new IllegalArgumentException(
          action.text() + " needs " + field.prerequisite().words() + " in the match");
    }
  }

  /** As {@code ovs-ofctl -O OpenFlow14} takes it, and prints it with {@code --no-stats}. */
  public String text() {
    String timeouts =
        (idleTimeout == 0 ? "" : "idle_timeout=" + idleTimeout + ", ")
            + (hardTimeout == 0 ? "" : "hard_timeout=" + hardTimeout + ", ");
    return "cookie=0x"
        + Long.toHexString(cookie)
        + ", table="
        + table
        + ", "
        + timeouts
        + which(priority, match)
        + "actions="
        + (actions.isEmpty()
            ? "drop"
            : actions.stream().map(Action::text).collect(Collectors.joining(",")));
  }

  /** Priority and match with a space behind them, or nothing if both are the default. */
  private static String which(int priority, Match match) {
    String text = identity(priority, match);
    return text.isEmpty() ? "" : text + " ";
  }

  static String identity(int priority, Match match) {
    String of = match.text();
    if (priority == DEFAULT_PRIORITY) {
      return of;
    }
    return "priority=" + priority + (of.isEmpty() ? "" : "," + of);
  }

  /**
   * What an administrator would type to add it.
   *
   * @param bridge its bridge's name
   */
  public String command(String bridge) {
    return new FlowMod.Add(this).command(bridge);
  }

  @Override
  public String toString() {
    return text();
  }
}

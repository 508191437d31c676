package io.vxland.openflow;

/** A change of a bridge's flows. */
public sealed interface FlowMod {
  /** What {@code ovs-ofctl} would be told: its command, before the bridge, and the flow. */
  record Spoken(String command, String flow) {}

  /** In {@code ovs-ofctl}'s words. */
  Spoken spoken();

  /**
   * What an administrator would type.
   *
   * @param bridge the bridge's name
   */
  default String command(String bridge) {
    Spoken spoken = spoken();
    return "ovs-ofctl -O OpenFlow14 "
        + spoken.command()
        + " "
        + bridge
        + " '"
        + spoken.flow()
        + "'";
  }

  /** For messages: what it is, without a bridge. */
  default String text() {
    Spoken spoken = spoken();
    return spoken.command() + " '" + spoken.flow() + "'";
  }

  /** Adds a flow; one with the same table, priority and match gives way, whoever made it. */
  record Add(Flow flow) implements FlowMod {
    @Override
    public Spoken spoken() {
      return new Spoken("add-flow", flow.text());
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /**
   * Gives other actions to the flow with exactly this table, priority, match and cookie. Its
   * counters and timeouts stay; where there is none, nothing happens.
   *
   * @param flow without timeouts
   */
  record Modify(Flow flow) implements FlowMod {
    public Modify {
      if (flow.idleTimeout() != 0 || flow.hardTimeout() != 0) {
        throw new IllegalArgumentException("timeouts stay as they were made");
      }
    }

    @Override
    public Spoken spoken() {
      String text = flow.text();
      int end = text.indexOf(',');
      return new Spoken("--strict mod-flows", text.substring(0, end) + "/-1" + text.substring(end));
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /**
   * Deletes the flow with exactly this table, priority, match and cookie. Where there is none,
   * nothing happens.
   *
   * @param table 0 to 254
   * @param priority 0 to 65535
   */
  record Delete(int table, int priority, long cookie, Match match) implements FlowMod {
    public Delete {
      Flow.checkTable(table);
      Flow.checkPriority(priority);
      Flow.checkCookie(cookie);
    }

    /** Deletes a flow, whatever its actions are by now. */
    public static Delete of(Flow flow) {
      return new Delete(flow.table(), flow.priority(), flow.cookie(), flow.match());
    }

    @Override
    public Spoken spoken() {
      String which = Flow.identity(priority, match);
      return new Spoken(
          "--strict del-flows",
          "cookie=0x"
              + Long.toHexString(cookie)
              + "/-1, table="
              + table
              + (which.isEmpty() ? "" : ", " + which));
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /**
   * Deletes all flows of all tables that have these bits in their cookie.
   *
   * @param cookie bits beyond the mask are zero
   * @param mask which bits count; not none, which would delete everybody's flows
   */
  record DeleteAll(long cookie, long mask) implements FlowMod {
    public DeleteAll {
      checkMasked(cookie, mask);
      if (mask == 0) {
        throw new IllegalArgumentException("a mask of no bits would delete everybody's flows");
      }
    }

    @Override
    public Spoken spoken() {
      return new Spoken(
          "del-flows",
          "cookie=0x"
              + Long.toHexString(cookie)
              + (mask == -1 ? "/-1" : "/0x" + Long.toHexString(mask)));
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /**
   * Refuses a cookie that has bits beyond its mask.
   *
   * @throws IllegalArgumentException if it has
   */
  static void checkMasked(long cookie, long mask) {
    if ((cookie & ~mask) != 0) {
      throw new IllegalArgumentException("cookie has bits beyond its mask");
    }
  }
}

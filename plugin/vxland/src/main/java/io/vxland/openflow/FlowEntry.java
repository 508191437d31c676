package io.vxland.openflow;

import java.time.Duration;

/** A flow that a bridge has, with what was counted. */
public sealed interface FlowEntry {
  /** 0 to 254. */
  int table();

  /** 0 to 65535. */
  int priority();

  /** Of whoever made it. */
  long cookie();

  /**
   * How many packets it took; without sign, -1 is unknown. Open vSwitch counts in its cache first:
   * it is up to half a second late, and credits a new flow with what went by in that time before it
   * came.
   */
  long packets();

  /** How many bytes these had; without sign, -1 is unknown. */
  long bytes();

  /**
   * One that this library could have made.
   *
   * @param age since the switch has it
   */
  record Known(Flow flow, long packets, long bytes, Duration age) implements FlowEntry {
    @Override
    public int table() {
      return flow.table();
    }

    @Override
    public int priority() {
      return flow.priority();
    }

    @Override
    public long cookie() {
      return flow.cookie();
    }
  }

  /**
   * One with fields, actions, instructions or flags that this library does not know.
   *
   * @param content its match and what is behind it, and flags, as hexadecimal digits: enough to see
   *     whether two are the same
   */
  record Foreign(int table, int priority, long cookie, String content, long packets, long bytes)
      implements FlowEntry {}
}

package io.vxland.daemon;

import io.vxland.model.InvalidValueException;
import io.vxland.model.Numbers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Checks how full the table of tracked connections is (nf_conntrack-sysctl.rst). Each inner flow is
 * a connection of its own to it, for the outer source port differs; where the table is full, the
 * first packets of further flows are dropped.
 */
final class ConnectionTracking implements Supplier<Findings> {
  private static final int FULL_PERCENT = 80;

  /** It is over when there is some room again, so that it is not told again and again. */
  private static final int ROOM_PERCENT = 70;

  private final Path settings;
  private boolean told;

  /**
   * Creates it.
   *
   * @param sysctls /proc/sys
   */
  ConnectionTracking(Path sysctls) {
    this.settings = sysctls.resolve("net/netfilter");
  }

  @Override
  public Findings get() {
    OptionalInt count = number("nf_conntrack_count");
    OptionalInt most = number("nf_conntrack_max");
    if (count.isEmpty() || most.isEmpty() || most.getAsInt() == 0) {
      told = false;
      return Findings.NONE;
    }
    long percent = count.getAsInt() * 100L / most.getAsInt();
    told = percent >= (told ? ROOM_PERCENT : FULL_PERCENT);
    return told
        ? Findings.warning(
            "connection tracking",
            "the table of tracked connections is nearly full (net.netfilter.nf_conntrack_max = "
                + most.getAsInt()
                + "), and when it is full, VXLAN packets of new flows are dropped; exempt VXLAN"
                + " from it as 'Connection tracking' in vxland(8) says, or raise the limit")
        : Findings.NONE;
  }

  private OptionalInt number(String name) {
    try {
      String text = Files.readString(settings.resolve(name), StandardCharsets.US_ASCII).strip();
      return OptionalInt.of(Numbers.parse(name, text, 0, Integer.MAX_VALUE));
    } catch (IOException | InvalidValueException absent) {
      return OptionalInt.empty();
    }
  }

  @Override
  public String toString() {
    return "connection tracking";
  }
}

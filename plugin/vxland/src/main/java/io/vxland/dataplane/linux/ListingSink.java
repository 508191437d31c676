package io.vxland.dataplane.linux;

import io.vxland.dataplane.Dataplane.Listing;
import io.vxland.dataplane.Forwarded;
import io.vxland.model.MacAddress;
import io.vxland.netlink4j.DumpSink;
import io.vxland.netlink4j.model.FdbEntry;
import java.util.ArrayList;
import java.util.List;

/** Gathers the FDB of one VXLAN device as people want to see it, and counts what is too much. */
final class ListingSink implements DumpSink<FdbEntry> {
  private final int mostLearned;
  private final List<Forwarded> entries = new ArrayList<>();
  private int learned;
  private long more;

  /**
   * Creates it.
   *
   * @param mostLearned how many learned entries are kept
   */
  ListingSink(int mostLearned) {
    this.mostLearned = mostLearned;
  }

  @Override
  public void begin() {
    entries.clear();
    learned = 0;
    more = 0;
  }

  @Override
  public void accept(FdbEntry entry) {
    if (!entry.isSelf() || entry.dst() == null || !entry.mac().isMac()) {
      return;
    }
    Forwarded.Origin origin = origin(entry);
    if (origin == Forwarded.Origin.LEARNED && ++learned > mostLearned) {
      more++;
      return;
    }
    entries.add(
        new Forwarded(Values.model(entry.mac()), ForwardingSink.destination(entry), origin));
  }

  private static Forwarded.Origin origin(FdbEntry entry) {
    if (Values.model(entry.mac()).equals(MacAddress.ZERO) || ActualReader.isOurs(entry)) {
      return Forwarded.Origin.OURS;
    }
    return entry.isStatic() || entry.isExternallyLearned()
        ? Forwarded.Origin.FOREIGN
        : Forwarded.Origin.LEARNED;
  }

  Listing listing() {
    return new Listing(entries, more);
  }
}

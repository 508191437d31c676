package io.vxland.bench;

import io.vxland.netlink4j.DumpSink;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.NetlinkException;
import java.io.PrintStream;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * netlink4j's side of tests/bench/netlink: {@code add DEVICE N} puts N static entries into a VXLAN
 * device's FDB, {@code warm DEVICE N} does so after 20,000 messages that change nothing, {@code
 * resync DEVICE N ROUNDS} reads them all and compares them with what is wanted. Prints seconds,
 * from the first entry made to the last acknowledgement or comparison.
 */
public final class FdbBench {
  private static final int VTEPS = 64;
  private static final int WARM_UP = 20_000;

  private FdbBench() {}

  public static void main(String[] arguments) throws NetlinkException {
    int count = Integer.parseUnsignedInt(arguments[2]);
    try (RtnetlinkConnection connection = RtnetlinkConnection.open()) {
      int ifindex =
          connection
              .link(arguments[1])
              .orElseThrow(() -> new IllegalArgumentException("no device " + arguments[1]))
              .index();
      if (arguments[0].equals("warm")) {
        warmUp(connection, ifindex);
      }
      if (!arguments[0].equals("resync")) {
        print(add(connection, ifindex, count));
      } else {
        Map<LinkAddress, FdbEntry> wanted = new HashMap<>(2 * count);
        for (int i = 0; i < count; i++) {
          FdbEntry entry = entry(ifindex, i);
          wanted.put(entry.mac(), entry);
        }
        for (int round = 0; round < Integer.parseUnsignedInt(arguments[3]); round++) {
          print(resync(connection, ifindex, wanted));
        }
      }
    }
  }

  private static FdbEntry entry(int ifindex, int i) {
    return FdbEntry.remote(
        ifindex, LinkAddress.mac(0x020000000000L | i), IpAddress.v4(0x0a000001 + i % VTEPS));
  }

  private static double add(RtnetlinkConnection connection, int ifindex, int count)
      throws NetlinkException {
    long from = System.nanoTime();
    connection.apply(() -> new Additions(ifindex, count)).orThrow();
    return (System.nanoTime() - from) / 1e9;
  }

  /** Messages that change nothing: the deletion of what is not there. */
  private static void warmUp(RtnetlinkConnection connection, int ifindex) throws NetlinkException {
    FdbEntry absent = FdbEntry.remote(ifindex, LinkAddress.mac(0x02ffffffffffL), IpAddress.v4(1));
    connection.apply(Collections.nCopies(WARM_UP, Change.delete(absent)));
  }

  private static double resync(
      RtnetlinkConnection connection, int ifindex, Map<LinkAddress, FdbEntry> wanted)
      throws NetlinkException {
    long from = System.nanoTime();
    Comparison comparison = new Comparison(ifindex, wanted);
    connection.dumpFdb(comparison);
    double seconds = (System.nanoTime() - from) / 1e9;
    if (comparison.same != wanted.size() || comparison.different != 0) {
      throw new IllegalStateException(
          comparison.same + " as wanted, " + comparison.different + " other");
    }
    return seconds;
  }

  /** Makes each change as it is asked for. */
  private static final class Additions implements Iterator<Change> {
    private final int ifindex;
    private final int count;
    private int next;

    Additions(int ifindex, int count) {
      this.ifindex = ifindex;
      this.count = count;
    }

    @Override
    public boolean hasNext() {
      return next < count;
    }

    @Override
    public Change next() {
      return Change.replace(entry(ifindex, next++));
    }
  }

  /** Counts what is as wanted and what is not. */
  private static final class Comparison implements DumpSink<FdbEntry> {
    private final int ifindex;
    private final Map<LinkAddress, FdbEntry> wanted;
    private int same;
    private int different;

    Comparison(int ifindex, Map<LinkAddress, FdbEntry> wanted) {
      this.ifindex = ifindex;
      this.wanted = wanted;
    }

    @Override
    public void begin() {
      same = 0;
      different = 0;
    }

    @Override
    public void accept(FdbEntry entry) {
      if (entry.ifindex() == ifindex && entry.isSelf() && !entry.mac().isMulticast()) {
        if (entry.equals(wanted.get(entry.mac()))) {
          same++;
        } else {
          different++;
        }
      }
    }
  }

  private static void print(double seconds) {
    PrintStream out =
        new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true);
    out.println(String.format(java.util.Locale.ROOT, "%.6f", seconds));
  }
}

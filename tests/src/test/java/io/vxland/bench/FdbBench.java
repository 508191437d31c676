package io.vxland.bench;

import io.vxland.netlink4j.DumpSink;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.NetlinkException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;

/**
 * netlink4j's side of tests/bench/netlink: {@code add DEVICE N} puts N static entries into a VXLAN
 * device's FDB, {@code warm DEVICE N} does so after 20,000 messages about one entry, {@code resync
 * DEVICE N ROUNDS} reads them all and compares them with what is wanted. Prints seconds, from the
 * first entry made to the last acknowledgement or comparison.
 */
public final class FdbBench {
  private static final int VTEPS = 64;
  private static final int WARM_UP = 20_000;

  private FdbBench() {}

  public static void main(String[] arguments) throws NetlinkException {
    // The clock's own classes are loaded before it counts.
    new Stopwatch().stop();
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

  private static Seconds add(RtnetlinkConnection connection, int ifindex, int count)
      throws NetlinkException {
    Stopwatch watch = new Stopwatch();
    connection.apply(() -> new Additions(ifindex, count)).orThrow();
    return watch.stop();
  }

  /** One entry over and over, then away with it. */
  private static void warmUp(RtnetlinkConnection connection, int ifindex) throws NetlinkException {
    FdbEntry entry = FdbEntry.remote(ifindex, LinkAddress.mac(0x02ffffffffffL), IpAddress.v4(1));
    connection.apply(Collections.nCopies(WARM_UP, Change.replace(entry))).orThrow();
    connection.apply(Change.delete(entry));
  }

  private static Seconds resync(
      RtnetlinkConnection connection, int ifindex, Map<LinkAddress, FdbEntry> wanted)
      throws NetlinkException {
    Stopwatch watch = new Stopwatch();
    Comparison comparison = new Comparison(ifindex, wanted);
    connection.dumpFdb(comparison);
    Seconds seconds = watch.stop();
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

  /**
   * What was measured.
   *
   * @param wall by the clock
   * @param cpu of the processor, this thread only: the compiler's threads are not in it
   */
  private record Seconds(double wall, double cpu) {}

  /** Starts when it is made. */
  private static final class Stopwatch {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final long cpu = THREADS.getCurrentThreadCpuTime();
    private final long wall = System.nanoTime();

    Seconds stop() {
      long wallNow = System.nanoTime();
      return new Seconds((wallNow - wall) / 1e9, (THREADS.getCurrentThreadCpuTime() - cpu) / 1e9);
    }
  }

  private static void print(Seconds seconds) {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
    out.println(String.format(Locale.ROOT, "%.6f %.6f", seconds.wall(), seconds.cpu()));
  }
}

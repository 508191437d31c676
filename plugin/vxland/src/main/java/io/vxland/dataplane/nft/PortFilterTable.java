package io.vxland.dataplane.nft;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.PortFilterDriver;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.Filter;
import io.vxland.plan.Change;
import io.vxland.plan.DeniedFrames;
import io.vxland.plan.PortFilter;
import io.vxland.plan.PortFilterText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Table {@code bridge vxland} of nftables: see {@link PortFilterText}. The program nft does the
 * work. Used by one thread.
 *
 * <p>The driver remembers which filters it has written, so that a change costs only the elements
 * that differ. What the kernel has is compared by stamps, which are in the table itself: they go
 * with it when somebody flushes the ruleset.
 */
public final class PortFilterTable implements PortFilterDriver {
  private static final String TABLE = PortFilterText.TABLE;

  private final NftProgram nft;
  private final Optional<String> unavailable;

  /** What is behind the stamps; empty where the table is of an earlier daemon, or may be. */
  private Optional<Map<Vni, PortFilter>> written = Optional.empty();

  private final Freshness freshness = new Freshness();
  private Filter known = Filter.missing("not read yet");
  private Stamps stamps = new Stamps();

  private PortFilterTable(NftProgram nft, Optional<String> unavailable) {
    this.nft = nft;
    this.unavailable = unavailable;
  }

  /** Opens it where the program works. Where it cannot do its work, it says so. */
  public static PortFilterTable open(NftProgram nft) {
    return new PortFilterTable(nft, nft.absent().or(() -> probe(nft)));
  }

  /**
   * Opens it where all of {@link #probe()} can be done.
   *
   * @param isThere whether there is a table to read
   */
  static PortFilterTable able(NftProgram nft, boolean isThere) {
    PortFilterTable table = new PortFilterTable(nft, Optional.empty());
    if (!isThere) {
      table.written = Optional.of(new HashMap<>());
      table.known = Filter.NONE;
      table.freshness.begins();
    }
    return table;
  }

  /** Everything that a filter asks of nft and kernel. In nft's check mode nothing of it stays. */
  static String probe() {
    return text(PortFilterText.emptyTable()).replace(TABLE, TABLE + "_probe");
  }

  private static Optional<String> probe(NftProgram nft) {
    return nft.refusal(probe())
        .map(words -> "this host's nftables cannot filter bridges: " + words);
  }

  private static String text(List<String> commands) {
    return String.join("\n", commands) + "\n";
  }

  @Override
  public Filter read() {
    if (freshness.isOver() || !known.isAvailable()) {
      known = unavailable.map(Filter::missing).orElseGet(this::readAnew);
    }
    return known;
  }

  @Override
  public void distrust() {
    freshness.distrust();
  }

  private Filter readAnew() {
    try {
      stamps.clear();
      Optional<String> listing = list("set", "stamps");
      if (listing.isEmpty()) {
        written = Optional.of(new HashMap<>());
        return Filter.NONE;
      }
      stamps.add(PortFilterListing.stamps(listing.get()));
      Map<Vni, Long> sums = stamps.sums();
      if (written.isPresent() && sums.equals(stamps(written.get()))) {
        return new Filter(true, "", sums, taps(written.get()), true);
      }
      written = Optional.empty();
      Map<InterfaceName, Vni> taps = new HashMap<>();
      list("map", "taps").ifPresent(json -> taps.putAll(PortFilterListing.taps(json)));
      return new Filter(true, "", sums, taps, false);
    } catch (DataplaneException | PortFilterListing.StrangeException failed) {
      return Filter.missing(failed.getMessage());
    }
  }

  private static Map<Vni, Long> stamps(Map<Vni, PortFilter> filters) {
    Map<Vni, Long> stamps = new HashMap<>();
    filters.forEach((vni, filter) -> stamps.put(vni, filter.stamp()));
    return stamps;
  }

  private static Map<InterfaceName, Vni> taps(Map<Vni, PortFilter> filters) {
    Map<InterfaceName, Vni> taps = new HashMap<>();
    filters.forEach((vni, filter) -> filter.ports().keySet().forEach(tap -> taps.put(tap, vni)));
    return taps;
  }

  /** Lists a set; empty if there is no such table. */
  private Optional<String> list(String kind, String name) throws DataplaneException {
    String purpose = "list " + kind + " " + TABLE + " " + name;
    NftProgram.Said said = nft.run(purpose, "", "-j", "list", kind, "bridge", "vxland", name);
    if (said.succeeded()) {
      return Optional.of(said.output());
    }
    if (said.words().startsWith("No such file or directory")) {
      return Optional.empty();
    }
    throw new DataplaneException(purpose + ": " + said.words());
  }

  @Override
  public List<Failure> apply(List<Change> changes) {
    if (changes.isEmpty()) {
      return List.of();
    }
    Map<Vni, PortFilter> after = new HashMap<>(written.orElse(Map.of()));
    Stamps stampsAfter = new Stamps(stamps);
    List<String> commands = commands(changes, after, stampsAfter);
    try {
      NftProgram.Said said = nft.run("change table " + TABLE, text(commands), "-f", "-");
      if (said.succeeded()) {
        boolean complete =
            written.isPresent() || changes.stream().noneMatch(PortFilterTable::isAdd);
        written = complete ? Optional.of(after) : Optional.empty();
        stamps = stampsAfter;
        known =
            complete && changes.stream().noneMatch(PortFilterTable::isAdd)
                ? new Filter(true, "", stamps(after), taps(after), true)
                : Filter.missing("changed since it was read");
        return List.of();
      }
      return failed(changes, said.words());
    } catch (DataplaneException failed) {
      return failed(changes, failed.getMessage());
    }
  }

  private List<Failure> failed(List<Change> changes, String words) {
    written = Optional.empty();
    known = Filter.missing("changed since it was read");
    return changes.stream().map(change -> new Failure(change, words)).toList();
  }

  private static boolean isAdd(Change change) {
    return change instanceof Change.AddPortFilter;
  }

  /** The commands, and in {@code after} what is there when they are done. */
  private List<String> commands(
      List<Change> changes, Map<Vni, PortFilter> after, Stamps stampsAfter) {
    List<String> commands = new ArrayList<>();
    boolean anew = written.isEmpty() && changes.stream().noneMatch(PortFilterTable::isAdd);
    if (anew) {
      commands.addAll(PortFilterText.emptyTable());
      stampsAfter.clear();
    } else if (known.stamps().isEmpty() && known.taps().isEmpty()) {
      // Nothing is in it; it may be there all the same.
      commands.addAll(PortFilterText.emptyTable());
    }
    List<String> elements = new ArrayList<>();
    for (Change change : changes) {
      if (change instanceof Change.AddPortFilter add) {
        PortFilter filter = add.filter();
        PortFilter before = after.getOrDefault(filter.vni(), PortFilterText.NOTHING);
        PortFilter both = before.and(filter);
        elements.addAll(PortFilterText.change(before, both));
        filter.ports().keySet().stream()
            .filter(tap -> !filter.vni().equals(known.taps().getOrDefault(tap, filter.vni())))
            .map(PortFilterText::removeTap)
            .forEach(elements::add);
        after.put(filter.vni(), both);
      } else if (change instanceof Change.SetPortFilter set) {
        Vni vni = set.filter().vni();
        PortFilter before = after.getOrDefault(vni, PortFilterText.NOTHING);
        List<String> these = PortFilterText.change(before, set.filter());
        boolean grows = these.stream().noneMatch(PortFilterText::deletes);
        stampsAfter.set(vni, set.filter().stamp(), grows, elements);
        elements.addAll(these);
        after.put(vni, set.filter());
      } else if (change instanceof Change.RemovePortFilter remove && !anew) {
        PortFilter before = after.getOrDefault(remove.vni(), PortFilterText.NOTHING);
        stampsAfter.remove(remove.vni(), elements);
        elements.addAll(PortFilterText.change(before, PortFilterText.NOTHING));
        after.remove(remove.vni());
      }
    }
    if (after.isEmpty()) {
      stampsAfter.clear();
      return List.of("add table " + TABLE, "delete table " + TABLE);
    }
    // A tap that goes to another network leaves its own first: an element has one value.
    elements.stream().filter(PortFilterText::deletes).forEach(commands::add);
    elements.stream().filter(each -> !PortFilterText.deletes(each)).forEach(commands::add);
    return commands;
  }

  @Override
  public Map<InterfaceName, DeniedFrames> denied() throws DataplaneException {
    if (unavailable.isPresent()) {
      return Map.of();
    }
    Optional<String> totals = list("set", "denied");
    if (totals.isEmpty()) {
      return Map.of();
    }
    try {
      Map<InterfaceName, Long> frames = PortFilterListing.counted(totals.get());
      if (frames.isEmpty()) {
        return Map.of();
      }
      Map<InterfaceName, Map<MacAddress, Long>> macs = new HashMap<>();
      Map<InterfaceName, Map<IpAddress, Long>> addresses = new HashMap<>();
      list("set", "denied_macs").ifPresent(json -> PortFilterListing.macs(json, macs));
      list("set", "denied_ip4s").ifPresent(json -> PortFilterListing.addresses(json, 4, addresses));
      list("set", "denied_ip6s")
          .ifPresent(json -> PortFilterListing.addresses(json, 16, addresses));
      Map<InterfaceName, Long> dhcp = counted("denied_dhcp");
      Map<InterfaceName, Long> router = counted("denied_router");
      Map<InterfaceName, DeniedFrames> denied = new TreeMap<>();
      frames.forEach(
          (tap, count) ->
              denied.put(
                  tap,
                  new DeniedFrames(
                      count,
                      macs.getOrDefault(tap, Map.of()),
                      addresses.getOrDefault(tap, Map.of()),
                      dhcp.getOrDefault(tap, 0L),
                      router.getOrDefault(tap, 0L))));
      return denied;
    } catch (PortFilterListing.StrangeException strange) {
      throw new DataplaneException("list table " + TABLE + ": " + strange.getMessage(), strange);
    }
  }

  private Map<InterfaceName, Long> counted(String set) throws DataplaneException {
    return list("set", set).map(PortFilterListing::counted).orElse(Map.of());
  }
}

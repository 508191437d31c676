package io.vxland.dataplane.nft;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.DeliveryDriver;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Guard;
import io.vxland.plan.Change;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Table {@code netdev vxland} of nftables, which is vxland's as a whole: a chain for each migration
 * tunnel, of the tunnel's name, drops what comes out of it, but for the frames of cards that are
 * put into their taps. The program nft does the work. Used by one thread.
 */
public final class DeliveryTable implements DeliveryDriver {
  static final String TABLE = "netdev vxland";

  private static final String LIST = "list table " + TABLE;

  /** Everything that a delivery asks of the kernel. In nft's check mode nothing of it stays. */
  static final String PROBE =
      """
      add table netdev vxland_probe
      add chain netdev vxland_probe lo { type filter hook ingress device "lo" priority 0; policy accept; }
      add rule netdev vxland_probe lo ether daddr 02:00:00:00:00:01 counter fwd to "lo"
      """;

  private final NftProgram nft;
  private final Optional<String> unavailable;

  /** It was not there when this was opened, and nobody has asked or made it since. */
  private boolean unmade;

  private DeliveryTable(NftProgram nft, Optional<String> unavailable) {
    this.nft = nft;
    this.unavailable = unavailable;
  }

  /** Opens it where the program works. Where it cannot do its work, it says so. */
  public static DeliveryTable open(NftProgram nft) {
    return new DeliveryTable(nft, nft.absent().or(() -> probe(nft)));
  }

  /**
   * Opens it where all of {@link #PROBE} can be done.
   *
   * @param isThere whether there is a table to read
   */
  static DeliveryTable able(NftProgram nft, boolean isThere) {
    DeliveryTable table = new DeliveryTable(nft, Optional.empty());
    table.unmade = !isThere;
    return table;
  }

  private static Optional<String> probe(NftProgram nft) {
    return nft.refusal(PROBE)
        .map(words -> "this kernel's nftables cannot forward at ingress: " + words);
  }

  /** Why it can deliver nothing; empty if it can. */
  public Optional<String> unavailable() {
    return unavailable;
  }

  @Override
  public Guard read() {
    if (unavailable.isPresent()) {
      return Guard.missing(unavailable.get());
    }
    if (unmade) {
      unmade = false;
      return Guard.available(Map.of());
    }
    Listing listing;
    try {
      listing = list();
    } catch (DataplaneException failed) {
      return Guard.unknown(failed.getMessage(), Map.of());
    }
    Map<InterfaceName, Map<MacAddress, InterfaceName>> guarded = new HashMap<>();
    listing
        .chains()
        .forEach(
            (device, chain) -> {
              if (chain.guards()) {
                Map<MacAddress, InterfaceName> taps = new TreeMap<>();
                chain.byMac().forEach((mac, rule) -> taps.put(mac, rule.tap()));
                guarded.put(device, taps);
              }
            });
    return Guard.available(guarded);
  }

  @Override
  public Map<InterfaceName, Map<MacAddress, Long>> counters() throws DataplaneException {
    Map<InterfaceName, Map<MacAddress, Long>> counters = new TreeMap<>();
    if (unavailable.isEmpty()) {
      list()
          .chains()
          .forEach(
              (device, chain) -> {
                Map<MacAddress, Long> frames = new TreeMap<>();
                chain.byMac().forEach((mac, rule) -> frames.put(mac, rule.frames()));
                counters.put(device, frames);
              });
    }
    return counters;
  }

  /**
   * {@inheritDoc}
   *
   * <p>As many as possible go in one transaction. To deliver for a card again replaces its
   * delivery, with no instant in between.
   */
  @Override
  public List<Failure> apply(List<Change> changes) {
    unmade = false;
    List<Failure> failures = new ArrayList<>();
    List<Change> together = new ArrayList<>();
    for (Change change : changes) {
      Optional<String> refusal = unavailable.or(() -> Script.refusal(change));
      if (!DeliveryDriver.isFor(change)) {
        throw new IllegalArgumentException("not a change of the delivery table: " + change);
      } else if (refusal.isPresent()) {
        failures.add(new Failure(change, refusal.get()));
      } else {
        if (!Script.joins(change, together)) {
          commit(together, failures);
          together.clear();
        }
        together.add(change);
      }
    }
    commit(together, failures);
    return failures;
  }

  /** A program that does not work at all is not tried for each of the changes. */
  private void commit(List<Change> changes, List<Failure> failures) {
    try {
      if (changes.isEmpty() || tryOnce(changes).isEmpty()) {
        return;
      }
    } catch (DataplaneException failed) {
      changes.forEach(change -> failures.add(new Failure(change, failed.getMessage())));
      return;
    }
    for (Change change : changes) {
      // A new listing each time: a device that goes may have taken its chain with it meanwhile.
      try {
        tryOnce(List.of(change)).ifPresent(words -> failures.add(new Failure(change, words)));
      } catch (DataplaneException failed) {
        failures.add(new Failure(change, failed.getMessage()));
      }
    }
  }

  /** Does all of it or nothing; returns nft's words if it was nothing. */
  private Optional<String> tryOnce(List<Change> changes) throws DataplaneException {
    List<String> lines = Script.of(changes, Script.standAlone(changes) ? Listing.NONE : list());
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    NftProgram.Said said =
        nft.run("change table " + TABLE, String.join("\n", lines) + "\n", "-f", "-");
    return said.succeeded() ? Optional.empty() : Optional.of(said.words());
  }

  private Listing list() throws DataplaneException {
    NftProgram.Said said = nft.run(LIST, "", "-j", "-a", "list", "table", "netdev", "vxland");
    if (!said.succeeded() && said.words().equals("No such file or directory")) {
      return Listing.NONE;
    }
    if (!said.succeeded()) {
      throw new DataplaneException(LIST + ": " + said.words());
    }
    try {
      return ListingParser.parse(said.output());
    } catch (IOException wrong) {
      throw new DataplaneException(LIST + ": " + wrong.getMessage(), wrong);
    }
  }
}

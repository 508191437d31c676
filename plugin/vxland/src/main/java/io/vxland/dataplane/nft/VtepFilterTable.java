package io.vxland.dataplane.nft;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.VtepDriver;
import io.vxland.model.Prefix;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.VtepTable;
import io.vxland.plan.Change;
import io.vxland.plan.VtepFilter;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Table {@link VtepFilter#TABLE} of nftables, which is vxland's as a whole. A change is one
 * transaction that replaces what decides; a rule's comment tells what the table was made for. The
 * program nft does the work, and reading starts a process, so it is read once a minute, and when
 * somebody says that it may have changed.
 */
public final class VtepFilterTable implements VtepDriver {
  private static final String GONE = "No such file or directory";

  private final NftProgram nft;
  private final Optional<String> unavailable;
  private VtepTable known = VtepTable.ABSENT;
  private final Freshness freshness = new Freshness();

  private VtepFilterTable(NftProgram nft, Optional<String> unavailable) {
    this.nft = nft;
    this.unavailable = unavailable;
  }

  /** Opens it where the program works. Where it cannot do its work, it says so. */
  public static VtepFilterTable open(NftProgram nft) {
    return new VtepFilterTable(nft, nft.absent().or(() -> probe(nft)));
  }

  /**
   * Opens it where all of {@link #probe()} can be done.
   *
   * @param isThere whether there is a table to read
   */
  static VtepFilterTable able(NftProgram nft, boolean isThere) {
    VtepFilterTable table = new VtepFilterTable(nft, Optional.empty());
    if (!isThere) {
      table.freshness.begins();
    }
    return table;
  }

  private static Optional<String> probe(NftProgram nft) {
    return nft.refusal(probe())
        .map(words -> "this host's nftables cannot match inside tunnelled packets: " + words);
  }

  /** Everything that a filter asks of nft and kernel. In nft's check mode nothing of it stays. */
  static String probe() {
    VtepFilter.Tunnel tunnel = new VtepFilter.Tunnel(UdpPort.VXLAN, new Vni(1), new Vni(1));
    VtepFilter any =
        new VtepFilter(
            new TreeSet<>(List.of(tunnel)),
            new TreeSet<>(),
            new TreeSet<>(List.of(Prefix.parse("192.0.2.0/24"))));
    return any.script(true).replace(VtepFilter.TABLE, VtepFilter.TABLE + "_probe");
  }

  @Override
  public VtepTable read() {
    if (unavailable.isPresent()) {
      return VtepTable.missing(unavailable.get());
    }
    if (freshness.isOver()) {
      known = list();
    }
    return known;
  }

  private VtepTable list() {
    String purpose = "list table " + VtepFilter.TABLE;
    try {
      NftProgram.Said said = nft.run(purpose, "", "-j", "list", "table", "inet", "vxland_vteps");
      if (!said.succeeded()) {
        return said.words().equals(GONE)
            ? VtepTable.ABSENT
            : VtepTable.missing(purpose + ": " + said.words());
      }
      return VtepListing.parse(said.output());
    } catch (DataplaneException failed) {
      freshness.distrust();
      return VtepTable.missing(failed.getMessage());
    } catch (IOException wrong) {
      return VtepTable.missing(purpose + ": " + wrong.getMessage());
    }
  }

  @Override
  public Optional<Failure> apply(Change change) {
    if (unavailable.isPresent()) {
      return Optional.of(new Failure(change, unavailable.get()));
    }
    try {
      return change instanceof Change.AcceptVteps accept ? accept(accept) : remove(change);
    } catch (DataplaneException failed) {
      freshness.distrust();
      return Optional.of(new Failure(change, failed.getMessage()));
    }
  }

  private Optional<Failure> remove(Change change) throws DataplaneException {
    String command = "delete table " + VtepFilter.TABLE;
    NftProgram.Said said = nft.run(command, command + "\n", "-f", "-");
    if (said.succeeded() || said.words().equals(GONE)) {
      known = VtepTable.ABSENT;
      return Optional.empty();
    }
    freshness.distrust();
    return Optional.of(new Failure(change, said.words()));
  }

  private Optional<Failure> accept(Change.AcceptVteps accept) throws DataplaneException {
    String script = accept.filter().script(accept.whole());
    String purpose = "change table " + VtepFilter.TABLE;
    NftProgram.Said said = nft.run(purpose, script, "-f", "-");
    if (!said.succeeded()) {
      // A table of that name that is otherwise made, by another version say.
      String remove = "add table " + VtepFilter.TABLE + "\ndelete table " + VtepFilter.TABLE + "\n";
      said = nft.run(purpose, remove + script, "-f", "-");
    }
    if (!said.succeeded()) {
      freshness.distrust();
      return Optional.of(new Failure(accept, said.words()));
    }
    known =
        VtepTable.of(
            accept.filter().fingerprint(accept.whole()), known.dropped(), known.strangers());
    return Optional.empty();
  }

  @Override
  public void distrust() {
    freshness.distrust();
  }
}

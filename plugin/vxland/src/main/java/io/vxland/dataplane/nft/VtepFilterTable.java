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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
  private static final Duration FRESH = Duration.ofSeconds(50);
  private static final String GONE = "No such file or directory";

  private final NftProgram nft;
  private final Optional<String> unavailable;
  private VtepTable known = VtepTable.ABSENT;
  private final Freshness freshness = new Freshness(FRESH);

  private VtepFilterTable(NftProgram nft, Optional<String> unavailable) {
    this.nft = nft;
    this.unavailable = unavailable;
  }

  /** Opens it in the network namespace of this process. Where it cannot work, it says so. */
  public static VtepFilterTable open() {
    return open(NftProgram.place(), Optional.empty());
  }

  /**
   * Opens it with a program and in a namespace.
   *
   * @param program where nft is
   * @param namespace a network namespace, such as /run/netns/NAME; empty: that of this process
   */
  public static VtepFilterTable open(Path program, Optional<Path> namespace) {
    NftProgram nft = NftProgram.in(program, namespace);
    return new VtepFilterTable(
        nft,
        Files.isExecutable(program) ? probe(nft) : Optional.of("there is no program " + program));
  }

  /** Asks for all that a filter needs of nft and kernel. In nft's check mode nothing stays. */
  private static Optional<String> probe(NftProgram nft) {
    VtepFilter.Tunnel tunnel = new VtepFilter.Tunnel(UdpPort.VXLAN, new Vni(1), new Vni(1));
    VtepFilter any =
        new VtepFilter(
            new TreeSet<>(List.of(tunnel)),
            new TreeSet<>(),
            new TreeSet<>(List.of(Prefix.parse("192.0.2.0/24"))));
    String script = any.script(true).replace(VtepFilter.TABLE, VtepFilter.TABLE + "_probe");
    return nft.refusal(script)
        .map(words -> "this host's nftables cannot match inside tunnelled packets: " + words);
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
    freshness.distrust();
    try {
      if (change instanceof Change.AcceptVteps accept) {
        return accept(accept);
      }
      NftProgram.Said said =
          nft.run(
              "delete table " + VtepFilter.TABLE,
              "delete table " + VtepFilter.TABLE + "\n",
              "-f",
              "-");
      return said.succeeded() || said.words().equals(GONE)
          ? Optional.empty()
          : Optional.of(new Failure(change, said.words()));
    } catch (DataplaneException failed) {
      return Optional.of(new Failure(change, failed.getMessage()));
    }
  }

  private Optional<Failure> accept(Change.AcceptVteps accept) throws DataplaneException {
    String script = accept.filter().script(accept.whole());
    String purpose = "change table " + VtepFilter.TABLE;
    NftProgram.Said said = nft.run(purpose, script, "-f", "-");
    if (!said.succeeded()) {
      // A table of that name that is otherwise made, by another version say.
      said =
          nft.run(
              purpose,
              "add table "
                  + VtepFilter.TABLE
                  + "\ndelete table "
                  + VtepFilter.TABLE
                  + "\n"
                  + script,
              "-f",
              "-");
    }
    if (!said.succeeded()) {
      return Optional.of(new Failure(accept, said.words()));
    }
    return Optional.empty();
  }

  @Override
  public void recheck() {
    freshness.distrust();
  }
}

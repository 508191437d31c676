package io.vxland.dataplane.nft;

import io.vxland.dataplane.DataplaneException;
import io.vxland.plan.FrameRules;
import io.vxland.plan.PortFilterText;
import io.vxland.plan.VtepFilter;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All tables of nftables that are vxland's, in one network namespace.
 *
 * @param deliveries takes frames out of migration tunnels
 * @param vteps drops tunnelled packets of strangers
 * @param frames treats frames for their size
 * @param filters keeps taps from sending what belongs to others
 */
public record Tables(
    DeliveryTable deliveries, VtepFilterTable vteps, FrameTables frames, PortFilterTable filters) {

  /**
   * Opens them. One run of nft asks which are there, and whether it and the kernel can do all of
   * it; where they cannot, each table asks for itself and says what is missing.
   */
  public static Tables open(NftProgram nft) {
    Optional<Set<String>> there = nft.absent().isPresent() ? Optional.empty() : ask(nft);
    return there
        .map(
            names ->
                new Tables(
                    DeliveryTable.able(nft, names.contains(DeliveryTable.TABLE)),
                    VtepFilterTable.able(nft, names.contains(VtepFilter.TABLE)),
                    FrameTables.able(
                        nft,
                        Stream.of(FrameRules.BRIDGE, FrameRules.NETDEV)
                            .anyMatch(family -> names.contains(family + " " + FrameRules.TABLE))),
                    PortFilterTable.able(nft, names.contains(PortFilterText.TABLE))))
        .orElseGet(
            () ->
                new Tables(
                    DeliveryTable.open(nft),
                    VtepFilterTable.open(nft),
                    FrameTables.open(nft),
                    PortFilterTable.open(nft)));
  }

  /**
   * The tables that are there, ours and others', with those of the probes, which nft lists, too;
   * empty if not all can be done.
   */
  private static Optional<Set<String>> ask(NftProgram nft) {
    String script =
        "list tables\n"
            + DeliveryTable.PROBE
            + VtepFilterTable.probe()
            + FrameTables.PROBE
            + FrameTables.TAP_PROBE
            + PortFilterTable.probe();
    try {
      NftProgram.Said said = nft.run("check what nftables can do", script, "-c", "-f", "-");
      return said.succeeded()
          ? Optional.of(
              said.output()
                  .lines()
                  .map(line -> line.replaceFirst("^table ", ""))
                  .collect(Collectors.toSet()))
          : Optional.empty();
    } catch (DataplaneException failed) {
      return Optional.empty();
    }
  }
}

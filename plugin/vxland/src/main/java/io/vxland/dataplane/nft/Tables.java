package io.vxland.dataplane.nft;

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
   * Opens them. One run of nft asks whether it and the kernel can do all of it; where they cannot,
   * each table asks for itself and says what is missing.
   */
  public static Tables open(NftProgram nft) {
    String all =
        DeliveryTable.PROBE
            + VtepFilterTable.probe()
            + FrameTables.PROBE
            + FrameTables.TAP_PROBE
            + PortFilterTable.probe();
    return nft.absent().or(() -> nft.refusal(all)).isEmpty()
        ? new Tables(
            DeliveryTable.able(nft),
            VtepFilterTable.able(nft),
            FrameTables.able(nft),
            PortFilterTable.able(nft))
        : new Tables(
            DeliveryTable.open(nft),
            VtepFilterTable.open(nft),
            FrameTables.open(nft),
            PortFilterTable.open(nft));
  }
}

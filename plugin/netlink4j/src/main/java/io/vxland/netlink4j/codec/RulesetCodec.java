package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.RulesetChange;
import io.vxland.netlink4j.model.RulesetTable;
import java.util.Optional;

/**
 * Notifications of nftables: {@code struct nfgenmsg} and {@code NFTA_*}
 * (linux/netfilter/nfnetlink.h and nf_tables.h).
 */
public final class RulesetCodec {
  private static final int NFNL_SUBSYS_NFTABLES = 10;
  private static final int HEADER = 4;

  /** {@code NFT_MSG_NEWGEN}: from it on, messages are of no table. */
  private static final int NEWGEN = 15;

  private static final int GETGEN = 16;

  /**
   * {@code NFTA_TABLE_NAME}, {@code NFTA_CHAIN_TABLE}, {@code NFTA_RULE_TABLE} and so on: the same
   * number in all of them.
   */
  private static final int TABLE = 1;

  private RulesetCodec() {}

  /** Reads which table a notification is of, and whose; empty if it is of no table. */
  public static Optional<RulesetChange> read(MessageReader message) throws NetlinkException {
    int type = message.type() & 0xFF;
    if (message.type() >> 8 != NFNL_SUBSYS_NFTABLES || type == NEWGEN || type == GETGEN) {
      return Optional.empty();
    }
    int at = message.fixed(HEADER, "ruleset");
    int family = Wire.u8(message.array(), at);
    Attributes attributes = new Attributes();
    attributes.reset(message, HEADER, "ruleset");
    while (attributes.next()) {
      if (attributes.type() == TABLE) {
        return Optional.of(
            new RulesetChange(new RulesetTable(family, attributes.string()), message.portId()));
      }
    }
    return Optional.empty();
  }
}

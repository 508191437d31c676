package io.vxland.netlink4j.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.RulesetChange;
import io.vxland.netlink4j.model.RulesetTable;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Linux 6.18 told a socket in NFNLGRP_NFTABLES of what nft 1.0.6 did. */
class RulesetCodecTest {
  /** {@code nft add table netdev vxland}, and the new generation that every commit ends with. */
  private static final String TABLE =
      "3c000000000a0000010000003b680000050000020b00010076786c616e6400000800030000000001"
          + "0c000400000000000000000108000200000000002c0000000f0a0000010000003b68000000000002"
          + "0800010000000002080002000000683b080003006e667400";

  /** {@code nft add rule netdev vxland br0 counter}. */
  private static final String RULE =
      "64000000060a000c0100000076690000050000040b00010076786c616e6400000800020062723000"
          + "0c0003000000000000000003300004002c0001000c000100636f756e746572001c0002000c000100"
          + "00000000000000000c00020000000000000000002c0000000f0a0000010000007669000000000004"
          + "08000100000000040800020000006976080003006e667400";

  /** {@code nft flush ruleset} with a table of another family in it: chains, then tables. */
  private static final String FLUSH =
      "34000000050a0000010000006e6a0000050000050b00010076786c616e6400000800030062723000"
          + "0c000200000000000000000134000000020a0000010000006e6a0000050000050b00010076786c61"
          + "6e64000008000300000000000c000400000000000000000134000000050a0000010000006e6a0000"
          + "010000050a0001006f7468657200000006000300630000000c000200000000000000000134000000"
          + "020a0000010000006e6a0000010000050a0001006f7468657200000008000300000000000c000400"
          + "00000000000000022c0000000f0a0000010000006e6a000000000005080001000000000508000200"
          + "00006a6e080003006e667400";

  private static List<RulesetTable> tables(String hex) throws NetlinkException {
    return changes(hex).stream().map(RulesetChange::table).toList();
  }

  private static List<RulesetChange> changes(String hex) throws NetlinkException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    MessageReader messages = new MessageReader();
    messages.reset(bytes, bytes.length);
    List<RulesetChange> changes = new ArrayList<>();
    while (messages.next()) {
      RulesetCodec.read(messages).ifPresent(changes::add);
    }
    return changes;
  }

  @Test
  void eachChangeNamesItsTable() throws NetlinkException {
    RulesetTable vxland = new RulesetTable(RulesetTable.NETDEV, "vxland");
    RulesetTable other = new RulesetTable(1, "other");
    assertThat(tables(TABLE)).containsExactly(vxland);
    assertThat(tables(RULE)).containsExactly(vxland);
    assertThat(tables(FLUSH)).containsExactly(vxland, vxland, other, other);
  }

  /** nft leaves the choice to the kernel: it is the process id of each of the three runs. */
  @Test
  void eachChangeNamesThePortOfItsAuthor() throws NetlinkException {
    assertThat(changes(TABLE)).extracting(RulesetChange::portId).containsExactly(0x683b);
    assertThat(changes(RULE)).extracting(RulesetChange::portId).containsExactly(0x6976);
    assertThat(changes(FLUSH)).extracting(RulesetChange::portId).containsOnly(0x6a6e);
  }

  @Test
  void whatIsOfNoTableIsNone() throws NetlinkException {
    for (Golden link : Golden.dumps()) {
      assertThat(tables(link.hex())).as(link.toString()).isEmpty();
    }
  }
}

package io.vxland.openflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What switches are taught, in the bytes that {@code ovs-ofctl parse-actions OpenFlow14} reads. */
class LearnGoldenTest {
  private static final String BEGIN = "0000012c0064000000000000000100000200" + "00000000";
  private static final String KEY = "2040" + "0000000000001389" + "000120080000";
  private static final String SENDER = "0030" + "000004060000" + "000002060000";

  static Stream<Arguments> learned() {
    Lesson key = new Lesson.Is(Field.TUNNEL_ID, Value.u64(5001));
    Lesson sender = new Lesson.Same(Field.ETH_DST, Field.ETH_SRC);
    Lesson there = new Lesson.Copy(Field.TUN_IPV4_SRC, Field.TUN_IPV4_DST);
    Lesson here = new Lesson.Load(Field.TUN_IPV6_DST, Value.ipv6(0xfd99000000000000L, 1));
    return Stream.of(
        Arguments.of(
            new Action.Learn(2, 100, 1, 300, 0, List.of(key, sender, there)),
            "tun_id=0x1389,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],"
                + "load:NXM_NX_TUN_IPV4_SRC[]->NXM_NX_TUN_IPV4_DST[]",
            "ffff0050000023200010" + BEGIN + KEY + SENDER + "082000013e04000000014004000000000000"),
        Arguments.of(
            new Action.Learn(2, 100, 1, 300, 8192, List.of(key, sender, there)),
            "limit=8192,tun_id=0x1389,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],"
                + "load:NXM_NX_TUN_IPV4_SRC[]->NXM_NX_TUN_IPV4_DST[]",
            "ffff005800002320002d"
                + BEGIN
                + "0000200000000000"
                + KEY
                + SENDER
                + "082000013e04000000014004000000000000"),
        Arguments.of(
            new Action.Learn(2, 100, 1, 300, 8192, List.of(key, sender, here)),
            "limit=8192,tun_id=0x1389,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],"
                + "load:0xfd990000000000000000000000000001->NXM_NX_TUN_IPV6_DST[]",
            "ffff006000002320002d"
                + BEGIN
                + "0000200000000000"
                + KEY
                + SENDER
                + "2880fd9900000000000000000000000000010001dc1000000000"));
  }

  @ParameterizedTest
  @MethodSource("learned")
  void itIsWrittenReadAndPrintedAsOpenVswitchDoes(Action.Learn learn, String lessons, String bytes)
      throws MalformedException {
    WireWriter out = new WireWriter();
    ActionCodec.write(out, List.of(learn));
    assertThat(HexFormat.of().formatHex(out.toBytes())).isEqualTo(bytes);
    assertThat(ActionCodec.read(new WireReader(out.toBytes())))
        .isEqualTo(Optional.of(List.of(learn)));
    assertThat(learn.text())
        .isEqualTo("learn(table=2,hard_timeout=300,priority=100,cookie=0x1," + lessons + ")");
  }

  @Test
  void whatNoFlowCanLearnIsRefused() {
    assertThatThrownBy(() -> new Action.Learn(2, 1, 1, 0, 0, List.of()))
        .hasMessage("there is nothing to learn");
    assertThatThrownBy(() -> new Lesson.Same(Field.ETH_DST, Field.TUNNEL_ID))
        .hasMessage("tun_id and eth_dst have not the same length");
    assertThatThrownBy(() -> new Lesson.Is(Field.VLAN_VID, Value.u16(0x1001)))
        .hasMessage("vlan_vid is not learned");
    Lesson address = new Lesson.Same(Field.ARP_SPA, Field.ARP_SPA);
    assertThatThrownBy(() -> new Action.Learn(2, 1, 1, 0, 0, List.of(address)))
        .hasMessage("arp_spa needs eth_type ARP or RARP learned before it");
    Action learn =
        new Action.Learn(
            2, 1, 1, 0, 0, List.of(new Lesson.Is(Field.ETH_TYPE, Value.u16(EthType.ARP)), address));
    assertThatThrownBy(() -> Flow.of(0, 1, 1, Match.ANY, learn))
        .hasMessageContaining("needs eth_type ARP or RARP in the match");
    assertThatThrownBy(() -> new Lesson.Copy(Field.TUN_IPV4_SRC, Field.ARP_SPA))
        .hasMessage("arp_spa is not learned");
    assertThatThrownBy(() -> new Action.Learn(2, 1, 1, 0, -1, List.of(new Lesson.OutputHere())))
        .hasMessage("limit -1 is below 0");
  }
}

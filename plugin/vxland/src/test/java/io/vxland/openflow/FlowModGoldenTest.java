package io.vxland.openflow;

import static io.vxland.openflow.Flows.BACK;
import static io.vxland.openflow.Flows.MAC_1;
import static io.vxland.openflow.Flows.MAC_7;
import static io.vxland.openflow.Flows.NORMAL;
import static io.vxland.openflow.Flows.OURS;
import static io.vxland.openflow.Flows.TO_VX;
import static io.vxland.openflow.Flows.set;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Changes of flows are the bytes that {@code ovs-ofctl} 3.1.0 sends for the same text. The bytes
 * were taken by a proxy between {@code ovs-ofctl -O OpenFlow14 add-flow unix:PROXY TEXT} and the
 * management socket of a bridge with the userspace datapath; the text is what {@code ovs-ofctl -O
 * OpenFlow14 --no-stats dump-flows} printed after that, with {@code table=0} where it leaves it
 * out.
 */
class FlowModGoldenTest {
  /** ovs-ofctl's number of a flow mod that is its first. */
  private static final int XID = 6;

  private static final String ANY_PORT = "ffffffffffffffffffffffff00000000";

  static Stream<Arguments> flows() {
    List<Flow> nd = Flows.ndAnswer();
    return Stream.of(
        golden(
            Flows.knownMac(),
            "cookie=0x7678000000000001, table=0, priority=200,dl_dst=52:54:00:00:00:01"
                + " actions=output:1",
            "050e0058000000067678000000000001000000000000000000000000000000c8",
            "0001000e8000060652540000000100000004001800000000000000100000000100000000",
            "00000000"),
        golden(
            Flow.of(
                0,
                200,
                1,
                Match.ANY.inPort(Flows.VX).tunnelId(5001).ethSrc(0x525400000002L).ethDst(MAC_1),
                new Action.Output(Port.LOCAL)),
            "cookie=0x1, table=0, priority=200,tun_id=0x1389,in_port=1,dl_src=52:54:00:00:00:02,"
                + "dl_dst=52:54:00:00:00:01 actions=LOCAL",
            "050e0078000000060000000000000001000000000000000000000000000000c8",
            "0001002c8000000400000001800008065254000000028000060652540000000180004c08",
            "000000000000138900000000000400180000000000000010fffffffe0000000000000000"),
        golden(
            Flow.of(0, 1, 1, Match.ANY, NORMAL),
            "cookie=0x1, table=0, priority=1 actions=NORMAL",
            "050e005000000006000000000000000100000000000000000000000000000001",
            "0001000400000000000400180000000000000010fffffffa0000000000000000"),
        golden(
            Flow.of(0, Flow.DEFAULT_PRIORITY, 1, Match.ANY),
            "cookie=0x1, table=0, actions=drop",
            "050e003800000006000000000000000100000000000000000000000000008000",
            "0001000400000000"),
        golden(
            Flow.of(
                    3,
                    5,
                    1,
                    Match.ANY.vlan(100),
                    new Action.PopVlan(),
                    BACK,
                    new Action.Output(Port.FLOOD),
                    new Action.Output(Port.ALL))
                .idleTimeout(10)
                .hardTimeout(20),
            "cookie=0x1, table=3, idle_timeout=10, hard_timeout=20, priority=5,dl_vlan=100 "
                + "actions=pop_vlan,IN_PORT,FLOOD,ALL",
            "050e008000000006000000000000000100000000000000000300000a00140005",
            "0001000a80000c0210640000000000000004004000000000001200080000000000000010",
            "fffffff8000000000000000000000010fffffffb000000000000000000000010fffffffc",
            "0000000000000000"),
        golden(
            Flow.of(
                0,
                6,
                1,
                Match.ANY.untagged(),
                new Action.PushVlan(0x8100),
                set(Field.VLAN_VID, Value.u16(0x1064)),
                TO_VX),
            "cookie=0x1, table=0, priority=6,vlan_tci=0x0000/0x1fff "
                + "actions=push_vlan:0x8100,set_field:4196->vlan_vid,output:1",
            "050e007000000006000000000000000100000000000000000000000000000006",
            "0001000a80000c0200000000000000000004003000000000001100088100000000190010",
            "80000c02106400000000000000000010000000010000000000000000"),
        golden(
            Flow.of(
                0,
                7,
                1,
                Match.ANY
                    .tagged()
                    .with(Field.ETH_DST, Value.mac(0x010000000000L), Value.mac(0x010000000000L)),
                new Action.Resubmit(1)),
            "cookie=0x1, table=0, priority=7,vlan_tci=0x1000/0x1000,"
                + "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=resubmit(,1)",
            "050e006800000006000000000000000100000000000000000000000000000007",
            "0001001c8000070c01000000000001000000000080000d04100010000000000000040018",
            "00000000ffff001000002320000efff801000000"),
        golden(
            Flow.of(
                0,
                100,
                1,
                Match.ANY.ethDst(0x525400000003L),
                set(Field.TUNNEL_ID, Value.u64(16777215 - 5001)),
                set(Field.TUN_IPV4_DST, Value.ipv4(0x0a630002)),
                TO_VX,
                set(Field.TUN_IPV6_DST, Value.ipv6(0xfd99000000000000L, 2)),
                TO_VX),
            "cookie=0x1, table=0, priority=100,dl_dst=52:54:00:00:00:03 "
                + "actions=set_field:0xffec76->tun_id,set_field:10.99.0.2->tun_dst,output:1,"
                + "set_field:fd99::2->tun_ipv6_dst,output:1",
            "050e00a000000006000000000000000100000000000000000000000000000064",
            "0001000e80000606525400000003000000040060000000000019001080004c0800000000",
            "00ffec7600190010000140040a6300020000000000000010000000010000000000000000",
            "001900180001dc10fd990000000000000000000000000002000000100000000100000000",
            "00000000"),
        golden(
            Flows.arpAnswer(),
            "cookie=0x1, table=0, priority=300,arp,arp_tpa=10.0.0.7,arp_op=1 "
                + "actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],"
                + "set_field:52:54:00:00:00:07->eth_src,load:0x2->NXM_OF_ARP_OP[],"
                + "move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],"
                + "set_field:52:54:00:00:00:07->arp_sha,set_field:10.0.0.7->arp_spa,IN_PORT",
            "050e00f00000000600000000000000010000000000000000000000000000012c",
            "0001001880000a02080680002a02000180002e040a000007000400a800000000ffff0018",
            "000023200006003000000000000004060000020600190010800008065254000000070000",
            "ffff0018000023200007000f00001e020000000000000002ffff00180000232000060030",
            "000000000001220600012406ffff00180000232000060020000000000000200400002204",
            "001900108000300652540000000700000019001080002c040a0000070000000000000010",
            "fffffff80000000000000000"),
        golden(
            nd.get(0),
            "cookie=0x1, table=0, priority=301,icmp6,icmp_type=135,icmp_code=0,nd_target=fd00::7 "
                + "actions=set_field:136->icmpv6_type,set_field:0->icmpv6_code,"
                + "set_field:2->nd_options_type,resubmit(,1)",
            "050e00a80000000600000000000000010000000000000000000000000000012d",
            "0001002d80000a0286dd800014013a80003a018780003c010080003e10fd000000000000",
            "00000000000000000700000000040048000000000019001080003a018800000000000000",
            "0019001080003c01000000000000000000190010100004010200000000000000ffff0010",
            "00002320000efff801000000"),
        golden(
            nd.get(1),
            "cookie=0x1, table=1, priority=301,icmp6,icmp_type=136,icmp_code=0,nd_target=fd00::7 "
                + "actions=set_field:1610612736->nd_reserved,"
                + "move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],set_field:52:54:00:00:00:07->eth_src,"
                + "move:NXM_NX_IPV6_SRC[]->NXM_NX_IPV6_DST[],set_field:fd00::7->ipv6_src,"
                + "set_field:52:54:00:00:00:07->nd_tll,IN_PORT",
            "050e00f00000000600000000000000010000000000000000010000000000012d",
            "0001002d80000a0286dd800014013a80003a018880003c010080003e10fd000000000000",
            "000000000000000007000000000400900000000000190010100002046000000000000000",
            "ffff00180000232000060030000000000000040600000206001900108000080652540000",
            "00070000ffff001800002320000600800000000000012610000128100019001880003410",
            "fd0000000000000000000000000000070019001080004206525400000007000000000010",
            "fffffff80000000000000000"),
        golden(
            Flow.of(
                0,
                9,
                1,
                Match.ANY
                    .ethType(EthType.ARP)
                    .with(Field.ARP_SPA, Value.ipv4(0x0a000000), Value.ipv4(0xff000000))
                    .with(Field.ARP_TPA, Value.ipv4(0x0a000000), Value.ipv4(0xff00ff00))
                    .with(Field.ARP_OP, Value.u16(2))
                    .with(Field.ARP_SHA, Value.mac(0x525400000000L), Value.mac(0xffff00000000L)),
                new Action.Group(5)),
            "cookie=0x1, table=0, priority=9,arp,arp_spa=10.0.0.0/8,arp_tpa=10.0.0.0/255.0.255.0,"
                + "arp_op=2,arp_sha=52:54:00:00:00:00/ff:ff:00:00:00:00 actions=group:5",
            "050e007800000006000000000000000100000000000000000000000000000009",
            "0001003880000a02080680002a02000280002d080a000000ff00000080002f080a000000",
            "ff00ff008000310c525400000000ffff0000000000040010000000000016000800000005"),
        golden(
            Flow.of(
                0,
                9,
                1,
                Match.ANY
                    .ethType(EthType.IPV6)
                    .with(
                        Field.IPV6_SRC,
                        Value.ipv6(0xfd00000000000000L, 0),
                        Value.ipv6(0xff00000000000000L, 0))
                    .with(Field.IPV6_DST, Value.ipv6(0, 0xffff0a000001L))
                    .with(Field.IP_PROTO, Value.u8(99))),
            "cookie=0x1, table=0, priority=9,ipv6,ipv6_src=fd00::/8,ipv6_dst=::ffff:10.0.0.1,"
                + "nw_proto=99 actions=drop",
            "050e007800000006000000000000000100000000000000000000000000000009",
            "0001004780000a0286dd80003520fd000000000000000000000000000000ff0000000000",
            "000000000000000000008000361000000000000000000000ffff0a000001800014016300"),
        golden(
            Flow.of(
                0,
                9,
                1,
                Match.ANY
                    .ethType(EthType.IPV4)
                    .with(Field.IP_PROTO, Value.u8(17))
                    .with(Field.IPV4_SRC, Value.ipv4(0x0a000001))
                    .with(Field.IPV4_DST, Value.ipv4(0x0a010000), Value.ipv4(0xffff0000)),
                NORMAL),
            "cookie=0x1, table=0, priority=9,udp,nw_src=10.0.0.1,nw_dst=10.1.0.0/16 "
                + "actions=NORMAL",
            "050e007000000006000000000000000100000000000000000000000000000009",
            "0001002380000a020800800016040a000001800019080a010000ffff0000800014011100",
            "00000000000400180000000000000010fffffffa0000000000000000"),
        golden(
            Flow.of(
                0,
                9,
                1,
                Match.ANY
                    .with(Field.TUNNEL_ID, Value.u64(1), Value.u64(255))
                    .with(Field.TUN_IPV4_SRC, Value.ipv4(0x0a630003))
                    .with(Field.TUN_IPV4_DST, Value.ipv4(0x0a630001))
                    .inPort(Port.LOCAL)
                    .ethType(0x88cc),
                NORMAL),
            "cookie=0x1, table=0, priority=9,tun_id=0x1/0xff,tun_src=10.99.0.3,tun_dst=10.99.0.1,"
                + "in_port=LOCAL,dl_type=0x88cc actions=NORMAL",
            "050e008000000006000000000000000100000000000000000000000000000009",
            "0001003680000004fffffffe80000a0288cc80004d100000000000000001000000000000",
            "00ff00013e040a630003000140040a6300010000000400180000000000000010fffffffa",
            "0000000000000000"),
        golden(
            Flow.of(
                0,
                10,
                1,
                Match.ANY
                    .ethType(EthType.IPV6)
                    .with(Field.IP_PROTO, Value.u8(58))
                    .with(Field.ICMPV6_TYPE, Value.u8(136))
                    .with(Field.ND_TLL, Value.mac(MAC_7))),
            "cookie=0x1, table=0, priority=10,icmp6,icmp_type=136,nd_tll=52:54:00:00:00:07 "
                + "actions=drop",
            "050e00500000000600000000000000010000000000000000000000000000000a",
            "0001001e80000a0286dd800014013a80003a0188800042065254000000070000"),
        golden(
            Flow.of(
                0,
                10,
                1,
                Match.ANY
                    .with(Field.TUN_IPV6_SRC, Value.ipv6(0xfd99000000000000L, 3))
                    .with(
                        Field.TUN_IPV6_DST, Value.ipv6(0xfd99000000000000L, 0), Value.ipv6(-1, 0))),
            "cookie=0x1, table=0, priority=10,tun_ipv6_src=fd99::3,tun_ipv6_dst=fd99::/64 "
                + "actions=drop",
            "050e00700000000600000000000000010000000000000000000000000000000a",
            "0001003c0001da10fd9900000000000000000000000000030001dd20fd99000000000000",
            "0000000000000000ffffffffffffffff000000000000000000000000"),
        golden(
            Flow.of(0, 10, 1, Match.ANY.ethType(EthType.RARP).with(Field.ARP_OP, Value.u16(3))),
            "cookie=0x1, table=0, priority=10,rarp,arp_op=3 actions=drop",
            "050e00400000000600000000000000010000000000000000000000000000000a",
            "0001001080000a02803580002a020003"));
  }

  /** A flow, its text and its bytes, of which those of every flow are left out. */
  private static Arguments golden(Flow flow, String text, String head, String... rest) {
    return Arguments.of(flow, text, head + ANY_PORT + String.join("", rest));
  }

  private static byte[] written(FlowMod mod) {
    WireWriter out = new WireWriter();
    Requests.flowMod(out, XID, mod);
    return out.toBytes();
  }

  private static String hex(FlowMod mod) {
    return HexFormat.of().formatHex(written(mod));
  }

  @ParameterizedTest
  @MethodSource("flows")
  void aFlowIsAddedAsOvsOfctlWould(Flow flow, String text, String bytes) {
    assertThat(hex(new FlowMod.Add(flow))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @MethodSource("flows")
  void aFlowIsWrittenAsOvsOfctlPrintsIt(Flow flow, String text, String bytes) {
    assertThat(flow.text()).isEqualTo(text);
    assertThat(flow.command("br0"))
        .isEqualTo("ovs-ofctl -O OpenFlow14 add-flow br0 '" + text + "'");
  }

  @ParameterizedTest
  @MethodSource("flows")
  void theSameFlowIsRead(Flow flow, String text, String bytes) throws MalformedException {
    List<FlowEntry> entries = new ArrayList<>();
    Replies.flows(Stats.of(flow.table(), bytes), entries);
    assertThat(entries).containsExactly(new FlowEntry.Known(flow, 3, 180, Stats.AGE));
    assertThat(MatchCodec.read(Stats.match(bytes))).isEqualTo(Optional.of(flow.match()));
  }

  @Test
  void answersAreThoseThatWereTaken() {
    assertThat(Answers.arp(Match.ANY, 0, 300, 1, 0x0a000007, MAC_7)).isEqualTo(Flows.arpAnswer());
    assertThat(Answers.neighbourAdvertisement(Match.ANY, 0, 1, 301, 1, Flows.FD00_7, MAC_7).get(1))
        .isEqualTo(Flows.ndAnswer().get(1));
  }

  @Test
  void modifyingReplacesActionsOfOursOnly() {
    FlowMod mod =
        new FlowMod.Modify(
            Flow.of(0, 200, OURS, Match.ANY.ethDst(MAC_1), new Action.Output(Port.LOCAL)));
    assertThat(hex(mod))
        .isEqualTo(
            "050e0058000000067678000000000001ffffffffffffffff00020000000000c8"
                + ANY_PORT
                + "0001000e800006065254000000010000000400180000000000000010fffffffe0000000000000000");
    assertThat(mod.command("br0"))
        .isEqualTo(
            "ovs-ofctl -O OpenFlow14 --strict mod-flows br0 'cookie=0x7678000000000001/-1,"
                + " table=0, priority=200,dl_dst=52:54:00:00:00:01 actions=LOCAL'");
  }

  @Test
  void deletingTakesOneOfOursOnly() {
    FlowMod mod = FlowMod.Delete.of(Flows.knownMac());
    assertThat(hex(mod))
        .isEqualTo(
            "050e0040000000067678000000000001ffffffffffffffff00040000000000c8"
                + ANY_PORT
                + "0001000e800006065254000000010000");
    assertThat(mod.command("br0"))
        .isEqualTo(
            "ovs-ofctl -O OpenFlow14 --strict del-flows br0 'cookie=0x7678000000000001/-1,"
                + " table=0, priority=200,dl_dst=52:54:00:00:00:01'");
  }

  @Test
  void deletingAllTakesAllOfACookie() {
    FlowMod mod = new FlowMod.DeleteAll(OURS, -1);
    assertThat(hex(mod))
        .isEqualTo(
            "050e0038000000067678000000000001ffffffffffffffffff03000000008000"
                + ANY_PORT
                + "0001000400000000");
    assertThat(mod.command("br0"))
        .isEqualTo("ovs-ofctl -O OpenFlow14 del-flows br0 'cookie=0x7678000000000001/-1'");
    assertThat(new FlowMod.DeleteAll(0x7678000000000000L, 0xffff000000000000L).command("br0"))
        .endsWith("'cookie=0x7678000000000000/0xffff000000000000'");
  }
}

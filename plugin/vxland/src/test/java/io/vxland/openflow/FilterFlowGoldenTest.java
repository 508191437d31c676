package io.vxland.openflow;

import static io.vxland.openflow.Flows.set;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Flows of port filters are the bytes that {@code ovs-ofctl} 3.1.0 sends for the same text, taken
 * as those of {@link FlowModGoldenTest}, and the text is what it printed after that.
 */
class FilterFlowGoldenTest {
  /** ovs-ofctl's number of a flow mod that is its first. */
  private static final int XID = 6;

  private static final Value VNI = Value.u32(5001);

  private static Action learn(Lesson... claimed) {
    List<Lesson> lessons = new ArrayList<>();
    lessons.add(new Lesson.Same(Field.IN_PORT, Field.IN_PORT));
    lessons.addAll(List.of(claimed));
    return new Action.Learn(15, 10, 1, 600, 1000, lessons);
  }

  static Stream<Arguments> flows() {
    return Stream.of(
        Arguments.of(
            Flow.of(
                0,
                450,
                1,
                Match.ANY.inPort(Flows.VX).with(Field.REG0, Value.u32(0)),
                set(Field.REG0, VNI),
                new Action.Resubmit(10)),
            "cookie=0x1, table=0, priority=450,reg0=0,in_port=1 actions=set_field:0x1"
                + "389->reg0,resubmit(,10)",
            "050e0070000000060000000000000001000000000000000000000000000001c2ffffffff"
                + "ffffffffffffffff00000000000100148000000400000001000100040000000000000000"
                + "000400280000000000190010000100040000138900000000ffff001000002320000efff8"
                + "0a000000"),
        Arguments.of(
            Flow.of(
                10,
                20,
                1,
                Match.ANY.with(Field.REG0, VNI).ethSrc(Flows.MAC_1),
                learn(new Lesson.Same(Field.ETH_SRC, Field.ETH_SRC)),
                new Action.Resubmit(15)),
            "cookie=0x1, table=10, priority=20,reg0=0x1389,dl_src=52:54:00:00:00:01 a"
                + "ctions=learn(table=15,hard_timeout=600,priority=10,cookie=0x1,limit=1000"
                + ",OXM_OF_IN_PORT[],NXM_OF_ETH_SRC[]),resubmit(,15)",
            "050e00a800000006000000000000000100000000000000000a00000000000014ffffffff"
                + "ffffffffffffffff00000000000100168000080652540000000100010004000013890000"
                + "0004006000000000ffff004800002320002d00000258000a000000000000000100000f00"
                + "00000000000003e800000000002080000004000080000004000000300000040600000000"
                + "0406000000000000ffff001000002320000efff80f000000"),
        Arguments.of(
            Flow.of(
                13,
                20,
                1,
                Match.ANY
                    .ethType(EthType.ARP)
                    .with(Field.REG0, VNI)
                    .with(Field.ARP_SPA, Flows.TEN_7),
                learn(
                    new Lesson.Is(Field.ETH_TYPE, Value.u16(EthType.ARP)),
                    new Lesson.Same(Field.ARP_SPA, Field.ARP_SPA)),
                new Action.Resubmit(15)),
            "cookie=0x1, table=13, priority=20,arp,reg0=0x1389,arp_spa=10.0.0.7 actio"
                + "ns=learn(table=15,hard_timeout=600,priority=10,cookie=0x1,limit=1000,OXM"
                + "_OF_IN_PORT[],eth_type=0x806,NXM_OF_ARP_SPA[]),resubmit(,15)",
            "050e00b800000006000000000000000100000000000000000d00000000000014ffffffff"
                + "ffffffffffffffff000000000001001a80000a02080680002c040a000007000100040000"
                + "13890000000000000004006800000000ffff005000002320002d00000258000a00000000"
                + "0000000100000f0000000000000003e80000000000208000000400008000000400002010"
                + "080600000602000000200000200400000000200400000000ffff001000002320000efff8"
                + "0f000000"),
        Arguments.of(
            Flow.of(
                13,
                20,
                1,
                Flows.nd(136).with(Field.REG0, VNI),
                new Action.Move(Field.ND_TARGET, Field.IPV6_SRC),
                learn(
                    new Lesson.Is(Field.ETH_TYPE, Value.u16(EthType.IPV6)),
                    new Lesson.Same(Field.IPV6_SRC, Field.IPV6_SRC)),
                new Action.Resubmit(15)),
            "cookie=0x1, table=13, priority=20,icmp6,reg0=0x1389,icmp_type=136,icmp_c"
                + "ode=0,nd_target=fd00::7 actions=move:NXM_NX_ND_TARGET[]->NXM_NX_IPV6_SRC"
                + "[],learn(table=15,hard_timeout=600,priority=10,cookie=0x1,limit=1000,OXM"
                + "_OF_IN_PORT[],eth_type=0x86dd,NXM_NX_IPV6_SRC[]),resubmit(,15)",
            "050e00e800000006000000000000000100000000000000000d00000000000014ffffffff"
                + "ffffffffffffffff000000000001003580000a0286dd800014013a80003a018880003c01"
                + "0080003e10fd000000000000000000000000000007000100040000138900000000040080"
                + "00000000ffff001800002320000600800000000000012e1000012610ffff005000002320"
                + "002d00000258000a000000000000000100000f0000000000000003e80000000000208000"
                + "00040000800000040000201086dd00000602000000800001261000000001261000000000"
                + "ffff001000002320000efff80f000000"),
        Arguments.of(
            Flow.of(
                13,
                40,
                1,
                Match.ANY
                    .inPort(Flows.VX)
                    .ethType(EthType.IPV4)
                    .with(Field.IP_PROTO, Value.u8(17))
                    .with(Field.UDP_SRC, Value.u16(67)),
                new Action.Resubmit(14)),
            "cookie=0x1, table=13, priority=40,udp,in_port=1,tp_src=67 actions=resubm" + "it(,14)",
            "050e006800000006000000000000000100000000000000000d00000000000028ffffffff"
                + "ffffffffffffffff000000000001001d800000040000000180000a020800800014011180"
                + "001e0200430000000004001800000000ffff001000002320000efff80e000000"),
        Arguments.of(
            Flow.of(11, 50, 1, Match.ANY.vlan(0).ethType(0x8100), new Action.Resubmit(14)),
            "cookie=0x1, table=11, priority=50,dl_vlan=0,dl_type=0x8100 actions=resub" + "mit(,14)",
            "050e005800000006000000000000000100000000000000000b00000000000032ffffffff"
                + "ffffffffffffffff000000000001001080000a02810080000c0210000004001800000000"
                + "ffff001000002320000efff80e000000"));
  }

  @ParameterizedTest
  @MethodSource("flows")
  void itIsWrittenReadAndPrintedAsOpenVswitchDoes(Flow flow, String text, String bytes)
      throws MalformedException {
    assertThat(flow.text()).isEqualTo(text);
    WireWriter out = new WireWriter();
    Requests.flowMod(out, XID, new FlowMod.Add(flow));
    assertThat(HexFormat.of().formatHex(out.toBytes())).isEqualTo(bytes);
    List<FlowEntry> entries = new ArrayList<>();
    Replies.flows(Stats.of(flow.table(), bytes), entries);
    assertThat(entries).containsExactly(new FlowEntry.Known(flow, 3, 180, Stats.AGE));
  }
}

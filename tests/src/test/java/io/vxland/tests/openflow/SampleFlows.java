package io.vxland.tests.openflow;

import io.vxland.openflow.Action;
import io.vxland.openflow.Answers;
import io.vxland.openflow.EthType;
import io.vxland.openflow.Field;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Lesson;
import io.vxland.openflow.Match;
import io.vxland.openflow.Port;
import io.vxland.openflow.Value;
import java.util.ArrayList;
import java.util.List;

/** Flows as vxland makes them. */
final class SampleFlows {
  static final long OURS = 0x7678000000000001L;
  static final long MAC = 0x525400000007L;
  static final Port TUNNEL = new Port(1);

  static final List<Flow> ALL = all();

  private SampleFlows() {}

  static Action set(Field field, Value value) {
    return new Action.SetField(field, value);
  }

  private static List<Flow> all() {
    Action toTunnel = new Action.Output(TUNNEL);
    List<Flow> flows = new ArrayList<>();
    flows.add(Flow.of(0, 200, OURS, Match.ANY.ethDst(MAC), toTunnel));
    flows.add(Flow.of(0, 0, OURS, Match.ANY, new Action.Output(Port.NORMAL)));
    flows.add(Flow.of(0, Flow.DEFAULT_PRIORITY, OURS, Match.ANY));
    flows.add(
        Flow.of(
            0,
            400,
            OURS,
            Match.ANY.ethDst(MAC),
            set(Field.TUNNEL_ID, Value.u64(16777215 - 5001)),
            set(Field.TUN_IPV4_DST, Value.ipv4(0x0a630002)),
            toTunnel,
            set(Field.TUN_IPV4_DST, Value.ipv4(0x0a630003)),
            toTunnel));
    flows.add(
        Flow.of(
            0,
            401,
            OURS,
            Match.ANY.inPort(Port.LOCAL).ethSrc(MAC),
            set(Field.TUN_IPV6_DST, Value.ipv6(0xfd99000000000000L, 2)),
            toTunnel));
    flows.add(
        Flow.of(
            0,
            500,
            OURS,
            Match.ANY.inPort(TUNNEL).tunnelId(16777215 - 5001).ethDst(MAC),
            new Action.Output(Port.LOCAL)));
    flows.add(Flow.of(0, 499, OURS, Match.ANY.inPort(TUNNEL)));
    flows.add(
        Flow.of(
                0,
                402,
                OURS,
                Match.ANY.inPort(Port.LOCAL).ethSrc(MAC + 1),
                Action.Learn.place(0, 350, OURS, 330, MAC + 1),
                new Action.Output(Port.NORMAL))
            .hardTimeout(330));
    flows.add(
        Flow.of(
            0,
            110,
            OURS,
            Match.ANY.tunnelId(5001).with(Field.TUN_IPV4_SRC, Value.ipv4(0x0a630002)),
            new Action.Learn(
                2,
                100,
                OURS,
                300,
                8192,
                List.of(
                    new Lesson.Is(Field.TUNNEL_ID, Value.u64(5001)),
                    new Lesson.Same(Field.ETH_DST, Field.ETH_SRC),
                    new Lesson.Copy(Field.TUN_IPV4_SRC, Field.TUN_IPV4_DST))),
            new Action.Output(Port.NORMAL)));
    flows.add(
        Flow.of(
            0,
            20,
            OURS,
            Match.ANY.with(Field.TUN_IPV6_SRC, Value.ipv6(0, 0)),
            set(Field.TUNNEL_ID, Value.u64(5001)),
            new Action.Learn(
                2,
                100,
                OURS,
                300,
                0,
                List.of(
                    new Lesson.Same(Field.TUNNEL_ID, Field.TUNNEL_ID),
                    new Lesson.Same(Field.ETH_DST, Field.ETH_SRC),
                    new Lesson.Load(Field.TUN_IPV6_DST, Value.ipv6(0xfd99000000000000L, 2)))),
            new Action.Resubmit(2)));
    flows.add(
        Flow.of(
            2,
            100,
            OURS,
            Match.ANY.tunnelId(5001).ethDst(MAC),
            new Action.LoadHalf(Field.TUN_IPV6_DST, false, 2),
            new Action.LoadHalf(Field.TUN_IPV6_DST, true, 0xfd99000000000000L)));
    flows.add(
        Flow.of(
            0,
            150,
            OURS,
            Match.ANY.vlan(7).ethDst(MAC),
            new Action.PopVlan(),
            new Action.PushVlan(0x8100),
            set(Field.VLAN_VID, Value.u16(0x1000 | 100)),
            toTunnel));
    flows.add(Flow.of(0, 149, OURS, Match.ANY.untagged(), new Action.Output(Port.FLOOD)));
    flows.add(
        Flow.of(
            2,
            148,
            OURS,
            Match.ANY
                .tagged()
                .with(Field.ETH_DST, Value.mac(0x010000000000L), Value.mac(0x010000000000L)),
            new Action.Output(Port.ALL)));
    Match advertisement =
        Match.ANY
            .ethType(EthType.IPV6)
            .with(Field.IP_PROTO, Value.u8(58))
            .with(Field.ICMPV6_TYPE, Value.u8(136))
            .with(Field.ICMPV6_CODE, Value.u8(0));
    flows.add(
        Flow.of(
            10,
            450,
            OURS,
            Match.ANY.inPort(TUNNEL).with(Field.REG0, Value.u32(0)),
            set(Field.REG0, Value.u32(5001)),
            new Action.Resubmit(11)));
    flows.add(
        Flow.of(
            11,
            20,
            OURS,
            advertisement
                .with(Field.REG0, Value.u32(5001))
                .with(Field.ND_TARGET, Value.ipv6(0xfd00000000000000L, 7)),
            new Action.Move(Field.ND_TARGET, Field.IPV6_SRC),
            new Action.Learn(
                15,
                10,
                OURS,
                600,
                1000,
                List.of(
                    new Lesson.Same(Field.IN_PORT, Field.IN_PORT),
                    new Lesson.Is(Field.ETH_TYPE, Value.u16(EthType.IPV6)),
                    new Lesson.Same(Field.IPV6_SRC, Field.IPV6_SRC))),
            new Action.Resubmit(15)));
    flows.add(
        Flow.of(
            11,
            40,
            OURS,
            Match.ANY
                .inPort(TUNNEL)
                .ethType(EthType.IPV6)
                .with(Field.IP_PROTO, Value.u8(17))
                .with(Field.UDP_SRC, Value.u16(547))));
    flows.add(Flow.of(11, 50, OURS, Match.ANY.vlan(0).ethType(0x8100)));
    flows.add(Answers.arp(Match.ANY.untagged(), 0, 300, OURS, 0x0a000007, MAC));
    flows.addAll(
        Answers.neighbourAdvertisement(
            Match.ANY, 0, 1, 300, OURS, Value.ipv6(0xfd00000000000000L, 7), MAC));
    return List.copyOf(flows);
  }
}

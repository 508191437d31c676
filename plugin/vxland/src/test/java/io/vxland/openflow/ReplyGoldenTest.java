package io.vxland.openflow;

import static io.vxland.openflow.Flows.OURS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Open vSwitch 3.1.0 answers, taken as in {@link FlowModGoldenTest}. Other people's flows were
 * added by {@code ovs-ofctl -O OpenFlow14 add-flow} before.
 */
class ReplyGoldenTest {
  /** {@code ovs-ofctl dump-flows}, without the header of the message. */
  static final String FLOWS =
      "0001000000000000"
          // priority=4,dl_dst=52:54:00:00:00:09,send_flow_rem actions=output:1
          + "005800000000000007088980000400000000000100000000000000000000000200000000"
          + "0000000000000000000000000001000e8000060652540000000900000004001800000000"
          + "00000010000000010000000000000000"
          // cookie=0x7678000000000001, priority=200,dl_dst=52:54:00:00:00:01 actions=output:1
          + "00580000000000000375028000c800000000000000000000767800000000000100000000"
          + "0000000000000000000000000001000e8000060652540000000100000004001800000000"
          + "00000010000000010000000000000000"
          // priority=3 actions=output:1,goto_table:4
          + "0058000000000000097a25c0000300000000000000000000000000000000000200000000"
          + "000000000000000000000000000100040000000000040018000000000000001000000001"
          + "00000000000000000001000804000000"
          // priority=5 actions=load:0x5->NXM_NX_REG0[0..3],CONTROLLER:65535
          + "0068000000000000058b1140000500000000000000000000000000000000000200000000"
          + "00000000000000000000000000010004000000000004003000000000ffff001800002320"
          + "0007000300010004000000000000000500000010fffffffdffff000000000000"
          // priority=2,reg0=0x5 actions=learn(...)
          + "00800000000000000c751640000200000000000000000000000000000000000200000000"
          + "0000000000000000000000000001000c0001000400000005000000000004004000000000"
          + "ffff00380000232000100000000080000000000000000000000002000000000000300000"
          + "0406000000000206000010100000000200000000"
          // priority=1,ct_state=+trk,ip actions=ct(commit)
          + "00680000000000000e2f9780000100000000000000000000000000000000000200000000"
          + "0000000000000000000000000001001680000a0208000001d30800000020000000200000"
          + "0004002000000000ffff00180000232000230001000000000000ff0000000000";

  /** {@code ovs-ofctl dump-ports-desc}, without the header of the message. */
  static final String PORTS =
      "000d000000000000fffffffe004800007e4ce62094450000627230000000000000000000"
          + "000000000000000100000001000000200000000000000840000000000000000000000000"
          + "00989680000000000000000100480000f65556ff210f0000767800000000000000000000"
          + "000000000000000000000004000000200000000000000000000000000000000000000000"
          + "0000000000000000";

  static WireReader bytes(String hex) {
    return new WireReader(HexFormat.of().parseHex(hex));
  }

  @Test
  void flowsAreReadAndThoseOfOthersAreForeign() throws MalformedException {
    Replies.Part part = Replies.part(bytes(FLOWS));
    assertThat(part.type()).isEqualTo(Requests.STATS_FLOW);
    assertThat(part.more()).isFalse();
    List<FlowEntry> entries = new ArrayList<>();
    Replies.flows(part.body(), entries);
    assertThat(entries).hasSize(6);
    assertThat(entries.get(1))
        .isEqualTo(new FlowEntry.Known(Flows.knownMac(), 0, 0, Duration.ofMillis(58)));
    assertThat(entries).extracting(FlowEntry::priority).containsExactly(4, 200, 3, 5, 2, 1);
    assertThat(entries.get(4))
        .isEqualTo(
            new FlowEntry.Known(
                Flow.of(
                    0,
                    2,
                    2,
                    Match.ANY.with(Field.REG0, Value.u32(5)),
                    new Action.Learn(
                        2,
                        Flow.DEFAULT_PRIORITY,
                        0,
                        0,
                        0,
                        List.of(
                            new Lesson.Same(Field.ETH_DST, Field.ETH_SRC),
                            new Lesson.OutputHere()))),
                0,
                0,
                Duration.ofMillis(209)));
    assertThat(entries.stream().filter(FlowEntry.Foreign.class::isInstance))
        .hasSize(4)
        .allSatisfy(
            entry -> {
              assertThat(entry).isInstanceOf(FlowEntry.Foreign.class);
              assertThat(entry.cookie()).isEqualTo(2);
              assertThat(entry.table()).isZero();
            });
  }

  @Test
  void portsAreRead() throws MalformedException {
    Replies.Part part = Replies.part(bytes(PORTS));
    assertThat(part.type()).isEqualTo(Requests.STATS_PORT_DESCRIPTION);
    List<PortDescription> ports = new ArrayList<>();
    Replies.ports(part.body(), ports);
    assertThat(ports)
        .containsExactly(
            new PortDescription(Port.LOCAL, "br0", 0x7e4ce6209445L, true),
            new PortDescription(new Port(1), "vx", 0xf65556ff210fL, false));
  }

  @ParameterizedTest
  @CsvSource({
    // add-flow with actions=group:99, and the same in a bundle
    "00020009050e0050, 2, 9, OFPBAC_BAD_OUT_GROUP",
    "0011000d0521001000, 17, 13, OFPBFC_MSG_FAILED",
    "0063000405, 99, 4, error type 99 code 4",
    "0001ffff, 1, 65535, error type 1 code 65535",
    "ffff000300002320, 65535, 3, NXBRC_NXM_BAD_TYPE",
    "ffff000300002321, 65535, 3, error 3 of experimenter 0x00002321"
  })
  void errorsHaveNames(String bytes, int type, int code, String name) throws MalformedException {
    SwitchError error = Replies.error(bytes(bytes)).error();
    assertThat(error.type()).isEqualTo(type);
    assertThat(error.code()).isEqualTo(code);
    assertThat(error.name()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    // Open vSwitch says 1.5 without a bitmap: all up to it
    "6, '', true",
    "4, '', false",
    "5, 0001000800000020, true",
    "6, 0001000800000052, false",
    "1, 0001000800000020, true",
    "5, 00070006123400000001000800000002, false"
  })
  void helloTellsWhetherTheVersionIsSpoken(int version, String body, boolean offers)
      throws MalformedException {
    assertThat(Replies.offersVersion(new Message(version, 0, 1, bytes(body)))).isEqualTo(offers);
  }

  @Test
  void requestsAreAsOvsOfctlSendsThem() {
    WireWriter out = new WireWriter();
    Requests.hello(out, 1);
    Requests.flowStats(out, 6, Requests.ALL_TABLES, OURS, -1);
    Requests.portDescriptions(out, 2);
    Requests.barrier(out, 7);
    Requests.bundleControl(out, 8, 0, Requests.OPEN);
    Requests.bundleControl(out, 10, 0, Requests.COMMIT);
    Requests.echo(out, 9);
    Requests.bundleAdd(
        out,
        7,
        0,
        new FlowMod.Add(
            Flow.of(0, 6, 0, Match.ANY.inPort(Flows.VX), new Action.Output(Port.LOCAL))));
    assertThat(HexFormat.of().formatHex(out.toBytes()))
        .isEqualTo(
            "05000010000000010001000800000020"
                + "05120038000000060001000000000000ff000000ffffffffffffffff00000000"
                + "7678000000000001ffffffffffffffff0001000400000000"
                + "0512001000000002000d000000000000"
                + "0514000800000007"
                + "05210010000000080000000000000003"
                + "052100100000000a0000000000040003"
                + "0502000800000009"
                + "05220068000000070000000000000003050e0058000000070000000000000000"
                + "00000000000000000000000000000006ffffffffffffffffffffffff00000000"
                + "0001000c800000040000000100000000"
                + "000400180000000000000010fffffffe0000000000000000");
  }
}

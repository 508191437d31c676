package io.vxland.openflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes is read, or refused as malformed; nothing else happens. */
class HostileBytesTest {
  private static final int ROUNDS = 20_000;

  private static final List<byte[]> GOOD =
      List.of(
          HexFormat.of().parseHex(ReplyGoldenTest.FLOWS),
          HexFormat.of().parseHex(ReplyGoldenTest.PORTS),
          HexFormat.of().parseHex("0001000800000020"));

  /** Reads them as everything that they could be; whether all of it was taken. */
  private static boolean isRead(byte[] bytes) {
    try {
      List<FlowEntry> flows = new ArrayList<>();
      Replies.Part part = Replies.part(new WireReader(bytes));
      if (part.type() == Requests.STATS_FLOW) {
        Replies.flows(part.body(), flows);
        assertThat(flows.toString()).isNotBlank();
      } else {
        Replies.ports(part.body(), new ArrayList<>());
      }
      return true;
    } catch (MalformedException e) {
      return false;
    }
  }

  private static void readOtherwise(byte[] bytes) {
    try {
      Replies.error(new WireReader(bytes)).error().name();
      Replies.bundle(new WireReader(bytes));
      Replies.offersVersion(new Message(5, Message.HELLO, 1, new WireReader(bytes)));
    } catch (MalformedException expected) {
      assertThat(expected.getMessage()).isNotBlank();
    }
  }

  @Test
  void aPartOfAnAnswerIsMalformedUnlessItEndsBetweenEntries() {
    byte[] flows = GOOD.get(0);
    int read = 0;
    for (int length = 0; length < flows.length; length++) {
      if (isRead(Arrays.copyOf(flows, length))) {
        read++;
      }
    }
    // Behind the header, and behind each entry but the last.
    assertThat(read).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20, 300})
  void changedAnswersAreReadOrMalformed(long seed) {
    Random random = new Random(seed);
    int read = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = GOOD.get(random.nextInt(GOOD.size())).clone();
      int changes = 1 + random.nextInt(4);
      for (int n = 0; n < changes; n++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      read += isRead(bytes) ? 1 : 0;
      readOtherwise(bytes);
    }
    assertThat(read).isBetween(1, ROUNDS - 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // no match, a match of another type, one that is longer than the entry
        "",
        "0000000400000000",
        "0001010400000000",
        // a field of the wrong length, one that ends beyond the match
        "0001000a8000000500000001000000000000",
        "0001000880000a06",
        // an instruction of length 0, 4, 12, and one beyond the entry
        "000100040000000000040000",
        "000100040000000000040004",
        "00010004000000000004000c0000000000000000",
        "000100040000000000040100",
        // an action of length 0, 12, and one beyond the instruction
        "0001000400000000000400100000000000000000ffffffff",
        "000100040000000000040018000000000000000c0000000100000000",
        "0001000400000000000400180000000000000020000000010000000000000000",
        // set_field of 4 bytes into a MAC address
        "000100040000000000040018000000000019001080000604010203040000000000000000"
      })
  void nonsenseIsMalformed(String matchAndInstructions) {
    String head = "050e00000000000000000000000000010000000000000000000000000000000a";
    assertThatThrownBy(
            () ->
                Replies.flows(
                    Stats.of(0, head + "ffffffffffffffffffffffff00000000" + matchAndInstructions),
                    new ArrayList<>()))
        .isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // in_port 0, the same field twice, arp_op without its prerequisite, unknown class
        "0001000c800000040000000000000000",
        "000100148000000400000001800000040000000100000000",
        "0001000a80002a020001000000000000",
        "0001000a123402020001000000000000",
        // output to the controller, an action of type 99, an instruction of type 6
        "00010004000000000004001800000000" + "00000010fffffffdffff000000000000",
        "00010004000000000004001000000000" + "0063000800000000",
        "0001000400000000" + "0006000800000001",
        // load of more than arp_op has, a move of part of a field
        "00010004000000000004002000000000" + "ffff0018000023200007000f00001e020000000000020002",
        "00010004000000000004002000000000" + "ffff00180000232000060020000000000000040600000206"
      })
  void whatWeWouldNotMakeIsForeign(String matchAndInstructions) throws MalformedException {
    String head = "050e00000000000000000000000000010000000000000000000000000000000a";
    List<FlowEntry> entries = new ArrayList<>();
    Replies.flows(
        Stats.of(0, head + "ffffffffffffffffffffffff00000000" + matchAndInstructions), entries);
    assertThat(entries).hasSize(1);
    FlowEntry.Foreign foreign = (FlowEntry.Foreign) entries.get(0);
    assertThat(foreign.content()).endsWith(matchAndInstructions);
    assertThat(foreign.packets()).isEqualTo(3);
    assertThat(foreign.priority()).isEqualTo(10);
  }
}

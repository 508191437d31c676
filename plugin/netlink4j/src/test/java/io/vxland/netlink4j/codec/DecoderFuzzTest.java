package io.vxland.netlink4j.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vxland.netlink4j.model.NetlinkException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes come: they are read, or refused with a NetlinkException; nothing else is thrown,
 * and nothing is read beyond them. In the ordinary build the seeds are run; {@code JAZZER_FUZZ=1}
 * searches.
 */
class DecoderFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyBytesAreReadOrRefused(byte[] bytes) {
    decode(bytes);
  }

  static Stream<Golden> captured() {
    return Stream.concat(Golden.dumps().stream(), Golden.requests().stream());
  }

  @ParameterizedTest
  @MethodSource("captured")
  void damagedRealMessagesAreReadOrRefused(Golden golden) {
    Random random = new Random(golden.name().hashCode());
    for (int round = 0; round < 2000; round++) {
      byte[] damaged = golden.bytes().clone();
      int hits = 1 + random.nextInt(4);
      for (int i = 0; i < hits; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      decode(damaged);
      decode(java.util.Arrays.copyOf(damaged, random.nextInt(damaged.length)));
    }
  }

  static void decode(byte[] bytes) {
    MessageReader messages = new MessageReader();
    messages.reset(bytes, bytes.length);
    NeighbourCodec neighbours = new NeighbourCodec();
    try {
      while (messages.next()) {
        each(messages, LinkCodec::read);
        each(messages, LinkCodec::readStatistics);
        each(messages, neighbours::readFdb);
        each(messages, neighbours::readNeighbour);
        each(messages, AddressCodec::read);
        each(messages, RouteCodec::read);
        each(messages, RulesetCodec::read);
        each(messages, Acknowledgement::read);
      }
    } catch (NetlinkException refused) {
      check(refused);
    }
  }

  /** Reads a message in one way. */
  private interface Reading {
    Object read(MessageReader message) throws NetlinkException;
  }

  private static void each(MessageReader message, Reading reading) {
    try {
      reading.read(message);
    } catch (NetlinkException refused) {
      check(refused);
    }
  }

  private static void check(NetlinkException refused) {
    if (!refused.errnoName().equals("EBADMSG") || !refused.operation().startsWith("decode ")) {
      throw new AssertionError("not a clear refusal", refused);
    }
  }
}

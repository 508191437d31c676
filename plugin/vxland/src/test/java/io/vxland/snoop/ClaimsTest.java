package io.vxland.snoop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of Linux, as tcpdump has seen them, and what becomes of them when they are changed. */
class ClaimsTest {
  private static final MacAddress CARD = MacAddress.parse("52:54:00:00:00:01");

  private static final String ARP_REQUEST =
      "ffffffffffff 525400000001 0806 0001 0800 06 04 0001"
          + " 525400000001 0a090001 000000000000 0a090002";
  private static final String ARP_REPLY =
      "525400000002 525400000001 0806 0001 0800 06 04 0002"
          + " 525400000001 0a090001 525400000002 0a090002";
  private static final String GRATUITOUS_ARP =
      "ffffffffffff 525400000001 0806 0001 0800 06 04 0001"
          + " 525400000001 0a090001 ffffffffffff 0a090001";

  /** Duplicate address detection, with a nonce (RFC 7527). */
  private static final String DETECTION =
      "3333ff000001 525400000001 86dd 60000000 0020 3a ff"
          + " 00000000000000000000000000000000 ff0200000000000000000001ff000001"
          + " 87 00 6a12 00000000 fd090000000000000000000000000001 0e01 9d4bb68fb1a5";

  private static final String SOLICITATION =
      "3333ff000002 525400000001 86dd 60000000 0020 3a ff"
          + " fd090000000000000000000000000001 ff0200000000000000000001ff000002"
          + " 87 00 2d31 00000000 fd090000000000000000000000000002 0101 525400000001";

  /** Whether a neighbour is still there is asked without an option. */
  private static final String PROBE =
      "525400000002 525400000001 86dd 60000000 0018 3a ff"
          + " fd090000000000000000000000000001 fd090000000000000000000000000002"
          + " 87 00 2d31 00000000 fd090000000000000000000000000002";

  private static final String ADVERTISEMENT =
      "525400000002 525400000001 86dd 60000000 0020 3a ff"
          + " fd090000000000000000000000000001 fd090000000000000000000000000002"
          + " 88 00 2d31 60000000 fd090000000000000000000000000001 0201 525400000001";

  /** Of the server and of a file; none of the two is used. */
  private static final String NAMES = "[192 zeros]";

  /** A lease is renewed: DHCPREQUEST with the address that the client has. */
  private static final String RENEWAL =
      "525400000002 525400000001 0800"
          + " 45 00 0110 0000 4000 40 11 0000 0a090001 0a090002"
          + " 0044 0043 00fc 0000"
          + " 01 01 06 00 12345678 0000 0000 0a090001 00000000 00000000 00000000"
          + " 525400000001 00000000000000000000"
          + NAMES
          + " 63825363 3d 07 01525400000001 35 01 03 ff";

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(NAMES, "00".repeat(192)).replace(" ", ""));
  }

  private static String claimed(String hex) {
    return Claims.of(bytes(hex), CARD).map(IpAddress::toString).orElse("nothing");
  }

  private static void claimsNothing(String frame, String part, String instead, String what) {
    assertThat(frame).as(what).contains(part);
    assertThat(claimed(frame.replaceFirst(part, instead))).as(what).isEqualTo("nothing");
  }

  @ParameterizedTest
  @ValueSource(strings = {ARP_REQUEST, ARP_REPLY, GRATUITOUS_ARP, RENEWAL})
  void anIpv4AddressIsClaimed(String frame) {
    assertThat(claimed(frame)).isEqualTo("10.9.0.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {DETECTION, SOLICITATION, PROBE, ADVERTISEMENT})
  void anIpv6AddressIsClaimed(String frame) {
    assertThat(claimed(frame)).isEqualTo("fd09::1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ARP_REQUEST,
        ARP_REPLY,
        GRATUITOUS_ARP,
        DETECTION,
        SOLICITATION,
        PROBE,
        ADVERTISEMENT,
        RENEWAL
      })
  void anotherCardsFrameClaimsNothing(String frame) {
    MacAddress other = MacAddress.parse("52:54:00:00:00:09");
    assertThat(Claims.of(bytes(frame), other)).isEmpty();
    // As the Ethernet source alone, too.
    byte[] forged = bytes(frame);
    forged[11] = 9;
    assertThat(Claims.of(forged, CARD)).isEmpty();
    boolean saysItselfWhoseItIs = !frame.equals(DETECTION) && !frame.equals(PROBE);
    assertThat(Claims.of(forged, other).isEmpty()).isEqualTo(saysItselfWhoseItIs);
  }

  @ParameterizedTest
  @CsvSource({
    "0806, 8100, a VLAN tag",
    "0001 0800, 0006 0800, another hardware",
    "0800 06 04, 86dd 06 04, another protocol",
    "06 04 0001, 08 04 0001, long hardware addresses",
    "06 04 0001, 06 10 0001, long protocol addresses",
    "06 04 0001, 06 04 0003, a reverse request",
    "06 04 0001, 06 04 0000, no operation",
    "0a090001, 00000000, a probe",
    "0a090001, 00000001, a host of this network",
    "0a090001, 7f000001, the loopback",
    "0a090001, e0000001, a group",
    "0a090001, ffffffff, everybody",
  })
  void arpThatClaimsNothing(String part, String instead, String what) {
    claimsNothing(ARP_REQUEST, part, instead, what);
  }

  @ParameterizedTest
  @CsvSource({
    "60000000 0020, 40000000 0020, another version",
    "3a ff, 3a fe, it came from another link",
    "3a ff, 3b ff, no next header",
    "60000000 0020, 60000000 0021, longer than the frame",
    "60000000 0020, 60000000 0017, too short for a target",
    "88 00 2d31, 88 01 2d31, a code",
    "88 00 2d31, 89 00 2d31, a redirect",
    "0201 525400000001, 0201 525400000009, another card's address",
    "0201 525400000001, 0200 525400000001, an option without length",
    "0201 525400000001, 0202 525400000001, an option longer than the packet",
    "0201 525400000001, 0e00 525400000001, another option without length",
    "60000000 fd090000000000000000000000000001, 60000000 ff090000000000000000000000000001, a group",
    "60000000 fd090000000000000000000000000001, 60000000 00000000000000000000000000000001, loopback",
    "ff fd090000000000000000000000000001, ff 00000000000000000000000000000000, from nobody",
  })
  void advertisementsThatClaimNothing(String part, String instead, String what) {
    claimsNothing(ADVERTISEMENT, part, instead, what);
  }

  @ParameterizedTest
  @CsvSource({
    "0e01, 0101, nobody has a card's address",
    "0e01, 0e00, an option without length",
    "fd0900, ff0900, a group",
  })
  void detectionsThatClaimNothing(String part, String instead, String what) {
    claimsNothing(DETECTION, part, instead, what);
  }

  @ParameterizedTest
  @CsvSource({
    "45 00, 65 00, another version",
    "45 00, 44 00, a header too short",
    "45 00, 4f 00, a header that ends elsewhere",
    "4000 40 11, 4000 40 06, not UDP",
    "4000 40 11, 2000 40 11, the first of some fragments",
    "4000 40 11, 0001 40 11, a later fragment",
    "0044 0043, 0043 0044, a server's",
    "01 01 06 00, 02 01 06 00, a reply",
    "01 01 06 00, 01 06 06 00, another hardware",
    "525400000001 0000, 525400000009 0000, another card",
    "63825363, 63825364, BOOTP",
    "35 01 03, 35 01 01, a discovery",
    "35 01 03, 35 01 04, a refusal",
    "35 01 03, 35 01 07, a release",
    "35 01 03, 36 01 03, no type",
    "35 01 03 ff, 35 09 03 ff, an option longer than the packet",
    "0000 0a090001 00000000, 0000 00000000 00000000, it has none yet",
  })
  void dhcpThatClaimsNothing(String part, String instead, String what) {
    claimsNothing(RENEWAL, part, instead, what);
  }

  @Test
  void whatIsCutOffClaimsNothingAndWhatFollowsDoesNotMatter() {
    for (String frame :
        new String[] {ARP_REQUEST, DETECTION, SOLICITATION, PROBE, ADVERTISEMENT, RENEWAL}) {
      byte[] whole = bytes(frame);
      for (int length = 0; length < whole.length - 1; length++) {
        assertThat(Claims.of(Arrays.copyOf(whole, length), CARD))
            .as("%s, %d bytes", frame, length)
            .isEmpty();
      }
      Optional<IpAddress> claim = Claims.of(whole, CARD);
      assertThat(Claims.of(Arrays.copyOf(whole, whole.length + 20), CARD)).isEqualTo(claim);
    }
  }

  /** Whatever comes, it is one machine's address or none, and nothing else happens. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyBytesAreReadOrLeft(long seed) {
    Random random = new Random(seed);
    byte[][] seeds = {
      bytes(ARP_REQUEST),
      bytes(DETECTION),
      bytes(SOLICITATION),
      bytes(ADVERTISEMENT),
      bytes(RENEWAL),
      new byte[Claims.ENOUGH]
    };
    int claims = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] frame = seeds[random.nextInt(seeds.length)];
      frame = Arrays.copyOf(frame, random.nextInt(4) == 0 ? random.nextInt(700) : frame.length);
      for (int changes = random.nextInt(4); changes > 0 && frame.length > 0; changes--) {
        frame[random.nextInt(frame.length)] = (byte) random.nextInt();
      }
      Optional<IpAddress> claim = Claims.of(frame, CARD);
      assertThat(claim.filter(address -> !address.isMachines())).isEmpty();
      claims += claim.isPresent() ? 1 : 0;
    }
    assertThat(claims).isBetween(1_000, 49_000);
  }
}

package io.vxland.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 0.0.0.0",
    "10.99.0.1, 10.99.0.1",
    "255.255.255.255, 255.255.255.255",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "1::8, 1::8",
    "fd99::1, fd99::1",
    "FD99::ABCD, fd99::abcd",
    "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
    "0001:0002:0003:0004:0005:0006:0007:0008, 1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    "::ffff:1.2.3.4, ::ffff:102:304",
    "::1.2.3.4, ::102:304",
    "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
    "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
    // RFC 5952, sections 4.2.1 to 4.2.3 and 4.3.
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "0:0:0:0:0:0:0:0, ::",
    "1:0:0:0:0:0:0:0, 1::",
    "2001:DB8::A, 2001:db8::a",
  })
  void aLiteralIsReadAndPrintedInItsCanonicalForm(String text, String canonical) {
    IpAddress address = IpAddress.parse(text);
    assertThat(address).hasToString(canonical);
    assertThat(IpAddress.parse(canonical)).isEqualTo(address);
    assertThat(IpAddress.of(address.toBytes())).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1",
        "10.1",
        "10.1.2",
        "10.1.2.3.4",
        "10.1.2.256",
        "10.1.2.03",
        "010.1.2.3",
        "10.1.2.",
        ".1.2.3",
        "10..2.3",
        "0x0a.1.2.3",
        "10.1.2.3 ",
        " 10.1.2.3",
        "10.1.2.+3",
        "10.1.2.٣",
        "10.1.2.3\n",
        "4294967295",
        ":",
        ":::",
        "1:::2",
        "1::2::3",
        "::1::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4::5:6:7:8",
        ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        "12345::",
        "g::",
        "::g",
        "::-1",
        "::+1",
        "1.2.3.4::",
        "::1.2.3.4:5",
        "1:1.2.3.4::",
        "::1.2.3",
        "::1.2.3.4.5",
        "::01.2.3.4",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::256.1.1.1",
        "1.2.3.4:1::",
        "fe80::1%eth0",
        "fe80::1%1",
        "::1%",
        "[::1]",
        "::1/128",
        "10.1.2.3/8",
        "example.org",
        "localhost",
        "host-2",
        "::ffff:example",
        "::\u0000"
      })
  void whatIsNoLiteralIsRefusedAndNeverLookedUp(String text) {
    assertThatThrownBy(() -> IpAddress.parse(text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage(
            InvalidValueException.quote(text)
                + " is not an IPv4 or IPv6 address (host names are not looked up)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "127.0.0.1",
        "127.9.9.9",
        "224.0.0.1",
        "239.255.255.255",
        "::",
        "::1",
        "ff02::1",
        "ff0e::5"
      })
  void noHostIsReachedByGroupLoopbackOrUnspecified(String text) {
    assertThatThrownBy(() -> Vtep.parse(text))
        .hasMessageContaining(text)
        .hasMessageContaining("no host can be reached at it");
  }

  static LongStream seeds() {
    return LongStream.range(0, 500);
  }

  /** Many zero groups, so that every shape of compression comes up. */
  private static IpAddress arbitrary(long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[seed % 4 == 0 ? 4 : 16];
    for (int i = 0; i < bytes.length; i += 2) {
      if (random.nextBoolean()) {
        bytes[i] = (byte) (random.nextBoolean() ? 0 : random.nextInt());
        bytes[i + 1] = (byte) random.nextInt();
      }
    }
    return IpAddress.of(bytes);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsPrintedIsReadAgainHereAndByTheJdk(long seed) throws UnknownHostException {
    IpAddress address = arbitrary(seed);
    assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
    InetAddress jdk = InetAddress.getByAddress(address.toBytes());
    if (jdk.getAddress().length == address.toBytes().length) {
      assertThat(IpAddress.parse(jdk.getHostAddress())).isEqualTo(address);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theOrderIsThatOfTheBytes(long seed) {
    IpAddress one = arbitrary(seed);
    IpAddress other = arbitrary(seed + 4);
    assertThat(Integer.signum(one.compareTo(other)))
        .isEqualTo(Integer.signum(Arrays.compareUnsigned(one.toBytes(), other.toBytes())));
  }
}

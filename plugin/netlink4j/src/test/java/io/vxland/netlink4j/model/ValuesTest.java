package io.vxland.netlink4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 00000000",
    "10.0.0.8, 0a000008",
    "255.255.255.255, ffffffff",
    "::, 00000000000000000000000000000000",
    "::1, 00000000000000000000000000000001",
    "2001:db8::1, 20010db8000000000000000000000001",
    "2001:db8:0:1:1:1:1:1, 20010db8000000010001000100010001",
    "2001:db8::1:0:0:1, 20010db8000000000001000000000001",
    "fe80::, fe800000000000000000000000000000"
  })
  void anAddressIsReadAndWrittenInItsOneForm(String text, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(IpAddress.parse(text).toBytes()).isEqualTo(bytes);
    assertThat(IpAddress.of(bytes)).isEqualTo(IpAddress.parse(text)).hasToString(text);
    assertThat(IpAddress.of(IpAddress.parse(text).toInetAddress()).toBytes()).isEqualTo(bytes);
  }

  @Test
  void otherFormsOfIpv6AreReadToo() {
    assertThat(IpAddress.parse("2001:DB8:0:0:0:0:0:1")).hasToString("2001:db8::1");
    assertThat(IpAddress.parse("::ffff:10.0.0.1")).hasToString("::ffff:a00:1");
    assertThat(IpAddress.parse("1::")).hasToString("1::");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "10.0.0",
        "10.0.0.08",
        "10.0.0.256",
        "10.0.0.1.2",
        "10.0.0.-1",
        "10.0.0.1 ",
        "+1.0.0.1",
        "localhost",
        "0x7f.0.0.1",
        "١.0.0.1",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "12345::",
        "g::",
        "::1%eth0",
        "[::1]",
        "::10.0.0",
        "1.2.3.4::",
        ":1::2",
        "1:2:3:4:5:6:7:1.2.3.4"
      })
  void whatIsNoLiteralIsRefusedWithoutAskingAnyone(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IpAddress.parse(text))
        .withMessageContaining("'" + text + "'");
  }

  @Test
  void linkAddressesOfAnyLengthKeepTheirBytes() {
    Random random = new Random(11);
    for (int length = 0; length <= LinkAddress.MAX_LENGTH; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      LinkAddress address = LinkAddress.of(bytes);
      assertThat(address.toBytes()).isEqualTo(bytes);
      assertThat(address.length()).isEqualTo(length);
      assertThat(LinkAddress.of(bytes)).isEqualTo(address).hasSameHashCodeAs(address);
      if (length > 0) {
        assertThat(LinkAddress.parse(address.toString())).isEqualTo(address);
        bytes[length - 1]++;
        assertThat(LinkAddress.of(bytes)).isNotEqualTo(address);
      }
    }
    assertThat(LinkAddress.parse("01:00:5e:00:00:01").isMulticast()).isTrue();
    assertThat(LinkAddress.ZERO_MAC.isZero()).isTrue();
    assertThat(LinkAddress.of(new byte[5])).isNotEqualTo(LinkAddress.ZERO_MAC);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "52:54:0:00:00:01", "52-54-00-00-00-01", "52:54:00:00:00:0g", "52:54:"})
  void whatIsNoLinkAddressIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> LinkAddress.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a/b",
        "a b",
        "a:b",
        "sixteen-bytes-xx",
        "äöüäöüäö",
        "a\nb",
        "a\u0000b"
      })
  void whatIsNoDeviceNameIsRefused(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> LinkSpec.named(name));
  }

  @Test
  void valuesOutOfRangeCannotBeMade() {
    assertThatIllegalArgumentException().isThrownBy(() -> Vxlan.of(1 << 24));
    assertThatIllegalArgumentException().isThrownBy(() -> Vxlan.of(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> Vxlan.of(1).with(Vxlan.PORT, 65_536));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Vxlan.of(1).with(Vxlan.LOCAL, IpAddress.parse("::1")));
    assertThatIllegalArgumentException().isThrownBy(() -> new PortRange(2, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> LinkSpec.index(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinkSpec.named("a").alias("x".repeat(256)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FdbEntry.remote(0, LinkAddress.ZERO_MAC, IpAddress.v4(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new IpPrefix(IpAddress.parse("10.0.0.0"), 33));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Change.append(LinkSpec.named("a")))
        .withMessageContaining("append");
  }

  @Test
  void anErrorSaysWhatWasTriedAndWhatTheKernelSaid() {
    NetlinkException error = new NetlinkException("delete x", Errno.ENODEV, "no such thing", 20);
    assertThat(error).hasMessage("delete x: ENODEV (no such thing), at byte 20 of the request");
    assertThat(error.isAbsent()).isTrue();
    assertThat(new NetlinkException("x", Errno.EEXIST).isPresent()).isTrue();
    assertThat(Errno.name(1)).isEqualTo("EPERM");
    assertThat(Errno.name(110)).isEqualTo("ETIMEDOUT");
    assertThat(Errno.name(122)).isEqualTo("EDQUOT");
    assertThat(Errno.name(95)).isEqualTo("EOPNOTSUPP");
    assertThat(Errno.name(41)).isEqualTo("errno 41");
    assertThat(Errno.name(4000)).isEqualTo("errno 4000");
  }
}

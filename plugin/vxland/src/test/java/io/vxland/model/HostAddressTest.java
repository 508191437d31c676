package io.vxland.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostAddressTest {
  @Test
  void itIsAnAddressASubnetOrADevice() {
    assertThat(HostAddress.parse("10.99.0.1"))
        .isEqualTo(new HostAddress.Exact(Vtep.parse("10.99.0.1")));
    assertThat(HostAddress.parse("10.97.0.1/32"))
        .isEqualTo(new HostAddress.Exact(Vtep.parse("10.97.0.1")));
    assertThat(HostAddress.parse("fd99::1").exact()).contains(Vtep.parse("fd99::1"));
    assertThat(HostAddress.parse("10.99.0.0/24"))
        .isEqualTo(new HostAddress.In(Prefix.parse("10.99.0.0/24")));
    assertThat(HostAddress.parse("fd99::/64").exact()).isEmpty();
    assertThat(HostAddress.parse("bond0.12"))
        .isEqualTo(new HostAddress.On(new InterfaceName("bond0.12")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.99.0.1/24 | write 10.99.0.1 or 10.99.0.0/24",
        "fd99::1/64   | write fd99::1 or fd99::/64",
        "10.99.0      | 10.99.0",
        "127.0.0.1    | 127.0.0.1",
        "224.0.0.1/32 | 224.0.0.1",
        "a b          | a b",
        "/24          | ",
      })
  void whatIsNoneOfThemIsRefusedWithWhatToWrite(String text, String words) {
    assertThatThrownBy(() -> HostAddress.parse(text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(words == null ? "" : words);
  }

  @ParameterizedTest
  @CsvSource({
    "10.99.0.0/24, 10.99.0.255, true",
    "10.99.0.0/24, 10.99.1.0, false",
    "10.99.0.0/24, fd99::1, false",
    "0.0.0.0/0, 8.8.8.8, true",
    "::/0, fd99::1, true",
    "fd99::/48, fd99:0:0:1::, true",
    "fd99::/64, fd99:0:0:1::, false",
    "fd99::/65, fd99::8000:0:0:0, false",
    "fd99::1/128, fd99::1, true",
    "fd99::1/128, fd99::2, false",
  })
  void aSubnetHasTheAddressesThatBeginLikeIt(String subnet, String address, boolean within) {
    assertThat(Prefix.parse(subnet).contains(IpAddress.parse(address))).isEqualTo(within);
  }
}

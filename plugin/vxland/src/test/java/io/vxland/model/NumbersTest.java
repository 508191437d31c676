package io.vxland.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers that people write: VNI, MTU, UDP port, prefix length. */
class NumbersTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "42, 42", "5001, 5001", "16777215, 16777215"})
  void aVniIsRead(String text, int value) {
    assertThat(Vni.parse(text)).isEqualTo(new Vni(value)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "00",
        "01",
        "16777216",
        "4294967297",
        "99999999999999999999",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1e3",
        "1_000",
        "1,000",
        "0x10",
        "1.0",
        "٣",
        "３",
        "five",
        "\u0000",
        "1\n"
      })
  void whatIsNoVniIsRefusedAndNamed(String text) {
    assertThatThrownBy(() -> Vni.parse(text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage(
            "VNI " + InvalidValueException.quote(text) + " is not a number from 1 to 16777215");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 16_777_216, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void aVniOutOfRangeCannotBeMade(int value) {
    assertThatThrownBy(() -> new Vni(value)).isInstanceOf(InvalidValueException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "-4789", "4789/udp", "vxlan"})
  void whatIsNoUdpPortIsRefused(String text) {
    assertThatThrownBy(() -> UdpPort.parse(text)).hasMessageStartingWith("UDP port '" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "575", "65536", "1450b"})
  void whatIsNoMtuIsRefused(String text) {
    assertThatThrownBy(() -> Mtu.parse(text)).hasMessageStartingWith("MTU '" + text + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.0.1/24, 10.1.0.1/24",
    "10.1.0.1/0, 10.1.0.1/0",
    "10.1.0.1, 10.1.0.1/32",
    "fd00::1/64, fd00::1/64",
    "fd00::1, fd00::1/128",
  })
  void aPrefixIsRead(String text, String canonical) {
    assertThat(Prefix.parse(text)).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1.0.1/33",
        "fd00::/129",
        "10.1.0.1/",
        "10.1.0.1/-1",
        "10.1.0.1/255.255.255.0",
        "/24",
        "10.1.0.1/24/8",
        "10.1.0.1/024"
      })
  void whatIsNoPrefixIsRefused(String text) {
    assertThatThrownBy(() -> Prefix.parse(text)).isInstanceOf(InvalidValueException.class);
  }

  @Test
  void aMessageQuotesNoMoreThan80CharactersAndNoControls() {
    assertThatThrownBy(() -> Vni.parse("7\u001b[31m" + "x".repeat(1000)))
        .hasMessageStartingWith("VNI '7?[31mxxx")
        .hasMessageContaining("...'")
        .message()
        .hasSizeLessThan(140);
  }
}

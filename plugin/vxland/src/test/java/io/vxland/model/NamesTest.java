package io.vxland.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of devices and networks, and addresses of cards. */
class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "br5001", "vxlan16777215", "eth0.100", "a-b_c@d", "123456789012345"})
  void aDeviceNameIsTaken(String name) {
    assertThat(new InterfaceName(name)).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "1234567890123456",
        "br/1",
        "br 1",
        "br:1",
        "br\t1",
        "br\n",
        "br\u0000",
        "brà",
        "br-ab-ab-ab-abü",
        "br\ufffd",
        "br\ud800",
        " br",
        "br\u007f"
      })
  void whatIsNoDeviceNameIsRefusedAndNamed(String name) {
    assertThatThrownBy(() -> new InterfaceName(name))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(InvalidValueException.quote(name))
        .hasMessageContaining("1 to 15 bytes long");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ".", "..", "a/b", "a\u0000b", "a\nb"})
  void whatIsNoNetworkNameIsRefused(String name) {
    assertThatThrownBy(() -> new NetworkName(name)).isInstanceOf(InvalidValueException.class);
  }

  @Test
  void aNetworkNameHasAtMost64Characters() {
    assertThat(new NetworkName("x".repeat(64)).value()).hasSize(64);
    assertThatThrownBy(() -> new NetworkName("x".repeat(65)))
        .isInstanceOf(InvalidValueException.class);
  }

  @ParameterizedTest
  @CsvSource({"br5001, 5001", "br1, 1", "br16777215, 16777215"})
  void aBridgeNameMayTellItsVni(String bridge, int vni) {
    assertThat(Network.vniOfBridge(new InterfaceName(bridge))).contains(new Vni(vni));
  }

  @ParameterizedTest
  @ValueSource(strings = {"br0", "br16777216", "br05", "br", "virbr0", "br1e3", "br+1", "BR5001"})
  void otherBridgeNamesTellNone(String bridge) {
    assertThat(Network.vniOfBridge(new InterfaceName(bridge))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "52:54:00:12:34:56, 52:54:00:12:34:56",
    "AA:BB:CC:DD:EE:0F, aa:bb:cc:dd:ee:0f",
    "00:00:00:00:00:00, 00:00:00:00:00:00",
    "ff:ff:ff:ff:ff:ff, ff:ff:ff:ff:ff:ff",
  })
  void aMacIsReadInEitherCase(String text, String canonical) {
    assertThat(MacAddress.parse(text)).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "52:54:00:12:34",
        "52:54:00:12:34:56:78",
        "52-54-00-12-34-56",
        "5254.0012.3456",
        "525400123456",
        "52:54:0:12:34:56",
        "52:54:00:12:34:5g",
        "52:54:00:12:34:5６",
        " 52:54:00:12:34:56",
        "52:54:00:12:34:56 ",
        "52:54:00:12:34 56",
        "+2:54:00:12:34:56"
      })
  void whatIsNoMacIsRefusedAndNamed(String text) {
    assertThatThrownBy(() -> MacAddress.parse(text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(InvalidValueException.quote(text))
        .hasMessageContaining("such as 52:54:00:12:34:56");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "01:00:5e:00:00:01",
        "33:33:00:00:00:01",
        "ff:ff:ff:ff:ff:ff",
        "00:00:00:00:00:00"
      })
  void noCardHasAGroupAddressOrZero(String text) {
    assertThatThrownBy(() -> MacAddress.parseUnicast(text))
        .hasMessage("MAC address " + text + " is a multicast address or zero; no NIC has it");
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsPrintedIsReadAgain(long seed) {
    MacAddress mac = new MacAddress(new Random(seed).nextLong() & 0xFFFF_FFFF_FFFFL);
    assertThat(MacAddress.parse(mac.toString())).isEqualTo(mac);
    assertThat(MacAddress.parse(mac.toString().toUpperCase(Locale.ROOT))).isEqualTo(mac);
  }
}

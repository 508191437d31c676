package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.InterfaceName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NftNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "vnet0",
        "101-eth0",
        "täp0",
        "桥",
        "web;drop",
        "a#b",
        "{x}",
        "a*b",
        "-",
        "=",
        "0x1g",
        "1a"
      })
  void mostNamesMeanThemselves(String name) {
    assertThat(NftNames.isSayable(new InterfaceName(name))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\"b", "vnet*", "*", "a\\b", "$a", "9", "-9", "0x10", "007"})
  void someMeanSomethingElse(String name) {
    assertThat(NftNames.isSayable(new InterfaceName(name))).isFalse();
  }
}

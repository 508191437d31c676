package io.vxland.dataplane.ovs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.dataplane.DataplaneException;
import io.vxland.model.MacAddress;
import io.vxland.openflow.Port;
import io.vxland.plan.ovs.Learned;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearnedTableTest {
  private static final String HEAD = " port  VLAN  MAC                Age\n";

  /** As Open vSwitch 3.1.0 has printed it. */
  @Test
  void anEntryHasPortVlanAndAddress() throws Exception {
    String text =
        HEAD
            + "    2     0  52:54:00:0e:01:0a   17\n"
            + "LOCAL    11  3a:5e:0f:00:00:4b    0\n"
            + "65279  4095  52:54:00:0e:01:0b  static\n";
    assertThat(LearnedTable.parse(text))
        .containsExactly(
            new Learned(new Port(2), 0, MacAddress.parse("52:54:00:0e:01:0a"), false),
            new Learned(Port.LOCAL, 11, MacAddress.parse("3a:5e:0f:00:00:4b"), false),
            new Learned(new Port(65279), 4095, MacAddress.parse("52:54:00:0e:01:0b"), true));
  }

  @Test
  void nothingMayBeLearned() throws Exception {
    assertThat(LearnedTable.parse(HEAD)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "    2     0  52:54:00:0e:01:0a",
        "    2     0  52:54:00:0e:01:0a   17  more",
        "    2  4096  52:54:00:0e:01:0a   17",
        "    2    -1  52:54:00:0e:01:0a   17",
        "    0     0  52:54:00:0e:01:0a   17",
        "65280     0  52:54:00:0e:01:0a   17",
        "vnet0     0  52:54:00:0e:01:0a   17",
        "    2     0  52:54:00:0e:01      17",
        "    2     0  52:54:00:0e:01:0a  young",
        "99999999999 0 52:54:00:0e:01:0a  17",
        "",
      })
  void whatIsNoEntryIsRefused(String line) {
    assertThatThrownBy(() -> LearnedTable.parse(HEAD + line + "\n"))
        .isInstanceOf(DataplaneException.class)
        .hasMessageContaining("is no entry");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "no such bridge", " port  VLAN  MAC\n"})
  void whatIsNoTableIsRefused(String text) {
    assertThatThrownBy(() -> LearnedTable.parse(text))
        .isInstanceOf(DataplaneException.class)
        .hasMessageContaining("a head");
  }
}

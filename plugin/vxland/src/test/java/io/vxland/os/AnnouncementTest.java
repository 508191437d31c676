package io.vxland.os;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.MacAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
  @Test
  void theFrameIsTheOneThatQemuSends() {
    byte[] frame = Announcement.of(MacAddress.parse("52:54:00:ab:cd:ef"));
    assertThat(HexFormat.of().formatHex(frame))
        .isEqualTo(
            "ffffffffffff"
                + "525400abcdef"
                + "8035"
                + "0001"
                + "0800"
                + "06"
                + "04"
                + "0003"
                + "525400abcdef"
                + "00000000"
                + "525400abcdef"
                + "00000000"
                + "00".repeat(18));
  }
}

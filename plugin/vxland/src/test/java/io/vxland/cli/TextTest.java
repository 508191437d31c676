package io.vxland.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
  @ParameterizedTest
  @CsvSource({
    "0, -",
    "0.0004, 0.000 ms",
    "0.412, 0.412 ms",
    "51.25, 51.3 ms",
    "999.9, 999.9 ms",
    "1000, 1.000 s",
    "59999, 59.999 s",
    "60000, 1m 0s",
    "7384000, 2h 3m"
  })
  void aDurationIsShort(double millis, String text) {
    assertThat(Text.orDash(millis)).isEqualTo(text);
  }

  @Test
  void linesBreakBetweenWordsAndLongWordsAnywhere() {
    assertThat(Text.wrap("", 4)).containsExactly("");
    assertThat(Text.wrap("one two", 7)).containsExactly("one two");
    assertThat(Text.wrap("one two", 6)).containsExactly("one", "two");
    assertThat(Text.wrap("a 0123456789 b", 4)).containsExactly("a", "0123", "4567", "89 b");
    assertThat(Text.wrap("\ud83d\ude00\ud83d\ude00\ud83d\ude00", 2))
        .containsExactly("\ud83d\ude00\ud83d\ude00", "\ud83d\ude00");
    assertThat(Text.wrap("a\u001b[2Jb\nc", 80)).isEqualTo(List.of("a?[2Jb?c"));
  }

  @Test
  void whatSteersATerminalOrTurnsTextRoundIsReplacedAndAllElseStays() {
    assertThat(Text.clean("\u0007\u0085\u202e\u2028\u2029\u200b\ufeff\ud800"))
        .isEqualTo("????????");
    assertThat(Text.clean("gr\u00fcn \u65e5\u672c \ud83d\ude00 ~"))
        .isEqualTo("grün 日本 \ud83d\ude00 ~");
  }
}

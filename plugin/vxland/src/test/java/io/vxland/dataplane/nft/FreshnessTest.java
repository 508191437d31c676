package io.vxland.dataplane.nft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FreshnessTest {
  private long now;
  private final Freshness freshness = new Freshness(Duration.ofSeconds(5), () -> now);

  private void seconds(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void whatWasNeverReadIsRead() {
    assertThat(freshness.isOver()).isTrue();
    assertThat(freshness.isOver()).isFalse();
  }

  @Test
  void itIsReadAgainAfterItsTimeAndWritingBeginsTheTimeAnew() {
    assertThat(freshness.isOver()).isTrue();
    seconds(5);
    assertThat(freshness.isOver()).isFalse();
    freshness.beginsAnew();
    seconds(5);
    assertThat(freshness.isOver()).isFalse();
    seconds(1);
    assertThat(freshness.isOver()).isTrue();
  }

  @Test
  void whatChangesWhileItIsReadOrWrittenIsFoundByTheNextReading() {
    assertThat(freshness.isOver()).isTrue();
    freshness.distrust();
    freshness.beginsAnew();
    assertThat(freshness.isOver()).isTrue();
    assertThat(freshness.isOver()).isFalse();
  }
}

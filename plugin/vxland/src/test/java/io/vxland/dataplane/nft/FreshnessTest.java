package io.vxland.dataplane.nft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FreshnessTest {
  private final Freshness freshness = new Freshness();

  @Test
  void whatWasNeverReadIsRead() {
    assertThat(freshness.isOver()).isTrue();
    assertThat(freshness.isOver()).isFalse();
  }

  @Test
  void whatChangesWhileItIsReadIsFoundByTheNextReading() {
    assertThat(freshness.isOver()).isTrue();
    freshness.distrust();
    assertThat(freshness.isOver()).isTrue();
    assertThat(freshness.isOver()).isFalse();
  }
}

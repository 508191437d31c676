package io.vxland.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryTest {
  @Test
  void theTimeBetweenAttemptsDoublesUpToAMost() {
    StandingConnection.Retry retry =
        new StandingConnection.Retry(Duration.ofMillis(100), Duration.ofMillis(350));
    assertThat(retry.after(retry.first())).isEqualTo(Duration.ofMillis(200));
    assertThat(retry.after(retry.after(retry.first()))).isEqualTo(Duration.ofMillis(350));
    assertThatThrownBy(
            () -> new StandingConnection.Retry(Duration.ofMillis(2), Duration.ofMillis(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

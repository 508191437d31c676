package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LooksTest {
  private static final UUID VM = new UUID(0, 1);

  private final List<UUID> asked = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private final List<Runnable> later = new ArrayList<>();
  private boolean awaited;
  private final Looks looks =
      new Looks(
          asked::add,
          domain -> awaited,
          pause -> {
            pauses.add(pause);
            return later::add;
          });

  private void timePasses() {
    List<Runnable> due = List.copyOf(later);
    later.clear();
    due.forEach(Runnable::run);
  }

  @Test
  void aVmIsLookedAtAtOnceAndNotAgainOnceAllIsThere() {
    looks.at(VM);
    looks.answered(VM, true);
    assertThat(asked).containsExactly(VM);
    assertThat(later).isEmpty();
  }

  @Test
  void aVmOfWhichSomethingIsMissingIsLookedAtAgainAFewTimesAndThenNoMore() {
    looks.at(VM);
    for (int i = 0; i < 100; i++) {
      looks.answered(VM, false);
      timePasses();
    }
    assertThat(asked).hasSizeBetween(5, 20);
    assertThat(pauses.get(0)).isLessThanOrEqualTo(Duration.ofMillis(50));
    assertThat(pauses).isSorted();
    assertThat(later).isEmpty();
  }

  @Test
  void theFirstAnswersThatMissSomethingComeWithinASecond() {
    looks.at(VM);
    for (int i = 0; i < 4; i++) {
      looks.answered(VM, false);
    }
    assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
        .isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void ofTwoAnswersThatMissSomethingOnlyTheLastHasItLookedAtAgain() {
    looks.at(VM);
    looks.answered(VM, false);
    looks.answered(VM, false);
    timePasses();
    assertThat(asked).containsExactly(VM, VM);
  }

  @Test
  void anAnnouncedPortIsAskedForOnlyIfItHasNotComeByItself() {
    looks.announced(VM);
    timePasses();
    assertThat(asked).isEmpty();
    awaited = true;
    looks.announced(VM);
    timePasses();
    assertThat(asked).containsExactly(VM);
  }
}

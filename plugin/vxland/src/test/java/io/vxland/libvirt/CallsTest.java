package io.vxland.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallsTest {
  private static final Duration NONE = Duration.ZERO;
  private static final Duration LONG = Duration.ofHours(1);

  private final List<String> over = new ArrayList<>();
  private final Calls calls = new Calls(call -> over.add(call.function()));

  private interface Library {
    int virAnswer(Runnable meanwhile);
  }

  private final Library library =
      calls.noting(
          Library.class,
          meanwhile -> {
            meanwhile.run();
            return 42;
          });

  @Test
  void aCallThatTakesTooLongIsToldOnceAndItsEnd() {
    List<Optional<String>> told = new ArrayList<>();
    int answer =
        library.virAnswer(
            () -> {
              told.add(calls.overdue(LONG).map(Calls.Call::function));
              told.add(calls.overdue(NONE).map(Calls.Call::function));
              told.add(calls.overdue(NONE).map(Calls.Call::function));
            });
    assertThat(answer).isEqualTo(42);
    assertThat(told).containsExactly(Optional.empty(), Optional.of("virAnswer"), Optional.empty());
    assertThat(over).containsExactly("virAnswer");
    assertThat(calls.overdue(NONE)).isEmpty();
  }

  @Test
  void aCallThatNobodyWasToldOfEndsSilently() {
    assertThat(library.virAnswer(() -> {})).isEqualTo(42);
    assertThat(over).isEmpty();
  }

  @Test
  void whatACallThrowsComesThrough() {
    assertThatThrownBy(
            () ->
                library.virAnswer(
                    () -> {
                      throw new UnsatisfiedLinkError("virAnswer");
                    }))
        .isInstanceOf(UnsatisfiedLinkError.class);
    assertThat(calls.overdue(NONE)).isEmpty();
  }
}

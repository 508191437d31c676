package io.vxland.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.migration.Step.Effect;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every event in every stage, and what holds after any sequence of them. */
class StageTest {
  private static final long NOW = 1_000_000_000_000L;
  private static final long LATER = NOW + 1;

  private static final LocalPort PORT =
      new LocalPort(
          new UUID(0, 1),
          "vm",
          MacAddress.parse("52:54:00:00:00:01"),
          new Vni(5001),
          new InterfaceName("br5001"),
          Optional.of(new InterfaceName("vnet0")),
          Optional.empty(),
          LocalPort.State.HERE);

  private static final Map<String, Stage> STAGES =
      Map.of(
          "absent", new Stage.Absent(),
          "expected", new Stage.Expected(LATER),
          "incoming", new Stage.Incoming(),
          "here", Stage.Here.SETTLED,
          "arrived", Stage.Here.until(LATER),
          "copying", new Stage.Copying(OptionalLong.empty(), LATER),
          "paused", Stage.Paused.at(NOW),
          "heard", new Stage.Paused(true, OptionalLong.of(LATER)),
          "left", new Stage.Paused(true, OptionalLong.empty()),
          "away", new Stage.Away(true, LATER));

  /** Stage, event, what becomes of it, and what is done at once; all else changes nothing. */
  private static final List<String> TABLE =
      List.of(
          "absent   EXPECTED        expected",
          "absent   PLUGGED         here",
          "absent   RUNNING         here",
          "absent   HELD            here",
          "absent   WAITING         incoming",
          "absent   FOUND_PAUSED    incoming",
          "expected EXPECTED        expected",
          "expected PLUGGED         incoming",
          "expected WAITING         incoming",
          "expected FOUND_PAUSED    incoming",
          "expected RUNNING         here",
          "expected HELD            here",
          "expected GONE            absent",
          "incoming HEARD_HERE      arrived",
          "incoming RUNNING         arrived  RECEIVE",
          "incoming HELD            arrived  RECEIVE",
          "incoming GONE            absent",
          "here     COPYING         copying",
          "here     WAITING         incoming",
          "here     PAUSED          paused   REDIRECT",
          "here     FOUND_PAUSED    paused   REDIRECT",
          "here     GONE            absent",
          "arrived  COPYING         copying",
          "arrived  PAUSED          paused   REDIRECT",
          "arrived  GONE            absent",
          "copying  COPY_ENDED      here",
          "copying  HALTED          paused   REDIRECT",
          "copying  PAUSED          paused   REDIRECT",
          "copying  FOUND_PAUSED    paused   REDIRECT",
          "copying  GONE            away",
          "paused   RUNNING         here     TAKE_BACK ANNOUNCE",
          "paused   HELD            here     TAKE_BACK ANNOUNCE",
          "paused   HEARD_HERE      paused   ASK_LIBVIRT",
          "paused   HEARD_ELSEWHERE heard",
          "paused   GONE            away",
          "heard    RUNNING         here     TAKE_BACK ANNOUNCE",
          "heard    HELD            here     TAKE_BACK ANNOUNCE",
          "heard    HEARD_HERE      heard    ASK_LIBVIRT",
          "heard    GONE            away",
          "left     RUNNING         here     TAKE_BACK ANNOUNCE",
          "left     HELD            here     TAKE_BACK ANNOUNCE",
          "left     HEARD_HERE      left     ASK_LIBVIRT",
          "left     GONE            away",
          "away     EXPECTED        expected",
          "away     PLUGGED         here",
          "away     RUNNING         here",
          "away     HELD            here",
          "away     WAITING         incoming",
          "away     FOUND_PAUSED    incoming");

  /** The name in {@link #STAGES} of the same event of stage. */
  private static String name(Stage stage) {
    if (stage instanceof Stage.Here here) {
      return here.deliverUntil().isPresent() ? "arrived" : "here";
    }
    if (stage instanceof Stage.Paused paused) {
      return !paused.heard() ? "paused" : paused.until().isPresent() ? "heard" : "left";
    }
    return STAGES.entrySet().stream()
        .filter(entry -> entry.getValue().getClass() == stage.getClass())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static Stream<String> stages() {
    return STAGES.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("stages")
  void everyEventHasItsPlaceInTheTable(String from) {
    Map<Event, String> expected = new EnumMap<>(Event.class);
    for (Event event : Event.values()) {
      expected.put(event, from);
    }
    for (String row : TABLE) {
      String[] words = row.split(" +");
      if (words[0].equals(from)) {
        String effects = String.join(" ", List.of(words).subList(3, words.length));
        expected.put(Event.valueOf(words[1]), (words[2] + " " + effects).strip());
      }
    }
    Map<Event, String> actual = new EnumMap<>(Event.class);
    for (Event event : Event.values()) {
      Step step = STAGES.get(from).on(event, NOW);
      String effects =
          String.join(" ", step.effects().stream().sorted().map(Effect::name).toList());
      actual.put(event, (name(step.stage()) + " " + effects).strip());
    }
    assertThat(actual).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("stages")
  void anEventThatComesTwiceIsOneEvent(String from) {
    for (Event event : Event.values()) {
      Step once = STAGES.get(from).on(event, NOW);
      Step twice = once.stage().on(event, NOW);
      assertThat(twice.stage()).as("%s %s", from, event).isEqualTo(once.stage());
      assertThat(twice.effects()).as("%s %s", from, event).doesNotContain(Effect.REDIRECT);
    }
  }

  @Test
  void timeAloneEndsWhatIsBounded() {
    assertThat(afterItsTime("expected")).isEqualTo("absent");
    assertThat(afterItsTime("arrived")).isEqualTo("here");
    assertThat(afterItsTime("heard")).isEqualTo("left");
    assertThat(afterItsTime("away")).isEqualTo("absent");
    assertThat(Stage.Paused.at(NOW).on(Event.TICK, NOW + Stage.REDIRECT_LIMIT).stage())
        .isEqualTo(new Stage.Paused(false, OptionalLong.empty()));
  }

  private static String afterItsTime(String from) {
    Stage stage = STAGES.get(from);
    return name(stage.on(Event.TICK, stage.deadline().orElseThrow()).stage());
  }

  @Test
  void aHostThatHearsNothingOfOthersGoesOnRedirectingAndTaking() {
    for (Stage stage :
        List.of(
            new Stage.Away(false, LATER),
            new Stage.Away(true, LATER),
            new Stage.Paused(true, OptionalLong.of(LATER)),
            new Stage.Here(OptionalLong.of(LATER)))) {
      long due = stage.deadline().orElseThrow();
      Stage later = stage.on(Event.TICK_DEAF, due).stage();
      assertThat(later.handovers(PORT)).isEqualTo(stage.handovers(PORT));
      assertThat(later.deadline().orElseThrow()).isGreaterThan(due);
      assertThat(later.on(Event.TICK, later.deadline().orElseThrow()).stage().deadline())
          .as("once others are heard again")
          .isEmpty();
    }
  }

  @Test
  void libvirtIsAskedAgainAndAgainWhetherTheCopyGoesOn() {
    Stage copying = STAGES.get("copying");
    Step asked = copying.on(Event.TICK, LATER);
    assertThat(asked.effects()).containsExactly(Effect.ASK_COPY);
    assertThat(asked.stage().deadline()).hasValue(LATER + Stage.ASK);
  }

  @Test
  void aRedirectIsOverSoonAfterTheCardIsHeardElsewhere() {
    Stage heard = Stage.Paused.at(NOW).on(Event.HEARD_ELSEWHERE, NOW).stage();
    assertThat(heard.deadline()).hasValue(NOW + Stage.SETTLE);
    // QEMU announces the VM five times: that is no reason to stay longer.
    Stage again = heard.on(Event.HEARD_ELSEWHERE, NOW + 800_000_000L).stage();
    assertThat(again.deadline()).hasValue(NOW + Stage.SETTLE);
    // Its place is the kernel's to say from here on.
    assertThat(heard.handovers(PORT)).containsExactly(new Handover.Late(PORT.vni(), PORT.mac()));
  }

  @Test
  void framesAreTakenForLongerThanAnybodySendsThem() {
    assertThat(Stage.DELIVER).isGreaterThan(2 * Stage.SETTLE);
  }

  @Test
  void aVmThatIsBeingCopiedMayMoveAndOneThatIsNoLongerMayNot() {
    Stage copying = Stage.Here.SETTLED.on(Event.COPYING, NOW).stage();
    assertThat(copying.handovers(PORT))
        .containsExactlyInAnyOrder(
            new Handover.Ready(PORT.vni(), PORT.mac()),
            new Handover.Copied(PORT.vni(), PORT.mac()));
    assertThat(copying.on(Event.COPY_ENDED, NOW).stage().handovers(PORT))
        .containsExactly(new Handover.Ready(PORT.vni(), PORT.mac()));
  }

  @Test
  void theHostThatWaitsForAVmDoesNotSayThatItIsHere() {
    assertThat(new Stage.Incoming().portState()).contains(LocalPort.State.INCOMING);
    assertThat(new Stage.Incoming().handovers(PORT))
        .containsExactly(
            new Handover.Delivery(PORT.vni(), PORT.mac(), new InterfaceName("vnet0"), false));
  }

  private static Stream<Integer> seeds() {
    return IntStream.range(0, 200).boxed();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void afterAnySequenceOfEvents(int seed) {
    Random random = new Random(seed);
    Stage stage = new Stage.Absent();
    long now = NOW;
    List<Event> events = List.of(Event.values());
    List<String> story = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Event event = events.get(random.nextInt(events.size()));
      now += (long) (random.nextDouble() * 2e9);
      Step step = stage.on(event, now);
      story.add(event + "->" + name(step.stage()));
      boolean pausedNow = step.stage() instanceof Stage.Paused && !(stage instanceof Stage.Paused);
      assertThat(step.effects().contains(Effect.REDIRECT)).as("%s", story).isEqualTo(pausedNow);
      stage = step.stage();
      assertThat(redirects(stage) && stage.portState().equals(Optional.of(LocalPort.State.HERE)))
          .as("%s", story)
          .isFalse();

      Stage running = stage.on(Event.RUNNING, now).stage();
      assertThat(running.portState()).as("%s RUNNING", story).contains(LocalPort.State.HERE);
      assertThat(redirects(running)).as("%s RUNNING", story).isFalse();

      Stage gone = ticked(stage.on(Event.GONE, now).stage());
      assertThat(gone).as("%s GONE", story).isEqualTo(new Stage.Absent());
    }
  }

  private static boolean redirects(Stage stage) {
    return stage.handovers(PORT).stream().anyMatch(Handover.Redirect.class::isInstance);
  }

  private static Stage ticked(Stage stage) {
    Stage last = stage;
    Set<Class<?>> timed = Set.of(Stage.Expected.class, Stage.Away.class);
    while (timed.contains(last.getClass())) {
      last = last.on(Event.TICK, last.deadline().orElseThrow()).stage();
    }
    return last;
  }
}

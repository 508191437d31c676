package io.vxland.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.migration.Event.Kind;
import io.vxland.migration.Step.Effect;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
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
  private static final Vtep THERE = Vtep.parse("10.99.0.2");

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
          "heard", new Stage.Paused(Optional.of(THERE), OptionalLong.of(LATER)),
          "left", new Stage.Paused(Optional.of(THERE), OptionalLong.empty()),
          "away", new Stage.Away(Optional.of(THERE), LATER));

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
          "incoming RUNNING         arrived",
          "incoming HELD            arrived",
          "incoming GONE            absent",
          "here     COPYING         copying",
          "here     WAITING         incoming",
          "here     PAUSED          paused   REDIRECT",
          "here     FOUND_PAUSED    paused   REDIRECT",
          "here     GONE            absent",
          "arrived  COPYING         copying",
          "arrived  PAUSED          paused   REDIRECT",
          "arrived  FOUND_PAUSED    paused   REDIRECT",
          "arrived  GONE            absent",
          "copying  COPY_ENDED      here",
          "copying  PAUSED          paused   REDIRECT",
          "copying  FOUND_PAUSED    paused   REDIRECT",
          "copying  GONE            absent",
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

  private static Event event(Kind kind) {
    return kind == Kind.HEARD_ELSEWHERE ? Event.heardElsewhere(THERE) : Event.of(kind);
  }

  /** The name in {@link #STAGES} of the same kind of stage. */
  private static String name(Stage stage) {
    if (stage instanceof Stage.Here here) {
      return here.deliverUntil().isPresent() ? "arrived" : "here";
    }
    if (stage instanceof Stage.Paused paused) {
      return paused.heard().isEmpty() ? "paused" : paused.until().isPresent() ? "heard" : "left";
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
    Map<Kind, String> expected = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      expected.put(kind, from);
    }
    for (String row : TABLE) {
      String[] words = row.split(" +");
      if (words[0].equals(from)) {
        String effects = String.join(" ", List.of(words).subList(3, words.length));
        expected.put(Kind.valueOf(words[1]), (words[2] + " " + effects).strip());
      }
    }
    Map<Kind, String> actual = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      Step step = STAGES.get(from).on(event(kind), NOW);
      String effects =
          String.join(" ", step.effects().stream().sorted().map(Effect::name).toList());
      actual.put(kind, (name(step.stage()) + " " + effects).strip());
    }
    assertThat(actual).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("stages")
  void anEventThatComesTwiceIsOneEvent(String from) {
    for (Kind kind : Kind.values()) {
      Step once = STAGES.get(from).on(event(kind), NOW);
      Step twice = once.stage().on(event(kind), NOW);
      assertThat(twice.stage()).as("%s %s", from, kind).isEqualTo(once.stage());
      assertThat(twice.effects()).as("%s %s", from, kind).doesNotContain(Effect.REDIRECT);
    }
  }

  @Test
  void timeAloneEndsWhatIsBounded() {
    assertThat(afterItsTime("expected")).isEqualTo("absent");
    assertThat(afterItsTime("arrived")).isEqualTo("here");
    assertThat(afterItsTime("heard")).isEqualTo("left");
    assertThat(afterItsTime("away")).isEqualTo("absent");
    assertThat(Stage.Paused.at(NOW).on(Event.of(Kind.TICK), NOW + Stage.REDIRECT_LIMIT).stage())
        .isEqualTo(new Stage.Paused(Optional.empty(), OptionalLong.empty()));
  }

  private static String afterItsTime(String from) {
    Stage stage = STAGES.get(from);
    return name(stage.on(Event.of(Kind.TICK), stage.deadline().orElseThrow()).stage());
  }

  @Test
  void libvirtIsAskedAgainAndAgainWhetherTheCopyGoesOn() {
    Stage copying = STAGES.get("copying");
    Step asked = copying.on(Event.of(Kind.TICK), LATER);
    assertThat(asked.effects()).containsExactly(Effect.ASK_COPY);
    assertThat(asked.stage().deadline()).hasValue(LATER + Stage.ASK);
  }

  @Test
  void aRedirectIsOverSoonAfterTheCardIsHeardElsewhere() {
    Stage heard = Stage.Paused.at(NOW).on(Event.heardElsewhere(THERE), NOW).stage();
    assertThat(heard.deadline()).hasValue(NOW + Stage.SETTLE);
    // QEMU announces the VM five times: that is no reason to stay longer.
    Stage again = heard.on(Event.heardElsewhere(THERE), NOW + 800_000_000L).stage();
    assertThat(again.deadline()).hasValue(NOW + Stage.SETTLE);
    // Its place is the kernel's to say from here on.
    assertThat(heard.handovers(PORT)).containsExactly(new Handover.Ready(PORT.vni(), PORT.mac()));
  }

  @Test
  void framesAreTakenForLongerThanAnybodySendsThem() {
    assertThat(Stage.DELIVER).isGreaterThan(2 * Stage.SETTLE);
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
    List<Kind> kinds = List.of(Kind.values());
    List<String> story = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Kind kind = kinds.get(random.nextInt(kinds.size()));
      now += (long) (random.nextDouble() * 2e9);
      Step step = stage.on(event(kind), now);
      story.add(kind + "->" + name(step.stage()));
      boolean pausedNow = step.stage() instanceof Stage.Paused && !(stage instanceof Stage.Paused);
      assertThat(step.effects().contains(Effect.REDIRECT)).as("%s", story).isEqualTo(pausedNow);
      stage = step.stage();
      assertThat(redirects(stage) && stage.portState().equals(Optional.of(LocalPort.State.HERE)))
          .as("%s", story)
          .isFalse();

      Stage running = stage.on(Event.of(Kind.RUNNING), now).stage();
      assertThat(running.portState()).as("%s RUNNING", story).contains(LocalPort.State.HERE);
      assertThat(redirects(running)).as("%s RUNNING", story).isFalse();

      Stage gone = ticked(stage.on(Event.of(Kind.GONE), now).stage());
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
      last = last.on(Event.of(Kind.TICK), last.deadline().orElseThrow()).stage();
    }
    return last;
  }
}

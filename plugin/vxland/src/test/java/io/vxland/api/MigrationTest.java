package io.vxland.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.api.Migration.Card;
import io.vxland.api.Migration.Outcome;
import io.vxland.api.Migration.Role;
import io.vxland.api.MigrationTotals.Ended;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationTest {
  static Stream<Migration> samples() {
    return Stream.of(
        SampleMigrations.copying(1, "web"),
        SampleMigrations.redirecting(2, "\u001b\"\\\u00fc\n"),
        SampleMigrations.moved(Long.MAX_VALUE, ""),
        SampleMigrations.cancelled(4, "web"),
        SampleMigrations.arrived(5, "web"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void jsonAndBackIsTheSame(Migration migration) throws Exception {
    Migrations all = new Migrations(3, List.of(migration));
    assertThat(Json.read(Json.write(all), Migrations.class)).isEqualTo(all);
  }

  @Test
  void everyKeyIsThereAndNoneMore() {
    assertThat(new String(Json.write(SampleMigrations.cancelled(4, "web")), UTF_8))
        .isEqualTo(
            "{\"number\":4,\"domain\":\"web\",\"uuid\":\"6d1f2c1e-0b1a-4a53-9d4e-1f6f3f0a7b10\","
                + "\"role\":\"source\",\"state\":\"done\",\"outcome\":\"cancelled\","
                + "\"source\":\"10.99.0.1\",\"destination\":\"10.99.0.2\","
                + "\"began\":\"2026-11-21T12:00:00.123Z\",\"pauseMs\":0.0,"
                + "\"cards\":[{\"mac\":\"52:54:00:00:00:01\",\"network\":\"blue\",\"vni\":5001,"
                + "\"frames\":-1,\"reactionMs\":0.0},{\"mac\":\"52:54:00:00:00:02\","
                + "\"network\":\"red\",\"vni\":7,\"frames\":-1,\"reactionMs\":0.0}],"
                + "\"peers\":[{\"vtep\":\"10.99.0.2\",\"confirmedMs\":0.0,\"reason\":\"\"},"
                + "{\"vtep\":\"10.99.0.3\",\"confirmedMs\":0.0,"
                + "\"reason\":\"static peers tell nothing\"}],"
                + "\"phases\":[{\"state\":\"copying\",\"offsetMs\":0.0},"
                + "{\"state\":\"done\",\"offsetMs\":812.5}],"
                + "\"steps\":[{\"offsetMs\":0.5,\"card\":\"\",\"text\":"
                + "\"the memory is being copied; the migration tunnels stand\"}]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "number":4 | "number":0
          "uuid":"6d1f2c1e-0b1a | "uuid":"web
          "state":"done" | "state":"copying"
          "outcome":"cancelled" | "outcome":""
          "outcome":"cancelled" | "outcome":null
          "outcome":"cancelled" | "outcome":"gone"
          "began":"2026-11-21T12:00:00.123Z" | "began":"yesterday"
          "pauseMs":0.0 | "pauseMs":-0.1
          "pauseMs":0.0 | "pauseMs":"1"
          "frames":-1 | "frames":-2
          "frames":-1 | "frames":1.5
          "offsetMs":0.5 | "offsetMs":1e30
          "card":"", | ""
          """)
  void whatContradictsItselfIsNoMigration(String right, String wrong) {
    String json = new String(Json.write(SampleMigrations.cancelled(4, "web")), UTF_8);
    assertThat(json).contains(right);
    byte[] broken = json.replace(right, wrong).getBytes(UTF_8);
    assertThatThrownBy(() -> Json.read(broken, Migration.class)).isInstanceOf(ApiException.class);
  }

  @Test
  void stepsHaveALimit() {
    String step = "{\"offsetMs\":0.5,\"card\":\"\",\"text\":\"x\"}";
    String json = new String(Json.write(SampleMigrations.arrived(4, "web")), UTF_8);
    assertThat(json).endsWith("\"steps\":[]}");
    String most = String.join(",", Collections.nCopies(Migration.MAX_STEPS, step));
    assertThat(with(json, most)).satisfies(fits -> assertThat(read(fits).steps()).hasSize(64));
    assertThatThrownBy(() -> read(with(json, most + "," + step)))
        .hasRootCauseMessage("there are at most 64 steps");
  }

  private static String with(String json, String steps) {
    return json.replace("\"steps\":[]", "\"steps\":[" + steps + "]");
  }

  private static Migration read(String json) throws ApiException {
    return Json.read(json.getBytes(UTF_8), Migration.class);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -0.001, 1e18})
  void whatIsNoDurationIsRefused(double millis) {
    assertThatThrownBy(() -> new Card("52:54:00:00:00:01", "blue", 5001, 0, millis))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void timesAreRoundedToAMicrosecond() {
    assertThat(new Card("52:54:00:00:00:01", "blue", 5001, 0, 0.4126f).reactionMs())
        .isEqualTo(0.413);
  }

  @Test
  void totalsSumUpWhatIsKnown() {
    MigrationTotals totals =
        MigrationTotals.NONE
            .plus(SampleMigrations.moved(1, "web"))
            .plus(SampleMigrations.moved(2, "db"))
            .plus(SampleMigrations.cancelled(3, "web"))
            .plus(SampleMigrations.arrived(4, "web"));
    assertThat(totals.ended())
        .isEqualTo(
            Map.of(
                new Ended(Role.SOURCE, Outcome.MOVED), 2L,
                new Ended(Role.SOURCE, Outcome.CANCELLED), 1L,
                new Ended(Role.DESTINATION, Outcome.ARRIVED), 1L));
    assertThat(totals.frames()).isEqualTo(Map.of(Role.SOURCE, 624L, Role.DESTINATION, 0L));
    assertThat(totals.pause().counts()).containsExactly(0L, 0L, 0L, 2L, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
    assertThat(totals.pause().sum()).isEqualTo(0.1025);
    assertThat(totals.reaction().counts())
        .as("0.412 and 0.824 ms, twice")
        .containsExactly(0L, 0L, 2L, 2L, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
  }

  @Test
  void aMigrationThatGoesOnIsInNoTotal() {
    Migration goesOn = SampleMigrations.copying(1, "web");
    assertThatThrownBy(() -> MigrationTotals.NONE.plus(goesOn))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aBoundBelongsToItsBucketAndWhatIsLongerThanAllToTheLast() {
    Histogram histogram = Histogram.empty(1, 2).plus(1).plus(1.5).plus(2).plus(2.001);
    assertThat(histogram.counts()).containsExactly(1L, 2L, 1L);
    assertThatThrownBy(() -> Histogram.empty(2, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Histogram(List.of(1.0), List.of(0L), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

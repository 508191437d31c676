package io.vxland.api.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.api.FakeOperations;
import io.vxland.api.Metrics;
import io.vxland.api.MigrationTotals;
import io.vxland.api.SampleMigrations;
import io.vxland.api.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTextTest {
  private final FakeOperations operations = new FakeOperations();

  private PrometheusText read() {
    return PrometheusText.parse(new String(MetricsText.of(operations.metrics()), UTF_8));
  }

  @Test
  void theseFamiliesAreThereFromTheStart() {
    assertThat(read().types())
        .isEqualTo(
            Map.ofEntries(
                Map.entry("vxland_build_info", "gauge"),
                Map.entry("vxland_uptime_seconds", "gauge"),
                Map.entry("vxland_in_sync", "gauge"),
                Map.entry("vxland_libvirt_connected", "gauge"),
                Map.entry("vxland_networks", "gauge"),
                Map.entry("vxland_ports", "gauge"),
                Map.entry("vxland_fdb_entries", "gauge"),
                Map.entry("vxland_pending_changes", "gauge"),
                Map.entry("vxland_problems", "gauge"),
                Map.entry("vxland_stranger_packets_total", "counter"),
                Map.entry("vxland_migrations_total", "counter"),
                Map.entry("vxland_migration_frames_total", "counter"),
                Map.entry("vxland_migrations_in_progress", "gauge"),
                Map.entry("vxland_migration_pause_seconds", "histogram"),
                Map.entry("vxland_migration_reaction_seconds", "histogram")));
    assertThat(read().value("vxland_migrations_total{outcome=\"moved\",role=\"source\"}")).isZero();
    assertThat(read().value("vxland_migration_pause_seconds_count")).isZero();
  }

  @Test
  void theHostIsToldInGauges() {
    PrometheusText healthy = read();
    assertThat(healthy.value("vxland_build_info{version=\"0.1.0\"}")).isEqualTo(1);
    assertThat(healthy.value("vxland_uptime_seconds")).isEqualTo(7384);
    assertThat(healthy.value("vxland_in_sync")).isEqualTo(1);
    assertThat(healthy.value("vxland_libvirt_connected")).isEqualTo(1);
    assertThat(healthy.value("vxland_networks")).isEqualTo(1);
    assertThat(healthy.value("vxland_ports")).isEqualTo(1);
    assertThat(healthy.value("vxland_fdb_entries")).isEqualTo(2);
    assertThat(healthy.value("vxland_pending_changes")).isZero();
    assertThat(healthy.value("vxland_problems")).isZero();
    operations.fallIll();
    PrometheusText ill = read();
    assertThat(ill.value("vxland_in_sync")).isZero();
    assertThat(ill.value("vxland_libvirt_connected")).isZero();
    assertThat(ill.value("vxland_pending_changes")).isEqualTo(2);
    assertThat(ill.value("vxland_problems")).isEqualTo(1);
  }

  @Test
  void migrationsCountByRoleAndOutcome() {
    operations.migrate(
        SampleMigrations.moved(1, "web"),
        SampleMigrations.moved(2, "db"),
        SampleMigrations.arrived(3, "web"),
        SampleMigrations.copying(4, "web"));
    PrometheusText text = read();
    assertThat(text.value("vxland_migrations_total{outcome=\"moved\",role=\"source\"}"))
        .isEqualTo(2);
    assertThat(text.value("vxland_migrations_total{outcome=\"arrived\",role=\"destination\"}"))
        .isEqualTo(1);
    assertThat(text.value("vxland_migration_frames_total{role=\"source\"}")).isEqualTo(624);
    assertThat(text.value("vxland_migrations_in_progress{role=\"source\"}")).isEqualTo(1);
    assertThat(text.value("vxland_migrations_in_progress{role=\"destination\"}")).isZero();
    assertThat(text.value("vxland_migration_pause_seconds_bucket{le=\"0.05\"}")).isZero();
    assertThat(text.value("vxland_migration_pause_seconds_bucket{le=\"0.1\"}")).isEqualTo(2);
    assertThat(text.value("vxland_migration_pause_seconds_sum")).isEqualTo(0.1025);
    assertThat(text.value("vxland_migration_reaction_seconds_count")).isEqualTo(4);
  }

  @Test
  void aTextFromOutsideIsEscaped() {
    Status status = operations.status(false);
    Status hostile =
        new Status(
            new Status.Daemon("1\"} 9\n# TYPE x\\", 1, 1),
            status.host(),
            status.control(),
            status.libvirt(),
            true,
            "",
            status.counts(),
            0,
            List.of(),
            List.of(),
            List.of(),
            List.of());
    byte[] text = MetricsText.of(new Metrics(hostile, MigrationTotals.NONE, List.of()));
    assertThat(
            PrometheusText.parse(new String(text, UTF_8))
                .value("vxland_build_info{version=\"1\\\"} 9\\n# TYPE x\\\\\"}"))
        .isEqualTo(1);
  }

  @Test
  void curlGetsItFromTheSocket(@TempDir Path directory) throws Exception {
    try (ServerFixture fixture = ServerFixture.in(directory)) {
      Curl.Result result = fixture.curl().run(new byte[0], "/metrics", "-D", "/dev/stderr");
      assertThat(result.status()).isEqualTo(200);
      assertThat(result.body())
          .containsIgnoringCase("content-type: text/plain; version=0.0.4; charset=utf-8");
      Curl.Result plain = fixture.curl().get("/metrics");
      assertThat(PrometheusText.parse(plain.body()).value("vxland_in_sync")).isEqualTo(1);
      assertThat(fixture.curl().get("/metrics?x=1").status()).isEqualTo(400);
      assertThat(fixture.curl().post("/metrics", new byte[0]).status()).isEqualTo(405);
      assertThat(fixture.curl().get("/v1/metrics").status()).isEqualTo(404);
    }
  }
}

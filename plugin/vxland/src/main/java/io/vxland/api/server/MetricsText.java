package io.vxland.api.server;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import io.vxland.api.Histogram;
import io.vxland.api.Metrics;
import io.vxland.api.Migration.Outcome;
import io.vxland.api.Migration.Role;
import io.vxland.api.MigrationTotals.Ended;
import io.vxland.api.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@link Metrics} in Prometheus' text format 0.0.4 (prometheus.io, "Exposition formats"). No label
 * holds a name that comes from outside, and each series is there from the start, so that rates are
 * right.
 */
final class MetricsText {
  /** The media type. */
  static final String TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private MetricsText() {}

  /** Writes the figures. */
  static byte[] of(Metrics metrics) {
    List<MetricSnapshot> all = new ArrayList<>(host(metrics.status()));
    all.addAll(migrations(metrics));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create()
          .write(text, new MetricSnapshots(all), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory is no place where writing fails
    }
    return text.toByteArray();
  }

  private static List<MetricSnapshot> host(Status status) {
    return List.of(
        InfoSnapshot.builder()
            .name("vxland_build")
            .help("The daemon that answers.")
            .dataPoint(
                InfoDataPointSnapshot.builder()
                    .labels(Labels.of("version", status.daemon().version()))
                    .build())
            .build(),
        gauge(
            "vxland_uptime_seconds",
            "How long the daemon has been ready.",
            status.daemon().uptimeSeconds()),
        gauge(
            "vxland_in_sync",
            "Whether the last plan was empty and applied, and all networks are ready.",
            status.inSync() ? 1 : 0),
        gauge(
            "vxland_libvirt_connected",
            "Whether the daemon is connected to libvirt.",
            status.libvirt().connected() ? 1 : 0),
        gauge("vxland_networks", "Networks, active or not.", status.counts().networks()),
        gauge("vxland_ports", "NICs of VMs on this host.", status.counts().ports()),
        gauge(
            "vxland_fdb_entries",
            "Forwarding entries of vxland in the kernel.",
            status.counts().fdbEntries()),
        gauge("vxland_pending_changes", "Changes still to be made.", status.pendingChanges()),
        gauge("vxland_problems", "Problems that need an administrator.", status.problems().size()),
        CounterSnapshot.builder()
            .name("vxland_stranger_packets")
            .help("VXLAN packets dropped because they came from no known host.")
            .dataPoint(
                CounterDataPointSnapshot.builder()
                    .value((double) status.dropped().packets())
                    .build())
            .build());
  }

  private static List<MetricSnapshot> migrations(Metrics metrics) {
    CounterSnapshot.Builder ended =
        CounterSnapshot.builder()
            .name("vxland_migrations")
            .help("Live migrations that ended, by role of this host and outcome.");
    CounterSnapshot.Builder frames =
        CounterSnapshot.builder()
            .name("vxland_migration_frames")
            .help(
                "Frames of ended migrations: redirected by the source,"
                    + " delivered into the paused VM's tap by the destination.");
    GaugeSnapshot.Builder inProgress =
        GaugeSnapshot.builder()
            .name("vxland_migrations_in_progress")
            .help("Live migrations in progress.");
    for (Role role : Role.values()) {
      outcomes(role)
          .map(outcome -> new Ended(role, outcome))
          .forEach(end -> ended.dataPoint(count(end, metrics)));
      frames.dataPoint(
          CounterDataPointSnapshot.builder()
              .labels(Labels.of("role", role.toString()))
              .value(metrics.ended().frames().getOrDefault(role, 0L))
              .build());
      inProgress.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(Labels.of("role", role.toString()))
              .value((double) metrics.inProgress(role))
              .build());
    }
    return List.of(
        ended.build(),
        frames.build(),
        inProgress.build(),
        histogram(
            "vxland_migration_pause_seconds",
            "How long VMs were paused, as seen from this host.",
            metrics.ended().pause()),
        histogram(
            "vxland_migration_reaction_seconds",
            "From libvirt's event to the kernel's acknowledgement of the redirect, by NIC.",
            metrics.ended().reaction()));
  }

  /** How a migration can end there. */
  private static Stream<Outcome> outcomes(Role role) {
    return Arrays.stream(Outcome.values())
        .filter(outcome -> outcome != Outcome.ONGOING)
        .filter(outcome -> outcome != (role == Role.SOURCE ? Outcome.ARRIVED : Outcome.MOVED));
  }

  private static CounterDataPointSnapshot count(Ended end, Metrics metrics) {
    return CounterDataPointSnapshot.builder()
        .labels(Labels.of("role", end.role().toString(), "outcome", end.outcome().toString()))
        .value(metrics.ended().ended().getOrDefault(end, 0L))
        .build();
  }

  private static GaugeSnapshot gauge(String name, String help, long value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(GaugeDataPointSnapshot.builder().value((double) value).build())
        .build();
  }

  private static HistogramSnapshot histogram(String name, String help, Histogram histogram) {
    List<Double> bounds = new ArrayList<>(histogram.bounds());
    bounds.add(Double.POSITIVE_INFINITY);
    return HistogramSnapshot.builder()
        .name(name)
        .help(help)
        .unit(Unit.SECONDS)
        .dataPoint(
            HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, histogram.counts()))
                .sum(histogram.sum())
                .build())
        .build();
  }
}

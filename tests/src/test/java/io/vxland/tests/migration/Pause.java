package io.vxland.tests.migration;

import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The pause of a live migration that lasts as long as is wanted: both QEMUs are done, but the
 * destination's libvirtd is stopped and does not tell its QEMU to go on.
 *
 * @param migration what virsh says in the end
 * @param qemu the pid of the destination's QEMU
 * @param libvirtd the pid of the destination's libvirtd
 */
record Pause(CompletableFuture<Result> migration, long qemu, long libvirtd) {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** Begins a migration; returns once the VM is paused. */
  static Pause begin(Journeys journeys, Freezer processes, Lab lab, Vm vm, int from, int to) {
    long libvirtd = libvirtd(lab, to);
    // As slow as leaves time to stop it once there is nothing that it has to prepare any more.
    CompletableFuture<Result> migration =
        journeys.migrating(vm, from, to, "--live", "--bandwidth", "40");
    long qemu = journeys.awaitQemu(vm, to);
    journeys.awaitCopying(vm, from);
    processes.freeze(libvirtd);
    await(vm + " is paused")
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> journeys.state(vm, from).startsWith("paused"));
    return new Pause(migration, qemu, libvirtd);
  }

  private static long libvirtd(Lab lab, int host) {
    Path file = Path.of("/run/vxland-lab", lab.name(), "h" + host, "libvirtd.pid");
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void end(Freezer processes) {
    processes.thaw(libvirtd);
  }
}

package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.dataplane.nft.FrameTables;
import io.vxland.dataplane.nft.NftProgram;
import io.vxland.dataplane.nft.PortFilterTable;
import io.vxland.dataplane.nft.VtepFilterTable;
import io.vxland.plan.ActualState.VtepTable;
import io.vxland.tests.support.Netns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody flushes the ruleset after nft has read a table and before the daemon has what nft read.
 * The next reading finds the table gone.
 */
class FlushedWhileReadKernelTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private Netns host;
  private Path nft;

  @BeforeEach
  void setUp() throws Exception {
    host = Netns.create();
    nft = directory.resolve("nft");
    Files.writeString(
        nft,
        """
        #!/bin/sh
        said=$(/usr/sbin/nft "$@") || exit
        if [ -e %1$s/hold ]; then
          : >%1$s/held
          while [ -e %1$s/hold ]; do :; done
        fi
        printf '%%s' "$said"
        """
            .formatted(directory));
    Files.setPosixFilePermissions(nft, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void end() {
    host.close();
  }

  /** Reads while nft waits with what it has read, and somebody flushes the ruleset meanwhile. */
  private <T> void readWhileFlushed(Supplier<T> read, Runnable notified) throws Exception {
    Path hold = Files.createFile(directory.resolve("hold"));
    CompletableFuture<T> reading = CompletableFuture.supplyAsync(read);
    await("nft has read").atMost(SOON).until(() -> Files.exists(directory.resolve("held")));
    host.run("nft", "flush", "ruleset");
    notified.run();
    Files.delete(hold);
    reading.join();
  }

  @Test
  void thePortFilterIsFoundGone() throws Exception {
    PortFilterTable table = PortFilterTable.open(NftProgram.in(nft, host.path()));
    host.run(
        "nft",
        "add table bridge vxland; add set bridge vxland stamps { type mark . mark . mark;"
            + " elements = { 5001 . 1 . 2 }; }; add map bridge vxland taps { type ifname : mark; }");
    readWhileFlushed(table::read, table::distrust);
    assertThat(table.read().stamps()).isEmpty();
  }

  @Test
  void theFilterOfVtepsIsFoundGone() throws Exception {
    VtepFilterTable table = VtepFilterTable.open(NftProgram.in(nft, host.path()));
    host.run("nft", "add table inet vxland_vteps");
    readWhileFlushed(table::read, table::distrust);
    assertThat(table.read()).isEqualTo(VtepTable.ABSENT);
  }

  @Test
  void theTablesOfFramesAreFoundGone() throws Exception {
    FrameTables tables = FrameTables.open(NftProgram.in(nft, host.path()));
    host.run("nft", "add table bridge vxland_frames");
    Supplier<Object> read = () -> tables.read(Set.of());
    readWhileFlushed(read, tables::distrust);
    assertThat(tables.read(Set.of()).fingerprint()).isEmpty();
  }
}

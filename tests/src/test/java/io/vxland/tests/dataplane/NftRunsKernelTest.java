package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.dataplane.GuardListener;
import io.vxland.dataplane.linux.LinuxDataplane;
import io.vxland.dataplane.linux.RulesetWatch;
import io.vxland.dataplane.linux.Rulesets;
import io.vxland.dataplane.nft.NftProgram;
import io.vxland.dataplane.nft.Tables;
import io.vxland.model.LocalPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How often nft runs, for a VM's start waits for each run: the kernel tells of each change in our
 * tables, and what we changed ourselves is not read again.
 */
class NftRunsKernelTest extends PortFilterScene {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private News news;
  private RulesetWatch watch;

  @Override
  void open() throws Exception {
    Path counting = directory.resolve("nft");
    Files.writeString(
        counting,
        """
        #!/bin/sh
        echo "$*" >>%1$s
        script=$(cat)
        printf '%%s\\n' "$script" >>%2$s
        exec %3$s "$@" <<END
        $script
        END
        """
            .formatted(log(), scripts(), NFT));
    Files.setPosixFilePermissions(counting, PosixFilePermissions.fromString("rwxr-xr-x"));
    NftProgram nft = NftProgram.in(counting, host.path());
    Tables tables = Tables.open(nft);
    filters = tables.filters();
    dataplane =
        LinuxDataplane.open(
            host.path(),
            new Rulesets(
                tables.deliveries(),
                GuardListener.NONE,
                tables.vteps(),
                tables.frames(),
                tables.filters()));
    news = new News(dataplane::distrust);
    watch = RulesetWatch.start(Optional.of(host.path()), nft::made, news);
  }

  @AfterEach
  void endWatch() {
    watch.close();
  }

  private Path log() {
    return directory.resolve("runs");
  }

  private Path scripts() {
    return directory.resolve("scripts");
  }

  private List<String> runsOf(Step step) throws Exception {
    int before = Files.readAllLines(log()).size();
    step.run();
    List<String> all = Files.readAllLines(log());
    return all.subList(before, all.size());
  }

  /** What is done meanwhile. */
  private interface Step {
    void run() throws Exception;
  }

  private void start(LocalPort third) throws Exception {
    Set<LocalPort> ports = new HashSet<>(ports());
    ports.add(third);
    host.run("ip", "link", "add", "vnet3", "type", "veth", "peer", "name", "guest3");
    converge(world(ports, List.of(remote())));
    converge(world(ports, List.of(remote())));
  }

  @Test
  void whatItCanDoAndWhatIsThereIsAskedOnceForAllTables() throws Exception {
    assertThat(Files.readAllLines(log()))
        .filteredOn(line -> !line.equals("-f -"))
        .containsExactly("-c -f -");
  }

  @Test
  void theStartOfAVmRunsItOnceAndDeletesNothing() throws Exception {
    mustOnlyAdd(() -> start(port(3, NOBODY, BLUE, "10.7.0.9")));
    assertThat(runsOf(() -> converge(world()))).containsExactly("-f -");
  }

  @Test
  void theFirstVmOfAHostFindsTheTable() throws Exception {
    converge(world(Set.of(), List.of()));
    mustOnlyAdd(() -> converge(world(Set.of(port(1, LIAR, BLUE, LIARS_ADDRESS)), List.of())));
  }

  /** To delete anything, and to make a base chain, takes nft a grace period of RCU. */
  private void mustOnlyAdd(Step start) throws Exception {
    int before = Files.readAllLines(scripts()).size();
    assertThat(runsOf(start)).containsExactly("-f -");
    List<String> said = Files.readAllLines(scripts());
    assertThat(said.subList(before, said.size())).allMatch(line -> line.startsWith("add element "));
  }

  @Test
  void whatWeChangedOurselvesIsNoNews() throws Exception {
    start(port(3, NOBODY, BLUE, "10.7.0.9"));
    // News come in the order of the changes: with the stranger's, ours would have come.
    host.run("nft", "add chain bridge vxland_frames somebodys");
    await().atMost(SOON).until(() -> news.count() > 0);
    assertThat(news.count()).isEqualTo(1);
    host.run("nft", "flush ruleset");
    await().atMost(SOON).until(() -> news.count() > 1);
    assertThat(runsOf(() -> converge(world()))).contains("-f -");
    assertThat(host.run("nft", "list", "table", "bridge", "vxland")).contains("vnet1");
  }
}

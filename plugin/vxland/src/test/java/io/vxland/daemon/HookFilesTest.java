package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.plan.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hooks that libvirt does not run, or runs twice; the hooks are those that are shipped. */
class HookFilesTest {
  private static final Path SHIPPED = Path.of("../../hooks");

  @TempDir Path hooks;
  private HookFiles files;

  @BeforeEach
  void installed() throws IOException {
    for (String driver : List.of("qemu", "network", "daemon")) {
      Files.createDirectory(hooks.resolve(driver + ".d"));
      copy(driver, driver + ".d/50-vxland");
    }
    files = new HookFiles(hooks, List.of(Path.of("/usr/bin")));
  }

  private Path copy(String driver, String to) throws IOException {
    Path file = Files.copy(SHIPPED.resolve(driver), hooks.resolve(to));
    mode(file, "rwxr-xr-x");
    return file;
  }

  private static void mode(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private List<String> found() {
    assertThat(files.get().problems()).isEmpty();
    return files.get().warnings().stream().map(Problem::message).toList();
  }

  @Test
  void asThePackagePutsThemTheyAreFine() throws IOException {
    assertThat(found()).isEmpty();
    Path sites = Files.writeString(hooks.resolve("qemu"), "#!/bin/sh\nexit 0\n");
    mode(sites, "rwxr-xr-x");
    Files.copy(sites, hooks.resolve("qemu.d/60-site"));
    assertThat(found()).isEmpty();
  }

  @Test
  void oneThatIsNotExecutableIsNamed() throws IOException {
    Path hook = hooks.resolve("qemu.d/50-vxland");
    mode(hook, "rw-r--r--");
    assertThat(found())
        .containsExactly(
            hook + " is not executable, so libvirt does not run it; run: chmod 755 " + hook);
    mode(hook, "rwxr-xr-x");
    assertThat(found()).isEmpty();
  }

  @Test
  void oneThatIsMissingIsNamed() throws IOException {
    Files.delete(hooks.resolve("network.d/50-vxland"));
    Files.delete(hooks.resolve("network.d"));
    assertThat(found()).singleElement().asString().contains("network.d/50-vxland does not exist");
  }

  @ParameterizedTest
  @ValueSource(strings = {"50-vxland.rpmsave", "50-vxland.rpmnew", "50-vxland~", "10-copy"})
  void aCopyThatLibvirtRunsAsWellIsNamed(String name) throws IOException {
    Path copy = copy("qemu", "qemu.d/" + name);
    assertThat(found()).singleElement().asString().contains(copy + " is a copy", "run: rm " + copy);
    mode(copy, "rw-r--r--");
    assertThat(found()).isEmpty();
  }

  @Test
  void aCopyInTheMainHooksPlaceIsOneToo() throws IOException {
    copy("network", "network");
    assertThat(found()).singleElement().asString().contains(hooks + "/network is a copy");
  }

  @Test
  void aProgramThatTheyRunIsMissed() {
    files = new HookFiles(hooks, List.of(hooks));
    assertThat(found())
        .hasSize(2)
        .anyMatch(message -> message.endsWith("install the package of curl"));
  }
}

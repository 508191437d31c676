package io.vxland.daemon;

import io.vxland.plan.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/**
 * Checks that libvirt can run our hooks, and runs each once. Of a directory DRIVER.d it runs every
 * file that is executable, whatever its name, after DRIVER itself (https://libvirt.org/hooks.html).
 */
final class HookFiles implements Supplier<Findings> {
  private static final String NAME = "50-vxland";
  private static final String SUBJECT = "libvirt hooks";
  private static final int LARGEST = 64 * 1024;

  /** What the hooks run, by the PATH that they set themselves. */
  private static final List<String> PROGRAMS = List.of("curl", "timeout");

  private final Path hooks;
  private final List<Path> programs;

  /**
   * Creates it.
   *
   * @param hooks libvirt's directory of hooks
   * @param programs where the hooks look for programs
   */
  HookFiles(Path hooks, List<Path> programs) {
    this.hooks = hooks;
    this.programs = List.copyOf(programs);
  }

  /** Where libvirt has them. */
  static HookFiles here() {
    return new HookFiles(
        Path.of("/etc/libvirt/hooks"), List.of(Path.of("/usr/bin"), Path.of("/bin")));
  }

  @Override
  public Findings get() {
    List<Problem> warnings = new ArrayList<>();
    for (String driver : List.of("qemu", "network", "daemon")) {
      ours(driver, warnings);
      copies(driver, warnings);
      mainHook(driver, warnings);
    }
    for (String program : PROGRAMS) {
      if (programs.stream().noneMatch(place -> Files.isExecutable(place.resolve(program)))) {
        warnings.add(
            new Problem(
                SUBJECT,
                "they run "
                    + program
                    + ", which is neither in "
                    + String.join(" nor in ", programs.stream().map(Path::toString).toList())
                    + ", so libvirt's events do not reach vxland; install the package of "
                    + program));
      }
    }
    return Findings.warnings(warnings);
  }

  private Path directory(String driver) {
    return hooks.resolve(driver + ".d");
  }

  private void ours(String driver, List<Problem> warnings) {
    Path hook = directory(driver).resolve(NAME);
    if (!Files.exists(hook)) {
      warnings.add(
          new Problem(
              SUBJECT,
              hook
                  + " does not exist, so libvirt does not run it; install the package vxland again"));
    } else if (!Files.isExecutable(hook)) {
      warnings.add(
          new Problem(
              SUBJECT,
              hook + " is not executable, so libvirt does not run it; run: chmod 755 " + hook));
    }
  }

  /** What a package manager or an editor left of ours is as executable as ours. */
  private void copies(String driver, List<Problem> warnings) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory(driver))) {
      StreamSupport.stream(files.spliterator(), false)
          .filter(file -> !file.getFileName().toString().equals(NAME))
          .filter(file -> Files.isExecutable(file) && isOurs(file, driver))
          .sorted()
          .forEach(
              file ->
                  warnings.add(
                      new Problem(
                          SUBJECT,
                          file
                              + " is a copy of vxland's hook, and libvirt runs it as well; run: rm "
                              + file)));
    } catch (IOException absent) {
      // It is told that ours is not in it.
    }
  }

  /** libvirt looks at it first, and reports to nobody that it cannot run it. */
  private void mainHook(String driver, List<Problem> warnings) {
    Path hook = hooks.resolve(driver);
    if (Files.isRegularFile(hook) && Files.isExecutable(hook) && isOurs(hook, driver)) {
      warnings.add(
          new Problem(
              SUBJECT,
              hook + " is a copy of vxland's hook, and libvirt runs it as well; run: rm " + hook));
    }
  }

  /** By its heading, which all versions have. */
  private static boolean isOurs(Path file, String driver) {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream stream = Files.newInputStream(file)) {
      return new String(stream.readNBytes(LARGEST), StandardCharsets.ISO_8859_1)
          .contains("# libvirt hook \"" + driver + "\" of vxland");
    } catch (IOException unreadable) {
      return false;
    }
  }

  @Override
  public String toString() {
    return SUBJECT;
  }
}

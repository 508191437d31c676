package io.vxland.tests.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The package as rpm sees it. Needs root, rpmbuild, rpmlint, shellcheck, mandoc and busybox. */
final class PackageTest {
  private static final Path SOURCES = Path.of("..", "rpm").toAbsolutePath().normalize();
  private static String rpm;

  @TempDir private Path directory;

  @BeforeAll
  static void build() throws Exception {
    List<String> lines = run(SOURCES.resolve("build").toString()).lines().toList();
    rpm = lines.get(lines.size() - 1);
  }

  @Test
  void everyFileIsWhereItBelongsWithItsMode() throws Exception {
    String files =
        run("rpm", "-qp", "--qf", "[%{FILEMODES:perms} %{FILEUSERNAME} %{FILENAMES}\n]", rpm);

    assertThat(files.lines())
        .contains(
            "-rwxr-xr-x root /etc/libvirt/hooks/qemu.d/50-vxland",
            "-rwxr-xr-x root /etc/libvirt/hooks/network.d/50-vxland",
            "-rwxr-xr-x root /etc/libvirt/hooks/daemon.d/50-vxland",
            "-rw-r--r-- root /etc/vxland/vxland.conf",
            "drwxr-xr-x root /etc/vxland/networks.d",
            "-rwxr-xr-x root /usr/sbin/vxland",
            "-rwxr-xr-x root /usr/bin/vxctl",
            "-rwxr-xr-x root /usr/libexec/vxland/class-archive",
            "-rw-r--r-- root /usr/lib/systemd/system/vxland.service",
            "-rw-r--r-- root /usr/lib/sysusers.d/vxland.conf",
            "-rw-r--r-- root /usr/lib/firewalld/services/vxland.xml",
            "-rw-r--r-- root /usr/share/vxland/vxland.jar",
            "-rw-r--r-- root /usr/share/man/man1/vxctl.1.gz",
            "-rw-r--r-- root /usr/share/man/man5/vxland.conf.5.gz",
            "-rw-r--r-- root /usr/share/man/man8/vxland.8.gz",
            "-rw-r--r-- root /usr/share/bash-completion/completions/vxctl",
            "-rw-r--r-- root /usr/share/vxland/xml-templates/bridge.xml",
            "-rw-r--r-- root /usr/share/vxland/xml-templates/ovs-tun.xml",
            "drwxr-x--- root /var/lib/vxland");
    assertThat(files.lines())
        .allMatch(line -> line.contains(" root /"))
        .noneMatch(line -> line.matches(".{5}w.*|.{8}w.*"))
        .noneMatch(line -> line.contains("junit") || line.contains("/target"));
  }

  @Test
  void theConfigurationOfTheAdminIsKept() throws Exception {
    assertThat(run("rpm", "-qpc", rpm)).isEqualTo("/etc/vxland/vxland.conf\n");
    assertThat(run("rpm", "-qp", "--qf", "[%{FILEFLAGS:fflags} %{FILENAMES}\n]", rpm).lines())
        .contains("cn /etc/vxland/vxland.conf");
  }

  @Test
  void whatItNeedsIsNamed() throws Exception {
    assertThat(run("rpm", "-qp", "--requires", rpm).lines())
        .contains(
            "java-headless >= 1:17",
            "libvirt >= 6.5.0",
            "curl",
            "iproute",
            "nftables",
            "coreutils",
            "/bin/sh");
    assertThat(run("rpm", "-qp", "--qf", "%{ARCH} %{LICENSE}", rpm)).isEqualTo("noarch Apache-2.0");
  }

  @Test
  void rpmlintHasNoComplaintThatIsNotExplained() throws Exception {
    assertThat(run("rpmlint", "-r", SOURCES.resolve("vxland.rpmlintrc").toString(), rpm))
        .contains(" 0 errors, 0 warnings,");
  }

  @Test
  void itInstallsIntoAnEmptyRootAndAllFilesAreRight() throws Exception {
    run("rpm", "--root", directory.toString(), "--nodeps", "--noscripts", "-i", rpm);

    String name = run("rpm", "-qp", "--qf", "%{NAME}", rpm);
    assertThat(run("rpm", "--root", directory.toString(), "-V", "--nodeps", name)).isEmpty();
    assertThat(directory.resolve("usr/share/vxland/lib"))
        .isDirectoryContaining("glob:**/jna-*.jar");
  }

  /** The scriptlets run for real, on a system that has a shell and nothing else. */
  @Test
  void itInstallsAndLeavesWithItsScriptsOnASystemThatHasNextToNothing() throws Exception {
    Path bin = Files.createDirectories(directory.resolve("bin"));
    Files.copy(
        Path.of(run("sh", "-c", "command -v busybox").strip()),
        bin.resolve("sh"),
        StandardCopyOption.COPY_ATTRIBUTES);

    run("rpm", "--root", directory.toString(), "--nodeps", "-i", rpm);
    assertThat(directory.resolve("usr/sbin/vxland")).isExecutable();
    run("rpm", "--root", directory.toString(), "--nodeps", "-e", "vxland");

    assertThat(directory.resolve("etc/vxland")).doesNotExist();
    assertThat(directory.resolve("etc/libvirt/hooks")).doesNotExist();
    assertThat(directory.resolve("usr/share/vxland")).doesNotExist();
    assertThat(directory.resolve("var/cache/vxland")).doesNotExist();
  }

  @Test
  void systemdAcceptsTheUnit() throws Exception {
    run("rpm", "--root", directory.toString(), "--nodeps", "--noscripts", "-i", rpm);
    String unit = Files.readString(directory.resolve("usr/lib/systemd/system/vxland.service"));
    // The command is looked for on this machine, where the package is not installed.
    Path copy =
        Files.writeString(
            directory.resolve("vxland.service"),
            unit.replace("=/usr/sbin", "=" + directory + "/usr/sbin"));

    assertThat(run("systemd-analyze", "verify", "--man=no", copy.toString())).isEmpty();
  }

  @Test
  void theUnitIsHardened() throws Exception {
    String verdict =
        run(
            "systemd-analyze",
            "security",
            "--offline=yes",
            "--threshold=30",
            SOURCES.resolve("vxland.service").toString());

    assertThat(verdict).contains("Overall exposure level");
    assertThat(Files.readString(SOURCES.resolve("vxland.service")))
        .contains("\nType=notify\n", "\nWatchdogSec=")
        .containsPattern("\nBefore=libvirtd.service virtqemud.service virtnetworkd.service\n")
        .contains(
            "\nExecReload=/usr/sbin/vxland --check-config\nExecReload=/bin/kill -HUP $MAINPID\n",
            "\nRestartPreventExitStatus=78\n")
        .doesNotContain("\nMemoryDenyWriteExecute");
  }

  /** Without capabilities, root is as any other user to a file that is not root's. */
  @Test
  void theUnitLetsTheDaemonReachAnotherUsersSocket() throws Exception {
    Path socket = directory.resolve("db.sock");
    Process listener =
        new ProcessBuilder(
                "socat", "UNIX-LISTEN:" + socket + ",user=65534,group=65534,mode=750", "STDOUT")
            .redirectErrorStream(true)
            .start();
    try {
      await().atMost(Duration.ofSeconds(60)).until(() -> owner(socket) == 65534);
      String kept =
          Files.readAllLines(SOURCES.resolve("vxland.service")).stream()
              .filter(line -> line.startsWith("CapabilityBoundingSet="))
              .map(line -> line.substring(line.indexOf('=') + 1))
              .findFirst()
              .orElseThrow()
              .replace("CAP_", "+")
              .replace(' ', ',')
              .toLowerCase(Locale.ROOT);

      run(
          "setpriv",
          "--inh-caps=-all",
          "--bounding-set=-all," + kept,
          "socat",
          "-u",
          "OPEN:/dev/null",
          "UNIX-CONNECT:" + socket);
    } finally {
      listener.destroyForcibly();
    }
  }

  private static int owner(Path file) {
    try {
      return (int) Files.getAttribute(file, "unix:uid");
    } catch (IOException notYet) {
      return -1;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vxctl.1", "vxland.8", "vxland.conf.5"})
  void manualsAreClean(String page) throws Exception {
    String complaints =
        output("mandoc", "-T", "lint", SOURCES.resolve("man").resolve(page).toString()).text();

    // Which manuals this machine has is not the page's fault.
    assertThat(complaints.lines())
        .noneMatch(
            line ->
                !line.contains("referenced manual not found")
                    && !line.contains("outdated mandoc.db")
                    && !line.contains("lacks"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"build", "class-archive", "vxland.launcher", "vxctl.launcher"})
  void scriptsAreClean(String script) throws Exception {
    assertThat(run("shellcheck", SOURCES.resolve(script).toString())).isEmpty();
  }

  @Test
  void scriptletsAreClean() throws Exception {
    for (String tag : List.of("PREIN", "POSTIN", "POSTTRANS", "PREUN", "POSTUN")) {
      Path script =
          Files.writeString(
              directory.resolve(tag),
              "#!/bin/sh\n" + run("rpm", "-qp", "--qf", "%{" + tag + "}", rpm));
      assertThat(run("shellcheck", "--exclude=SC2015", script.toString())).isEmpty();
    }
  }

  /** Against the reference policy of this machine: selinux-policy-dev or selinux-policy-devel. */
  @Test
  void thePolicyCompiles() throws Exception {
    for (String part : List.of("vxland.te", "vxland.fc", "vxland.if")) {
      Files.copy(SOURCES.resolve("selinux").resolve(part), directory.resolve(part));
    }
    run("make", "-C", directory.toString(), "-f", "/usr/share/selinux/devel/Makefile", "vxland.pp");

    assertThat(directory.resolve("vxland.pp")).isNotEmptyFile();
  }

  @Test
  void aReleaseIsTheSameTwice() throws Exception {
    List<String> first = digests();
    build();

    assertThat(digests()).isNotEmpty().isEqualTo(first);
  }

  @Test
  void theLauncherTakesTheJvmThatIsAskedForAndKeepsArgumentsApart() throws Exception {
    Path bin = Files.createDirectories(directory.resolve("jvm with space/bin"));
    Path java =
        Files.writeString(
            bin.resolve("java"), "#!/bin/sh\nprintf '%s\\n' \"$MALLOC_ARENA_MAX\" \"$@\"\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    ProcessBuilder builder =
        new ProcessBuilder(SOURCES.resolve("vxland.launcher").toString(), "--config", "/a b", "*");
    builder.environment().put("JAVA_HOME", bin.getParent().toString());
    builder.environment().put("VXLAND_JAVA_OPTIONS", "-Da=1 -Db=2");
    builder.environment().put("STATE_DIRECTORY", "/somewhere/else");

    List<String> words = finish(builder).text().lines().toList();

    assertThat(words.get(0)).isEqualTo("2");
    assertThat(words)
        .contains("-Djna.tmpdir=/somewhere/else/native", "-Da=1", "-Db=2")
        .anyMatch(word -> word.startsWith("-Xshare:") || word.startsWith("-XX:SharedArchiveFile="))
        .endsWith("-jar", "/usr/share/vxland/vxland.jar", "--config", "/a b", "*");
  }

  @Test
  void nothingOfTheBuildMachineIsInThePackage() throws Exception {
    run("rpm", "--root", directory.toString(), "--nodeps", "--noscripts", "-i", rpm);
    for (String line : run("rpm", "-qpl", rpm).lines().toList()) {
      Path file = Path.of(directory + line);
      if (Files.isRegularFile(file) && !line.endsWith(".jar") && !line.endsWith(".gz")) {
        assertThat(Files.readString(file)).as(line).doesNotContain(SOURCES.getParent().toString());
      }
    }
  }

  private static List<String> digests() throws Exception {
    return run("rpm", "-qp", "--qf", "[%{FILEDIGESTS} %{FILENAMES}\n]", rpm).lines().toList();
  }

  private record Output(int status, String text) {}

  private static String run(String... command) throws IOException, InterruptedException {
    Output output = output(command);
    assertThat(output.status()).as("%s: %s", List.of(command), output.text()).isZero();
    return output.text();
  }

  private static Output output(String... command) throws IOException, InterruptedException {
    return finish(new ProcessBuilder(command));
  }

  /** Debian's rpm warns that it is not Debian's way; its lines are left out. */
  private static Output finish(ProcessBuilder builder) throws IOException, InterruptedException {
    builder.redirectErrorStream(true);
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    return new Output(process.exitValue(), text.replaceAll("(?m)^rpm: .*\n", ""));
  }
}

package io.vxland.tests.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every other lab test takes for granted. */
final class LabTest {
  private static final String WHAT = "labtest";
  private static final String OTHER = "labtestb";
  private static final String NAME = Lab.nameInThisRun(WHAT);

  @AfterEach
  void removeLabs() {
    Lab.down(WHAT);
    Lab.down(OTHER);
  }

  @Test
  void hostsHaveTheirOwnNameAddressesLibvirtAndFiles() {
    try (Lab lab = Lab.up(WHAT, 2, "--bare", "--underlay", "both")) {
      assertThat(lab.host(1, "uname", "-n").must()).isEqualTo("h1\n");
      assertThat(lab.host(2, "uname", "-n").must()).isEqualTo("h2\n");
      lab.host(1, "ping", "-c", "1", "-W", "10", "10.99.0.2").must();
      lab.host(1, "ping", "-c", "1", "-W", "10", "fd99::2").must();
      lab.host(2, "ping", "-c", "1", "-W", "10", "10.98.0.1").must();

      String network =
          "<network><name>one</name><forward mode='bridge'/><bridge name='br1'/></network>";
      lab.hostWithInput(1, network, "virsh", "net-define", "/dev/stdin").must();
      assertThat(lab.host(1, "virsh", "net-list", "--all", "--name").must()).contains("one");
      assertThat(lab.host(2, "virsh", "net-list", "--all", "--name").must()).isBlank();
      lab.host(2, "virsh", "-c", "qemu+tcp://10.98.0.1/system", "net-info", "one").must();

      lab.host(1, "touch", "/etc/vxland/mark", "/run/vxland-mark", "/var/vxland-mark").must();
      assertThat(lab.host(2, "ls", "/etc/vxland", "/run", "/var").out()).doesNotContain("mark");
      assertThat(Path.of("/run/vxland-mark")).doesNotExist();
      assertThat(Path.of("/var/vxland-mark")).doesNotExist();
    }
  }

  @Test
  void aCommandKeepsItsInputOutputAndExitCode() {
    try (Lab lab = Lab.bare(WHAT, 1)) {
      assertThat(lab.hostWithInput(1, "a\nb\n", "tac").must()).isEqualTo("b\na\n");
      Result failed = lab.host(1, "sh", "-c", "echo why >&2; exit 7");
      assertThat(failed.exit()).isEqualTo(7);
      assertThat(failed.err()).isEqualTo("why\n");
      assertThat(lab.host(2, "true").err()).contains("no host 2");
    }
  }

  @Test
  void downLeavesNothing() throws IOException {
    Lab lab = Lab.bare(WHAT, 2);
    lab.host(1, "ip", "link", "add", "br7", "type", "bridge").must();
    lab.endpoint(1, "probe", "--bridge", "br7", "--ip", "10.7.0.9/24").must();
    lab.host(2, "sh", "-c", "setsid cat /dev/zero >/dev/null 2>&1 &").must();
    assertThat(leftovers(NAME)).isNotEmpty();

    lab.close();

    assertThat(leftovers(NAME)).isEmpty();
  }

  @Test
  void downCleansUpAfterAHostThatDied() throws IOException {
    Lab lab = Lab.bare(WHAT, 2);
    String init = Files.readString(Path.of("/run/vxland-lab", NAME, "h1/init.pid")).strip();
    Command.run(Duration.ofSeconds(5), "", List.of("kill", "-KILL", init)).must();
    assertThat(lab.host(1, "true").err()).contains("host 1 of lab " + NAME + " is dead");

    lab.close();

    assertThat(leftovers(NAME)).isEmpty();
  }

  @Test
  void downLeavesNothingOfAnOpenVswitchThatWasKilled() throws IOException {
    Lab lab = Lab.up(WHAT, 2, "--bare", "--ovs");
    lab.host(1, "ovs-vsctl", "add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev")
        .must();
    lab.endpoint(1, "probe", "--ovs-bridge", "br0", "--tag", "7", "--ip", "10.7.0.9/24").must();
    assertThat(lab.host(1, "ovs-vsctl", "get", "port", "probe", "tag").must()).isEqualTo("7\n");
    assertThat(leftovers(NAME))
        .filteredOn(line -> line.contains("ovs-vswitchd unix:"))
        .as("both hosts' switches")
        .hasSize(2);
    lab.openVswitch(1, "kill9", "vswitchd").must();
    lab.openVswitch(2, "kill9", "db").must();

    lab.close();

    assertThat(leftovers(NAME)).isEmpty();
  }

  @Test
  void anOpenVswitchHasTheUnderlayWheneverItIsStarted() {
    try (Lab lab = Lab.up(WHAT, 2, "--bare", "--underlay", "both", "--ovs", "--no-ovs-start")) {
      assertThat(lab.host(1, "ovs-vsctl", "--timeout=2", "show").ok()).isFalse();
      lab.host(1, "ping", "-c", "1", "-W", "10", "10.99.0.2").must();

      lab.openVswitch(1, "start").must();

      assertThat(lab.host(1, "ovs-vsctl", "list-ports", "br-phy").must()).isEqualTo("eth0\n");
      assertThat(lab.host(1, "ip", "-brief", "address", "show", "br-phy").must())
          .contains("10.99.0.1/24", "fd99::1/64");
      lab.host(1, "ping", "-c", "1", "-W", "10", "10.99.0.2").must();
      lab.host(1, "ping", "-c", "1", "-W", "10", "fd99::2").must();

      lab.openVswitch(1, "kill9", "vswitchd").must();
      assertThat(lab.host(1, "ping", "-c", "1", "-W", "1", "10.99.0.2").ok()).isFalse();
      lab.openVswitch(1, "start", "vswitchd").must();
      lab.host(1, "ping", "-c", "1", "-W", "10", "10.99.0.2").must();
      lab.openVswitch(1, "restart", "db").must();
      lab.openVswitch(1, "restart").must();
      lab.host(1, "ping", "-c", "1", "-W", "10", "fd99::2").must();
    }
  }

  @Test
  void aLabThatIsUpIsNotStartedTwice() {
    try (Lab lab = Lab.bare(WHAT, 1)) {
      assertThatThrownBy(() -> Lab.bare(WHAT, 1)).hasMessageContaining("is up already");
      lab.host(1, "virsh", "list").must();
    }
  }

  @Test
  void twoLabsDoNotMeet() {
    try (Lab one = Lab.bare(WHAT, 1);
        Lab other = Lab.bare(OTHER, 2)) {
      assertThat(one.host(1, "ping", "-c", "1", "-W", "1", "10.99.0.2").ok()).isFalse();
      other.host(1, "ping", "-c", "1", "-W", "10", "10.99.0.2").must();
      Lab.down(WHAT);
      other.host(2, "virsh", "list").must();
    }
  }

  /** Namespaces, files, mounts and processes that carry the lab's name or live in it. */
  private static List<String> leftovers(String lab) throws IOException {
    List<String> found = new ArrayList<>();
    for (String place : List.of("/run/netns", "/run/vxland-lab")) {
      if (Files.isDirectory(Path.of(place))) {
        try (Stream<Path> files = Files.list(Path.of(place))) {
          files
              .filter(file -> file.getFileName().toString().matches(lab + "(-.*|\\.lock)?"))
              .forEach(file -> found.add(file.toString()));
        }
      }
    }
    Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .filter(line -> line.contains("/run/vxland-lab/" + lab + "/"))
        .forEach(found::add);
    ProcessHandle.allProcesses()
        .filter(process -> commandLine(process).contains("/run/vxland-lab/" + lab + "/"))
        .forEach(process -> found.add(process + " " + commandLine(process)));
    return found;
  }

  /** Arguments apart by spaces; empty for a process that has gone or is a zombie. */
  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
          .replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }
}

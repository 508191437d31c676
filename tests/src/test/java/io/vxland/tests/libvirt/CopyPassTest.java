package io.vxland.tests.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.libvirt.LibvirtConnection;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is heard on either side of a live migration of real VMs. */
final class CopyPassTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.bare("copypass", 2));

  private static LibvirtConnection connect(int host, Heard heard) throws Exception {
    Lab lab = LAB.lab();
    String pid =
        Files.readString(Path.of("/run/vxland-lab", lab.name(), "h" + host, "libvirtd.pid"))
            .strip();
    return LibvirtConnection.open(
        new LibvirtConnection.Settings(
            "qemu+unix:///system?socket=/proc/" + pid + "/root/run/libvirt/libvirt-sock",
            Duration.ofMillis(50),
            Duration.ofMillis(400),
            Duration.ofSeconds(30)),
        heard,
        () -> {});
  }

  @Test
  void theSourceHearsOfTheCopyingBeforeThePauseAndTheDestinationDoesNot() throws Exception {
    Lab lab = LAB.lab();
    for (int host = 1; host <= 2; host++) {
      lab.host(host, "sh", "-ec", "ip link add br7 type bridge; ip link set br7 up").must();
    }
    lab.guest(1, "a", "--bridge", "br7").must();
    lab.waitGuest(1, "a").must();
    Heard source = new Heard();
    Heard destination = new Heard();
    try (LibvirtConnection one = connect(1, source);
        LibvirtConnection two = connect(2, destination)) {
      assertThat(one).isNotSameAs(two);
      source.await(0, "connected");
      destination.await(0, "connected");
      lab.migrate(1, 2, "a").must();
      int halted = source.await(source.await(0, "a COPYING 1"), "a HALTED");
      int paused = source.await(halted, "a SUSPENDED 1");
      source.await(paused, "a STOPPED 3");
      destination.await(destination.await(0, "a STARTED 1"), "a RESUMED 1");
      assertThat(destination.lines()).noneMatch(line -> line.contains("COPYING"));
    }
  }
}

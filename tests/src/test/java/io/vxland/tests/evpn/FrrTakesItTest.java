package io.vxland.tests.evpn;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.control.evpn.EvpnSettings;
import io.vxland.control.evpn.FrrConfiguration;
import io.vxland.model.IpAddress;
import io.vxland.model.Vtep;
import io.vxland.tests.support.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FRR itself reads what is written for it, and runs nothing. */
final class FrrTakesItTest {
  private static final Path VTYSH = Path.of("/usr/bin/vtysh");

  @TempDir private Path directory;

  private void mustBeTaken(String text) throws IOException {
    // bgpd reads it as its own user.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path file = Files.writeString(directory.resolve("frr.conf"), text);
    assertThat(Command.run("vtysh", "-C", "-f", file.toString())).isBlank();
    assertThat(Command.run(bgpd().toString(), "-C", "-f", file.toString())).isBlank();
  }

  /** Debian's place, then EL's. */
  private static Path bgpd() {
    Path debian = Path.of("/usr/lib/frr/bgpd");
    return Files.exists(debian) ? debian : Path.of("/usr/libexec/frr/bgpd");
  }

  private static String rendered(boolean reflector) {
    return FrrConfiguration.of(
            new EvpnSettings(
                4_294_967_294L,
                Vtep.parse("10.99.0.1"),
                List.of(IpAddress.parse("10.99.0.2"), IpAddress.parse("fd99::3")),
                reflector,
                true,
                VTYSH))
        .text();
  }

  @Test
  void whatIsRenderedIsTaken() throws IOException {
    mustBeTaken(rendered(false));
    mustBeTaken(rendered(true));
  }

  /** bgpd alone would refuse what is zebra's. */
  @Test
  void theExampleOfTheManPageIsTaken() throws IOException {
    String page = Files.readString(manPage());
    String begin = "and frr.conf:\n.Bd -literal -offset indent\n";
    String example = page.substring(page.indexOf(begin) + begin.length());
    Path file =
        Files.writeString(
            directory.resolve("frr.conf"), example.substring(0, example.indexOf(".Ed")));
    assertThat(Files.readString(file)).contains("router bgp").contains("advertise-all-vni");
    assertThat(Command.run("vtysh", "-C", "-f", file.toString())).isBlank();
  }

  @Test
  void nonsenseIsNotTaken() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("frr.conf"), rendered(false).replace("activate", "activated"));
    assertThat(
            Command.tryRun(Duration.ofSeconds(20), List.of("vtysh", "-C", "-f", file.toString()))
                .exit())
        .isNotZero();
  }

  /** Maven runs tests in {@code tests/}, an IDE in the repository's root. */
  private static Path manPage() {
    Path here = Path.of("rpm/man/vxland.conf.5");
    return Files.exists(here) ? here : Path.of("..").resolve(here);
  }
}

package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How full the table of tracked connections is. */
class ConnectionTrackingTest {
  @TempDir Path sysctls;

  private Findings after(ConnectionTracking check, int count, int most) throws IOException {
    Path settings = Files.createDirectories(sysctls.resolve("net/netfilter"));
    Files.writeString(settings.resolve("nf_conntrack_count"), count + "\n");
    Files.writeString(settings.resolve("nf_conntrack_max"), most + "\n");
    return check.get();
  }

  @Test
  void isToldBeforeItIsFullAndUntilThereIsRoom() throws IOException {
    ConnectionTracking check = new ConnectionTracking(sysctls);
    assertThat(check.get()).as("without the module").isEqualTo(Findings.NONE);
    assertThat(after(check, 399, 500)).isEqualTo(Findings.NONE);
    Findings full = after(check, 400, 500);
    assertThat(full.warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning.message()).contains("nf_conntrack_max = 500"));
    assertThat(after(check, 500, 500)).isEqualTo(full);
    assertThat(after(check, 351, 500)).isEqualTo(full);
    assertThat(after(check, 349, 500)).isEqualTo(Findings.NONE);
    assertThat(after(check, 399, 500)).isEqualTo(Findings.NONE);
    assertThat(after(check, 1, 0)).as("no limit").isEqualTo(Findings.NONE);
  }
}

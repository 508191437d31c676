package io.vxland.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.NetworkName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root: curl runs as other users. */
class CallersTest {
  private static final int NOBODY = 65_534;
  private static final int READERS = 65_533;
  private static final byte[] RED =
      "{\"name\":\"red\",\"vni\":7,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}"
          .getBytes(StandardCharsets.UTF_8);

  @TempDir Path parent;
  private ServerFixture fixture;

  @BeforeEach
  void startInADirectoryOfTheReaders() throws Exception {
    assertThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
        .as("these tests run as root")
        .isEqualTo(0);
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path directory = Files.createDirectory(parent.resolve("run"));
    Files.setAttribute(directory, "unix:gid", READERS);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));
    fixture = ServerFixture.in(directory);
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void aMemberOfTheGroupMayLook() throws Exception {
    assertThat(fixture.curl().as(NOBODY, READERS).get("/v1/networks").status()).isEqualTo(200);
  }

  @Test
  void aMemberOfTheGroupMayNotChangeAnything() throws Exception {
    Curl reader = fixture.curl().as(NOBODY, READERS);
    Curl.Result refused = reader.post("/v1/networks", RED);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).contains("may look but not change anything; only root may");
    assertThat(reader.run(new byte[0], "/v1/networks/blue", "-X", "DELETE").status())
        .isEqualTo(403);
    assertThat(fixture.operations.definedNetworks()).containsOnlyKeys(new NetworkName("blue"));
  }

  @Test
  void aMemberOfTheGroupIsNoHook() throws Exception {
    Curl.Result refused =
        fixture.curl().as(NOBODY, READERS).post("/v1/hooks/qemu/start", new byte[0]);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).startsWith("user '").endsWith("only root may\n");
    assertThat(fixture.operations.calledHooks()).isEmpty();
  }

  @Test
  void allOthersDoNotReachTheSocket() throws Exception {
    Curl.Result result = fixture.curl().as(NOBODY, NOBODY).get("/v1/networks");
    assertThat(result.exit()).isEqualTo(7);
    assertThat(result.status()).isEqualTo(0);
  }
}

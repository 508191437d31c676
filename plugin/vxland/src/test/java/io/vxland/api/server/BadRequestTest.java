package io.vxland.api.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.NetworkName;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadRequestTest {
  @TempDir Path directory;
  private ServerFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = ServerFixture.in(directory);
  }

  @AfterEach
  void nothingChangedAndItStillAnswers() throws Exception {
    assertThat(fixture.operations.definedNetworks()).containsOnlyKeys(new NetworkName("blue"));
    assertThat(fixture.operations.calledHooks()).isEmpty();
    assertThat(fixture.bugs).isEmpty();
    assertThat(fixture.curl().get("/v1/version").status()).isEqualTo(200);
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET | / | 400 | path
          GET | /v1 | 404 | '/v1' is not known
          GET | /v2/networks | 404 | '/v2/networks' is not known
          GET | /v1/network | 404 | '/v1/network' is not known
          GET | /v1/networks/ | 400 | not well-formed
          GET | /v1/networks/a/b | 404 | not known
          GET | /v1/../../etc/passwd | 400 | HTTP 400
          GET | /v1/networks/.. | 400 | not well-formed
          GET | /v1/networks/%2e%2e | 400 | HTTP 400
          GET | /v1/networks/..%2f..%2fetc | 400 | HTTP 400
          GET | /v1/networks/%00 | 400 | HTTP 400
          GET | /v1/networks/%0a | 400 | HTTP 400
          GET | /v1/networks/%ff | 400 | HTTP 400
          GET | /v1/networks/%zz | 400 | HTTP 400
          GET | /v1/networks/none | 404 | there is no network 'none'
          GET | /v1/networks?x=1 | 400 | 'x' is not known
          GET | /v1/status?diff=yes | 400 | neither true nor false
          GET | /v1/status?diff=true&diff=true | 400 | twice
          GET | /v1/status?diff | 400 | not well-formed
          GET | /v1/fdb?vni=1e3 | 400 | VNI '1e3' is not a number from 1 to 16777215
          GET | /v1/fdb?vni=16777216 | 400 | VNI '16777216' is not a number
          GET | /v1/fdb?network=none | 404 | there is no network
          POST | /v1/version | 405 | use GET
          DELETE | /v1/networks | 405 | use GET, POST
          PATCH | /v1/networks/blue | 405 | use DELETE, GET
          OPTIONS | /v1/plan | 405 | use GET
          GET | /v1/hooks/qemu/start | 405 | use POST
          POST | /v1/hooks/lxc/start | 404 | use qemu, network or daemon
          POST | /v1/hooks/qemu | 404 | not known
          POST | /v1/hooks/qemu/Start1 | 400 | lower-case letters
          POST | /v1/hooks/qemu/aaaaaaaaaabbbbbbbbbbccccccccccddd | 400 | 1 to 32
          """)
  void itIsRefusedWithTheReason(String method, String target, int status, String reason)
      throws Exception {
    Curl.Result result = fixture.curl().run(new byte[0], target, "-X", method);
    assertThat(result.status()).as(result.body()).isEqualTo(status);
    assertThat(result.body()).contains(reason).doesNotContain("Exception", "io.vxland");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"name\":\"red\"",
        "{\"name\":\"red\",\"vni\":7,\"template\":\"bridge\"}",
        "{\"name\":\"red\",\"vni\":7,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}x",
        "{\"name\":\"red\",\"vni\":7,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false,\"more\":1}",
        "{\"name\":\"red\",\"vni\":7,\"vni\":8,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}",
        "{\"name\":null,\"vni\":7,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}",
        "{\"name\":7,\"vni\":7,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}",
        "{\"name\":\"red\",\"vni\":\"7\",\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}",
        "{\"name\":\"red\",\"vni\":1e3,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}",
        "{\"name\":\"red\",\"vni\":-1,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}",
        "{\"name\":\"red\",\"vni\":16777216,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}",
        "{\"name\":\"red\",\"vni\":99999999999,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}",
        "{\"name\":\"red\",\"vni\":7,\"template\":\"vlan\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}",
        "{\"name\":\"red\",\"vni\":7,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":1}",
        "{\"name\":\"a/b\",\"vni\":7,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}",
        "{\"name\":\"..\",\"vni\":7,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}",
        "{\"name\":\"\",\"vni\":7,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false}",
      })
  void aDefinitionThatIsNotOneIsRefused(String json) throws Exception {
    Curl.Result result = fixture.curl().post("/v1/networks", json.getBytes(UTF_8));
    assertThat(result.status()).as(result.body()).isEqualTo(400);
    assertThat(result.body()).startsWith("{\"kind\":\"bad-request\"").doesNotContain("io.vxland");
  }

  @Test
  void theUnknownKeyIsNamed() throws Exception {
    byte[] json =
        "{\"name\":\"red\",\"vni\":7,\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":false,\"mtu\":9}"
            .getBytes(UTF_8);
    assertThat(fixture.curl().post("/v1/networks", json).body()).contains("unknown key 'mtu'");
  }

  @Test
  void deeplyNestedJsonIsRefused() throws Exception {
    byte[] json = ("{\"name\":" + "[".repeat(30_000)).getBytes(UTF_8);
    assertThat(fixture.curl().post("/v1/networks", json).status()).isEqualTo(400);
  }

  @Test
  void tooMuchIsRefusedHoweverItIsSent() throws Exception {
    byte[] huge = new byte[50 << 20];
    String[][] ways = {{}, {"-H", "Expect:"}, {"-H", "Transfer-Encoding: chunked"}};
    for (String[] way : ways) {
      assertThat(fixture.curl().post("/v1/hooks/qemu/start", huge, way))
          .isEqualTo(new Curl.Result(0, 413, "the request has more than 8388608 bytes\n"));
    }
    byte[] oneTooMany = new byte[Routes.MAX_XML + 1];
    for (String[] way : ways) {
      assertThat(fixture.curl().post("/v1/hooks/qemu/start", oneTooMany, way).status())
          .isEqualTo(413);
    }
    assertThat(fixture.curl().post("/v1/networks", new byte[Routes.MAX_JSON + 1]).status())
        .isEqualTo(413);
  }

  @Test
  void aHugeHeadIsRefused() throws Exception {
    assertThat(
            fixture
                .curl()
                .run(new byte[0], "/v1/version", "-H", "X: " + "x".repeat(20_000))
                .status())
        .isEqualTo(431);
    assertThat(fixture.curl().get("/v1/" + "x".repeat(20_000)).status()).isEqualTo(414);
  }
}

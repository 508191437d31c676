package io.vxland.api.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.api.HookEvent;
import io.vxland.model.NetworkName;
import io.vxland.model.Vni;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiServerTest {
  @TempDir Path directory;
  private ServerFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = ServerFixture.in(directory);
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /v1/version | {"version":"0.1.0","java":"17.0.15","pid":4711}
          /v1/networks | [{"name":"blue","vni":5001,"template":"bridge","bridge":"br5001","vxlan":"vxlan5001","mtu":1450,"udpPort":4789,"state":"active","autostart":true,"localPorts":1,"peers":2,"inSync":true}]
          /v1/ports | [{"domain":"web\\u001B[31m","uuid":"6d1f2c1e-0b1a-4a53-9d4e-1f6f3f0a7b10","mac":"52:54:00:00:00:01","network":"blue","vni":5001,"tap":"vnet0","bridge":"br5001","state":"here","addresses":["10.50.0.1","fd50::1"],"mtu":1500,"remedy":"<mtu size='1450'/>","security":"strict","denied":17},{"domain":"db","uuid":"0a7c4d1e-93a1-4f0e-8f7b-6b9f2b1c2d3e","mac":"52:54:00:00:00:09","network":"blue","vni":5001,"tap":"","bridge":"br5001","state":"incoming","addresses":[],"mtu":0,"remedy":"","security":"known","denied":0}]
          /v1/peers | [{"vtep":"10.99.0.2","name":"kvm2","source":"etcd","state":"alive","goneSeconds":0,"networks":["blue"],"entries":1},{"vtep":"10.99.0.3","name":"","source":"configuration","state":"unknown","goneSeconds":0,"networks":["blue"],"entries":0}]
          /v1/migrations | {"revision":0,"migrations":[]}
          /v1/plan | {"changes":[],"problems":[]}
          /v1/status | {"daemon":{"version":"0.1.0","pid":4711,"uptimeSeconds":7384},"host":{"name":"kvm1","vtep":"10.99.0.1","device":"eth0","outlets":["eth0"],"mtu":1500},"control":{"mode":"static","current":true,"silentSeconds":0},"libvirt":{"connected":true,"uri":"qemu:///system","reason":"","awaited":false,"seconds":7384},"inSync":true,"inSyncSince":"2026-11-21T12:00:00Z","counts":{"networks":1,"ports":1,"fdbEntries":2},"pendingChanges":0,"absent":[],"changes":[],"problems":[],"warnings":[{"subject":"VM 'web'","message":"NIC 52:54:00:00:00:01 sends too much","advice":"shut it down"}],"dropped":{"packets":0,"strangers":[]}}
          /v1/fdb?vni=5002 | []
          """)
  void aViewIsThisJson(String target, String json) throws Exception {
    assertThat(fixture.curl().get(target)).isEqualTo(new Curl.Result(0, 200, json));
  }

  @Test
  void aNetworkIsShownWithItsOptionsPeersAndPorts() throws Exception {
    Curl.Result result = fixture.curl().get("/v1/networks/blue");
    assertThat(result.status()).isEqualTo(200);
    assertThat(result.body())
        .startsWith("{\"summary\":{\"name\":\"blue\",")
        .contains(
            "\"options\":{\"replication\":\"peers of the control plane\",\"learning\":true,"
                + "\"ageingSeconds\":0,\"proxy\":false,\"suppress\":true,\"flood\":\"yes\",\"portSecurity\":\"strict\",\"ttl\":64,"
                + "\"addresses\":[\"7.7.7.1/24\"],\"staticEntries\":[\"52:54:00:00:00:02 10.99.0.2"
                + " 7.7.7.2\"]},\"onSwitch\":{\"datapath\":\"\",\"tag\":0,\"tunnels\":[]},"
                + "\"peers\":[\"10.99.0.2\",\"10.99.0.3\"],\"ports\":[{")
        .endsWith("],\"problems\":[]}");
  }

  @Test
  void anEntryTellsItsOwnerAndTheDifference() throws Exception {
    assertThat(fixture.curl().get("/v1/fdb?network=blue").body())
        .contains(
            "{\"network\":\"blue\",\"vni\":5001,\"mac\":\"52:54:00:00:00:02\","
                + "\"vtep\":\"10.99.0.2\",\"port\":\"vxlan5001\",\"owner\":\"ours\",\"wanted\":true,\"present\":false,"
                + "\"difference\":\"missing\",\"source\":\"etcd\",\"ageSeconds\":125,\"omitted\":0}")
        .contains("\"owner\":\"foreign\",\"wanted\":false,\"present\":true,\"difference\":\"none\"")
        .contains(
            "\"owner\":\"ours\",\"wanted\":false,\"present\":true,\"difference\":\"surplus\"");
  }

  @Test
  void pendingChangesAreToldOnlyWhenAskedFor() throws Exception {
    fixture.operations.fallIll();
    assertThat(fixture.curl().get("/v1/status").body())
        .contains("\"pendingChanges\":2,\"absent\":[\"red\"],\"changes\":[],");
    assertThat(fixture.curl().get("/v1/status?diff=true").body())
        .contains("\"kind\":\"create-vxlan\"")
        .contains("\"command\":\"bridge fdb replace 52:54:00:00:00:02 dev vxlan5001 self dst");
  }

  @Test
  void aNetworkIsDefinedAndDeleted() throws Exception {
    Curl.Result defined = fixture.curl().post("/v1/networks", definition("gr%;ün", 7, false));
    assertThat(defined.status()).isEqualTo(200);
    assertThat(defined.body()).contains("\"result\":\"defined\"", "\"bridge\":\"br7\"");
    assertThat(fixture.operations.definedNetworks())
        .isEqualTo(
            Map.of(new NetworkName("blue"), new Vni(5001), new NetworkName("gr%;ün"), new Vni(7)));

    assertThat(delete("/v1/networks/gr%25%3B%C3%BCn"))
        .isEqualTo(new Curl.Result(0, 200, "{\"name\":\"gr%;ün\",\"vni\":7}"));
    assertThat(fixture.operations.definedNetworks()).containsOnlyKeys(new NetworkName("blue"));
  }

  @Test
  void printingDefinesNothing() throws Exception {
    assertThat(fixture.curl().post("/v1/networks", definition("red", 7, true)).body())
        .contains("\"result\":\"printed\"");
    assertThat(fixture.operations.definedNetworks()).containsOnlyKeys(new NetworkName("blue"));
  }

  @Test
  void aConflictNamesTheOwnerAndChangesNothing() throws Exception {
    Curl.Result result = fixture.curl().post("/v1/networks", definition("red", 5001, false));
    assertThat(result)
        .isEqualTo(
            new Curl.Result(
                0,
                409,
                "{\"kind\":\"conflict\",\"message\":"
                    + "\"VNI 5001 belongs to network 'blue'; choose another\"}"));
    assertThat(delete("/v1/networks/blue").status()).isEqualTo(409);
    assertThat(fixture.operations.definedNetworks()).containsOnlyKeys(new NetworkName("blue"));
    assertThat(delete("/v1/networks/blue?force=true").status()).isEqualTo(200);
    assertThat(fixture.operations.definedNetworks()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"qemu,start", "network,started", "daemon,reload"})
  void aHookGoesOnWithItsXmlHandedOver(String driver, String operation) throws Exception {
    byte[] xml = "<domain>\0ü</domain>".getBytes(UTF_8);
    Curl.Result result = fixture.curl().post("/v1/hooks/" + driver + "/" + operation, xml);
    assertThat(result).isEqualTo(new Curl.Result(0, 200, "ok\n"));
    HookEvent event = fixture.operations.calledHooks().get(0);
    assertThat(event.driver().toString()).isEqualTo(driver);
    assertThat(event.operation()).isEqualTo(operation);
    assertThat(event.xml()).isEqualTo(xml);
  }

  @Test
  void aHookIsRefusedInOneLineOfText() throws Exception {
    assertThat(fixture.curl().post("/v1/hooks/network/port-created", new byte[0]))
        .isEqualTo(new Curl.Result(0, 409, "VNI 5001 is blue's and red wants it, too\n"));
    assertThat(fixture.curl().post("/v1/hooks/qemu/nonsense", new byte[0]))
        .isEqualTo(new Curl.Result(0, 400, "operation 'nonsense' is not known\n"));
  }

  @Test
  void aHookOfExactlyTheLimitIsTaken() throws Exception {
    assertThat(fixture.curl().post("/v1/hooks/qemu/start", new byte[Routes.MAX_XML]).status())
        .isEqualTo(200);
    assertThat(fixture.operations.calledHooks().get(0).xml()).hasSize(Routes.MAX_XML);
  }

  @Test
  void aBugIsANumberForTheCallerAndATraceForTheLog() throws Exception {
    fixture.operations.throwFromNowOn(new IllegalStateException("secret"));
    Curl.Result result = fixture.curl().get("/v1/networks");
    assertThat(result.status()).isEqualTo(500);
    ServerFixture.Bug bug = fixture.bugs.get(0);
    assertThat(result.body()).contains(bug.id()).doesNotContain("secret", "Exception", "io.vxland");
    assertThat(bug.request()).isEqualTo("GET /v1/networks");
    assertThat(bug.cause()).hasMessage("secret");
    assertThat(fixture.curl().post("/v1/hooks/qemu/start", new byte[0]).body())
        .startsWith("a bug in vxland, number " + fixture.bugs.get(1).id());
  }

  private Curl.Result delete(String target) throws Exception {
    return fixture.curl().run(new byte[0], target, "-X", "DELETE");
  }

  private static byte[] definition(String name, int vni, boolean printOnly) {
    return ("{\"name\":\""
            + name
            + "\",\"vni\":"
            + vni
            + ",\"template\":\"bridge\",\"bridge\":\"\",\"tag\":0,\"flood\":\"yes\",\"portSecurity\":\"known\",\"here\":false,\"printOnly\":"
            + printOnly
            + "}")
        .getBytes(UTF_8);
  }
}

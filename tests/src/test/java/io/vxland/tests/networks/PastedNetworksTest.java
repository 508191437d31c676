package io.vxland.tests.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The VXLAN networks that people paste from blog posts, said in vxland's configuration. */
final class PastedNetworksTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("pasted", 3));

  private final List<Endpoint> endpoints = new ArrayList<>();
  private List<Host> hosts;
  private Host one;
  private Host two;

  @BeforeEach
  void nameTheHosts() {
    hosts = Host.all(LAB.lab(), 3);
    one = hosts.get(0);
    two = hosts.get(1);
  }

  @AfterEach
  void removeTheNetworks() {
    endpoints.forEach(Endpoint::remove);
    for (Host host : hosts) {
      host.configure("");
    }
    for (Host host : hosts) {
      await(host + " is as before").atMost(Host.SOON).until(() -> host.overlayDevices().isEmpty());
    }
  }

  private Endpoint plug(Host host, String name, String... options) {
    Endpoint endpoint = Endpoint.plug(host, name, options);
    endpoints.add(endpoint);
    return endpoint;
  }

  @ParameterizedTest(name = "bridge = {0}")
  @CsvSource({"none, vxlan10", "br10, br10"})
  void twoHostsReachEachOtherThroughATunnelWithOneRemote(String bridge, String addressDevice) {
    for (Host host : List.of(one, two)) {
      Host other = host == one ? two : one;
      host.configure(
          """
          [network tunnel]
          vni = 10
          bridge = %s
          remote = %s
          address = 10.10.0.%d/24
          """
              .formatted(bridge, other.vtep(), host.index()));
    }
    one.awaitLink(addressDevice);
    two.awaitLink(addressDevice);

    one.mustPing("10.10.0.2");
    two.mustPing("10.10.0.1");

    JsonNode vxlan = one.link("vxlan10");
    assertThat(vxlan.at("/linkinfo/info_data/id").asInt()).isEqualTo(10);
    assertThat(vxlan.at("/linkinfo/info_data/remote").asText()).isEqualTo(two.vtep());
    assertThat(vxlan.at("/linkinfo/info_data/local").asText()).isEqualTo(one.vtep());
    assertThat(vxlan.path("mtu").asInt()).isEqualTo(bridge.equals("none") ? 1450 : 65_000);
    assertThat(vxlan.has("master")).isEqualTo(!bridge.equals("none"));
    assertThat(one.addresses(addressDevice)).containsExactly("10.10.0.1/24");
    assertThat(one.fixed("vxlan10"))
        .extracting(Fdb::mac, Fdb::dst)
        .containsExactly(tuple(Fdb.ALL_ZEROS, two.vtep()));
    one.awaitEmptyPlan();
  }

  @ParameterizedTest(name = "UDP port {1}")
  @CsvSource({"'', 4789", "port = 8472, 8472"})
  void threeHostsReachEachOtherByAReplicationListWithoutMulticast(String line, int port) {
    for (Host host : hosts) {
      host.configure(
          """
          [network mesh]
          vni = 20
          address = 10.20.0.%d/24
          %s
          """
              .formatted(host.index(), line));
    }
    hosts.forEach(host -> host.awaitLink("br20"));

    try (Background capture =
        Background.in(two, "tcpdump -l -n -i eth0 --immediate-mode udp dst port " + port)) {
      capture.awaitOutput("listening on");
      for (Host from : hosts) {
        for (Host to : hosts) {
          from.mustPing("10.20.0." + to.index());
        }
      }
      capture.awaitOutput("> 10.99.0.2." + port);
    }

    for (Host host : hosts) {
      JsonNode data = host.link("vxlan20").at("/linkinfo/info_data");
      assertThat(data.path("port").asInt()).isEqualTo(port);
      assertThat(data.has("group")).isFalse();
      assertThat(host.fixed("vxlan20")).isEqualTo(replicasOfOthers(host));
      host.awaitEmptyPlan();
    }
  }

  private Set<Fdb> replicasOfOthers(Host host) {
    return hosts.stream()
        .filter(other -> other != host)
        .map(other -> Fdb.replica(other.vtep()))
        .collect(Collectors.toSet());
  }

  @Test
  void namespacesOnThreeHostsShareOneSegment() {
    for (Host host : hosts) {
      host.configure("[network spaces]\nvni = 30\n");
      host.awaitLink("br30");
    }
    for (Host host : hosts) {
      int i = host.index();
      plug(
          host,
          "ns" + i,
          "--bridge",
          "br30",
          "--mtu",
          "1450",
          "--ip",
          "10.30.0." + i + "/24",
          "--ip",
          "fd30::" + i + "/64");
    }

    for (Endpoint from : endpoints) {
      for (Host to : hosts) {
        from.mustPing("10.30.0." + to.index());
        from.mustPing("fd30::" + to.index());
      }
    }

    endpoints.get(0).mustHaveMtu(1450, "10.30.0.3");
    assertThat(one.fixed("vxlan30")).isEqualTo(replicasOfOthers(one));
    assertThat(one.learned("vxlan30")).extracting(Fdb::dst).contains("10.99.0.2", "10.99.0.3");

    Endpoint former = plug(one, "former", "--bridge", "br30", "--ip", "10.30.0.131/24");
    FloatingAddress floating =
        new FloatingAddress("10.30.0.100/24", List.of(former, endpoints.get(2)));
    for (int host : List.of(0, 1, 0, 1)) {
      floating.mustBeReachedAt(endpoints.get(host));
      floating.endAt(endpoints.get(host));
    }
  }

  @Test
  void threeHostsReachEachOtherByAMulticastGroup() {
    for (Host host : hosts) {
      host.configure(
          """
          [network group]
          vni = 40
          group = 239.1.1.40
          address = 10.40.0.%d/24
          """
              .formatted(host.index()));
    }
    hosts.forEach(host -> host.awaitLink("br40"));

    try (Background capture =
        Background.in(
            hosts.get(2), "tcpdump -l -n -i eth0 --immediate-mode dst host 239.1.1.40 and udp")) {
      capture.awaitOutput("listening on");
      for (Host from : hosts) {
        for (Host to : hosts) {
          from.mustPing("10.40.0." + to.index());
        }
      }
      capture.awaitOutput("10.99.0.1.");
    }

    JsonNode data = one.link("vxlan40").at("/linkinfo/info_data");
    assertThat(data.path("group").asText()).isEqualTo("239.1.1.40");
    assertThat(data.path("link").asText()).isEqualTo("eth0");
    assertThat(one.fixed("vxlan40")).extracting(Fdb::dst).containsExactly("239.1.1.40");
    one.awaitEmptyPlan();
  }
}

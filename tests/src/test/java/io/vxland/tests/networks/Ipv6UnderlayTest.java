package io.vxland.tests.networks;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The tunnels themselves run over IPv6. */
final class Ipv6UnderlayTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("sixunder", 3, "--underlay", "v6"));

  @Test
  void threeHostsReachEachOtherWithTheMtuThatIpv6Leaves() {
    List<Host> hosts = Host.all(LAB.lab(), 3);
    for (Host host : hosts) {
      host.configure("[network six]\nvni = 60\naddress = 10.60.0.%d/24\n".formatted(host.index()));
      host.awaitLink("br60");
    }
    Endpoint first =
        Endpoint.plug(
            hosts.get(0), "a", "--bridge", "br60", "--mtu", "1430", "--ip", "10.60.0.11/24");
    Endpoint.plug(
        hosts.get(1),
        "b",
        "--bridge",
        "br60",
        "--mtu",
        "1430",
        "--ip",
        "10.60.0.12/24",
        "--ip",
        "fd60::12/64");

    for (Host from : hosts) {
      for (Host to : hosts) {
        from.mustPing("10.60.0." + to.index());
      }
    }
    first.mustPing("10.60.0.12");
    first.mustHaveMtu(1430, "10.60.0.12");

    for (Host host : hosts) {
      assertThat(host.link("vxlan60").path("mtu").asInt()).isEqualTo(65_000);
      assertThat(host.link("br60").path("mtu").asInt()).isEqualTo(1430);
      assertThat(host.link("vxlan60").at("/linkinfo/info_data/local6").asText())
          .isEqualTo("fd99::" + host.index());
      assertThat(host.fixed("vxlan60"))
          .hasSize(2)
          .allMatch(entry -> entry.dst().startsWith("fd99::") && entry.state().equals("static"))
          .noneMatch(entry -> entry.dst().equals("fd99::" + host.index()));
      host.awaitEmptyPlan();
    }
  }
}

package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.Dataplane.Uplink;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InterfaceName;
import io.vxland.model.Vtep;
import io.vxland.plan.Inputs;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where tunnels start. */
class UplinkKernelTest {
  private static final Optional<Inputs.Underlay> ETH0 =
      Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), 1500));

  private Host host;

  @BeforeEach
  void up() throws DataplaneException {
    host = Host.up();
  }

  @AfterEach
  void down() {
    host.close();
  }

  private static Optional<Vtep> at(String address) {
    return Optional.of(Vtep.parse(address));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.99.0.1", "fd99::1"})
  void aConfiguredAddressIsFoundOnItsDevice(String address) throws DataplaneException {
    assertThat(host.uplink(at(address))).isEqualTo(new Uplink(at(address), ETH0));
  }

  @Test
  void aConfiguredAddressThatNoDeviceHasIsWaitedFor() throws DataplaneException {
    assertThat(host.uplink(at("10.99.0.77")))
        .isEqualTo(new Uplink(at("10.99.0.77"), Optional.empty()));
    host.sh("ip addr add 10.99.0.77/24 dev eth0");
    assertThat(host.uplink(at("10.99.0.77"))).isEqualTo(new Uplink(at("10.99.0.77"), ETH0));
  }

  @Test
  void aDeviceThatIsDownCarriesNoTunnels() throws DataplaneException {
    host.sh("ip link set eth0 down");
    assertThat(host.uplink(at("10.99.0.1")))
        .isEqualTo(new Uplink(at("10.99.0.1"), Optional.empty()));
  }

  @Test
  void withoutADefaultRouteThereIsNone() throws DataplaneException {
    assertThat(host.uplink(Optional.empty()))
        .isEqualTo(new Uplink(Optional.empty(), Optional.empty()));
  }

  @Test
  void theDefaultRouteOfIpv4TellsTheAddress() throws DataplaneException {
    host.sh("ip route add default via 10.99.0.254; ip -6 route add default via fd99::fe");
    assertThat(host.uplink(Optional.empty())).isEqualTo(new Uplink(at("10.99.0.1"), ETH0));
  }

  @Test
  void thatOfIpv6IfThereIsNoOther() throws DataplaneException {
    host.sh("ip -6 route add default via fd99::fe");
    assertThat(host.uplink(Optional.empty())).isEqualTo(new Uplink(at("fd99::1"), ETH0));
  }

  @Test
  void theLowerMetricCounts() throws DataplaneException {
    host.sh(
        """
        ip link add eth1 type bridge
        ip link set eth1 up
        ip addr add 10.98.0.1/24 dev eth1
        ip route add default via 10.98.0.254 metric 50
        ip route add default via 10.99.0.254 metric 100
        """);
    assertThat(host.uplink(Optional.empty()).vtep()).isEqualTo(at("10.98.0.1"));
    host.sh("ip route del default via 10.98.0.254");
    assertThat(host.uplink(Optional.empty()).vtep()).isEqualTo(at("10.99.0.1"));
  }

  @Test
  void ourOwnDevicesCarryNoTunnels() throws DataplaneException {
    host.stand(Scene.BLUE.address("7.7.7.1/24").inputs());
    assertThat(host.uplink(at("7.7.7.1"))).isEqualTo(new Uplink(at("7.7.7.1"), Optional.empty()));
  }
}

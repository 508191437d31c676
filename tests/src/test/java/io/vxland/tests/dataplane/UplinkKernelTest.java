package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.Dataplane.Home;
import io.vxland.dataplane.Dataplane.Uplink;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.HostAddress;
import io.vxland.model.InterfaceName;
import io.vxland.model.Vtep;
import io.vxland.plan.Inputs;
import io.vxland.plan.Problem;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

  private static Optional<Inputs.Underlay> onLo(int mtu, String... outlets) {
    return Optional.of(
        new Inputs.Underlay(
            new InterfaceName("lo"), Stream.of(outlets).map(InterfaceName::new).toList(), mtu));
  }

  /** lo itself has 65536. */
  @Test
  void packetsOfAnAddressOnLoLeaveByTheRoutesToTheOtherHosts() throws DataplaneException {
    host.sh(
        """
        ip link set lo up
        ip addr add 10.97.0.1/32 dev lo
        ip link add eth1 type bridge
        ip link set eth1 up mtu 1400
        ip addr add 10.98.0.1/24 dev eth1
        ip route add 10.97.0.2/32 nexthop via 10.99.0.2 nexthop via 10.98.0.2
        ip route add 10.97.0.3/32 via 10.99.0.3
        ip route add 10.97.0.4/32 via 10.99.0.4 mtu 1300
        """);
    Optional<Vtep> lo = at("10.97.0.1");
    assertThat(host.uplink(lo, "10.97.0.3").underlay()).isEqualTo(onLo(1500, "eth0"));
    assertThat(host.uplink(lo, "10.97.0.3", "10.97.0.4").underlay()).isEqualTo(onLo(1300, "eth0"));
    assertThat(host.uplink(lo, "10.97.0.2").underlay()).isEqualTo(onLo(1400, "eth0", "eth1"));
    assertThat(host.uplink(lo, "10.97.0.1", "fd99::2").underlay())
        .as("neither this host nor one of the other IP version is a peer")
        .isEqualTo(onLo(1500));
    host.sh("ip route add default via 10.98.0.254");
    assertThat(host.uplink(lo).underlay()).isEqualTo(onLo(1400, "eth1"));
  }

  @Test
  void packetsLeaveByTheRouteAndNotByTheDeviceWithTheAddress() throws DataplaneException {
    host.sh(
        """
        ip link add eth1 type bridge
        ip link set eth1 up mtu 1400
        ip addr add 10.98.0.1/24 dev eth1
        ip route add 10.97.0.2/32 via 10.98.0.2
        """);
    assertThat(host.uplink(at("10.99.0.1"), "10.97.0.2").underlay())
        .contains(
            new Inputs.Underlay(
                new InterfaceName("eth0"), List.of(new InterfaceName("eth1")), 1400));
  }

  @Test
  void theVtepStaysWhereverTheDefaultRouteGoes() throws DataplaneException {
    host.sh(
        """
        ip link add eth1 type bridge
        ip link set eth1 up
        ip addr add 10.98.0.1/24 dev eth1
        ip route add default via 10.99.0.254 metric 100
        """);
    Home home = new Home(new HostAddress.OfDefaultRoute(), at("10.99.0.1"));
    assertThat(host.uplink(home)).isEqualTo(new Uplink(at("10.99.0.1"), ETH0));
    host.sh("ip route add default via 10.98.0.254 metric 50");
    assertThat(host.uplink(home).vtep()).isEqualTo(at("10.99.0.1"));
    assertThat(host.uplink(home).problems())
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("by eth1, which has 10.98.0.1", "keeps its VTEP 10.99.0.1 on eth0", "'address'");
    host.sh("ip route del default via 10.98.0.254; ip route del default via 10.99.0.254");
    assertThat(host.uplink(home)).isEqualTo(new Uplink(at("10.99.0.1"), ETH0));
    host.sh("ip route add default via 10.98.0.254; ip addr del 10.99.0.1/24 dev eth0");
    assertThat(host.uplink(home).vtep()).as("it is gone").isEqualTo(at("10.98.0.1"));
  }

  @Test
  void aSubnetOrADeviceMayBeNamedInsteadOfAnAddress() throws DataplaneException {
    assertThat(host.uplink(new Home(HostAddress.parse("10.99.0.0/16"), Optional.empty())))
        .isEqualTo(new Uplink(at("10.99.0.1"), ETH0));
    assertThat(host.uplink(new Home(HostAddress.parse("fd99::/64"), Optional.empty())))
        .isEqualTo(new Uplink(at("fd99::1"), ETH0));
    assertThat(host.uplink(new Home(HostAddress.parse("eth0"), Optional.empty())))
        .isEqualTo(new Uplink(at("10.99.0.1"), ETH0));
    assertThat(host.uplink(new Home(HostAddress.parse("eth7"), at("10.99.0.1"))))
        .as("one that the configuration does not allow is not kept")
        .isEqualTo(new Uplink(Optional.empty(), Optional.empty()));
    host.sh("ip addr add 10.99.0.9/16 dev eth0");
    assertThat(host.uplink(new Home(HostAddress.parse("10.99.0.0/16"), at("10.99.0.9"))).vtep())
        .isEqualTo(at("10.99.0.9"));
  }

  @Test
  void ourOwnDevicesCarryNoTunnels() throws DataplaneException {
    host.stand(Scene.BLUE.address("7.7.7.1/24").inputs());
    assertThat(host.uplink(at("7.7.7.1"))).isEqualTo(new Uplink(at("7.7.7.1"), Optional.empty()));
  }
}

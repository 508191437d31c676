package io.vxland.tests.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.InterfaceAddress;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.IpPrefix;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.NextHop;
import io.vxland.netlink4j.model.Route;
import io.vxland.tests.support.Netns;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AddressAndRouteKernelTest {
  private Netns netns;
  private RtnetlinkConnection connection;
  private int device;

  @BeforeEach
  void open() throws NetlinkException {
    netns = Netns.create();
    connection = RtnetlinkConnection.open(netns.path());
    netns.ip("link", "add", "e0", "type", "veth", "peer", "name", "e1");
    netns.ip("link", "set", "e0", "up");
    netns.ip("link", "set", "e1", "up");
    device = connection.link("e0").orElseThrow().index();
  }

  @AfterEach
  void close() {
    connection.close();
    netns.close();
  }

  private static IpPrefix prefix(String address, int length) {
    return new IpPrefix(IpAddress.parse(address), length);
  }

  @Test
  void addressesAreAddedAndDeleted() throws NetlinkException {
    InterfaceAddress v4 = InterfaceAddress.of(device, prefix("10.1.0.1", 24));
    InterfaceAddress v6 =
        InterfaceAddress.of(device, prefix("fd01::1", 64))
            .withFlags(InterfaceAddress.NODAD | InterfaceAddress.NOPREFIXROUTE);
    connection.apply(List.of(Change.create(v4), Change.replace(v6))).orThrow();
    JsonNode shown = netns.ipJson("address", "show", "dev", "e0").get(0).get("addr_info");
    assertThat(shown.toString()).contains("\"10.1.0.1\"").contains("\"fd01::1\"");
    assertThat(netns.ip("-6", "route", "show", "fd01::/64")).as("noprefixroute").isBlank();
    assertThat(connection.addresses())
        .filteredOn(a -> a.ifindex() == device)
        .extracting(InterfaceAddress::address)
        .contains(v4.address(), v6.address());
    connection.apply(Change.delete(v4));
    connection.apply(Change.delete(v6));
    assertThat(netns.ip("address", "show", "dev", "e0")).doesNotContain("10.1.0.1", "fd01::1");
  }

  @Test
  void aRouteOfAnotherHostsSubnetGoesOnlink() throws NetlinkException {
    Route route =
        Route.unicast(prefix("10.42.2.0", 24), NextHop.onlink(IpAddress.parse("10.42.2.0"), device))
            .withProtocol(77)
            .withMetric(5);
    connection.apply(Change.replace(route));
    JsonNode shown = netns.ipJson("route", "show", "10.42.2.0/24").get(0);
    assertThat(shown.get("gateway").asText()).isEqualTo("10.42.2.0");
    assertThat(shown.get("flags").toString()).contains("onlink");
    assertThat(shown.get("protocol").asText()).isEqualTo("77");
    assertThat(shown.get("metric").asInt()).isEqualTo(5);
    assertThat(connection.routes()).contains(route);
    connection.apply(Change.delete(route));
    assertThat(netns.ip("route", "show", "10.42.2.0/24")).isBlank();
  }

  @Test
  void routesGoToTheirTableWithTheirTypeAndMtu() throws NetlinkException {
    Route tabled =
        Route.unicast(prefix("10.50.0.0", 16), NextHop.dev(device)).withTable(5001).withMtu(1400);
    Route hole =
        Route.unicast(prefix("10.51.0.0", 16), NextHop.dev(device))
            .withNextHops(List.of())
            .withScope(Route.SCOPE_UNIVERSE)
            .withType(Route.BLACKHOLE);
    connection.apply(List.of(Change.create(tabled), Change.create(hole))).orThrow();
    JsonNode shown = netns.ipJson("route", "show", "table", "5001").get(0);
    assertThat(shown.get("dst").asText()).isEqualTo("10.50.0.0/16");
    assertThat(shown.get("metrics").toString()).contains("1400");
    assertThat(netns.ipJson("route", "show", "type", "blackhole").toString())
        .contains("10.51.0.0/16");
    assertThat(connection.routes()).contains(tabled, hole);
  }

  @Test
  void aRouteMayHaveSeveralNextHops() throws NetlinkException {
    netns.ip("address", "add", "10.1.0.1/24", "dev", "e0");
    List<NextHop> hops =
        List.of(
            new NextHop(IpAddress.parse("10.1.0.2"), device, false, 1),
            new NextHop(IpAddress.parse("10.1.0.3"), device, false, 3));
    Route route = Route.unicast(prefix("10.60.0.0", 16), hops.get(0)).withNextHops(hops);
    connection.apply(Change.create(route));
    JsonNode shown = netns.ipJson("route", "show", "10.60.0.0/16").get(0).get("nexthops");
    assertThat(shown).hasSize(2);
    assertThat(shown.get(1).get("gateway").asText()).isEqualTo("10.1.0.3");
    assertThat(shown.get(1).get("weight").asInt()).isEqualTo(3);
    assertThat(connection.routes()).contains(route);
    assertThat(connection.routeFor(IpAddress.parse("10.60.1.2"))).contains(route);
    assertThat(connection.routeTo(IpAddress.parse("10.60.1.2")).orElseThrow().nextHops())
        .hasSize(1);
    assertThat(connection.routeFor(IpAddress.parse("192.0.2.1"))).isEmpty();
  }

  @Test
  void anIpv4RouteMayHaveAnIpv6Gateway() throws NetlinkException {
    Route route =
        Route.unicast(prefix("10.70.0.0", 16), NextHop.onlink(IpAddress.parse("fe80::7"), device));
    connection.apply(Change.create(route));
    JsonNode via = netns.ipJson("route", "show", "10.70.0.0/16").get(0).get("via");
    assertThat(via.get("host").asText()).isEqualTo("fe80::7");
    assertThat(connection.routes()).contains(route);
  }

  @Test
  void anIpv6RouteIsWrittenAndRead() throws NetlinkException {
    Route route =
        Route.unicast(prefix("fd02::", 64), NextHop.onlink(IpAddress.parse("fe80::2"), device))
            .withMetric(1024);
    connection.apply(Change.create(route));
    assertThat(netns.ip("-6", "route", "show", "fd02::/64")).contains("via fe80::2 dev e0");
    assertThat(connection.routes()).contains(route);
  }

  @Test
  void theWayToAnAddressNamesDeviceAndSource() throws NetlinkException {
    netns.ip("address", "add", "10.1.0.1/24", "dev", "e0");
    Route way = connection.routeTo(IpAddress.parse("10.1.0.9")).orElseThrow();
    assertThat(way.ifindex()).isEqualTo(device);
    assertThat(way.source()).isEqualTo(IpAddress.parse("10.1.0.1"));
    assertThat(connection.routeTo(IpAddress.parse("192.0.2.1"))).isEmpty();
    assertThat(connection.routeTo(IpAddress.parse("2001:db8::1"))).isEmpty();
  }
}

package io.vxland.netlink4j.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.netlink4j.model.AddrGenMode;
import io.vxland.netlink4j.model.Bridge;
import io.vxland.netlink4j.model.BridgePort;
import io.vxland.netlink4j.model.BridgePortSpec;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.EntryState;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.InterfaceAddress;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.IpPrefix;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.LinkSpec;
import io.vxland.netlink4j.model.Macvlan;
import io.vxland.netlink4j.model.Neighbour;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.NextHop;
import io.vxland.netlink4j.model.PortRange;
import io.vxland.netlink4j.model.Route;
import io.vxland.netlink4j.model.Veth;
import io.vxland.netlink4j.model.Vxlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each change is written as iproute2 writes it. Indices are those of the capture: see the commands.
 */
class GoldenRequestTest {
  private static final int BR0 = 2;
  private static final int VX0 = 3;
  private static final int VX6 = 4;
  private static final int VXE = 5;
  private static final int NEAR = 7;
  private static final Map<String, Change> CHANGES = changes();

  private static Map<String, Change> changes() {
    Map<String, Change> all = new LinkedHashMap<>();
    links(all);
    entries(all);
    routes(all);
    return all;
  }

  private static void links(Map<String, Change> all) {
    all.put(
        "bridge-create",
        Change.create(
            LinkSpec.named("br0")
                .details(
                    Bridge.plain()
                        .with(Bridge.FORWARD_DELAY, 0L)
                        .with(Bridge.AGEING_TIME, 30_000L)
                        .with(Bridge.STP_STATE, 0L)
                        .with(Bridge.MCAST_SNOOPING, false)
                        .with(Bridge.GROUP_FWD_MASK, 0x4000))));
    all.put(
        "bridge-vlan-filtering",
        Change.change(
            LinkSpec.index(BR0).details(Bridge.plain().with(Bridge.VLAN_FILTERING, false))));
    all.put(
        "vxlan-create",
        Change.create(
            LinkSpec.named("vx0")
                .mtu(1450)
                .details(
                    Vxlan.of(5001)
                        .local(ip("10.0.0.1"))
                        .with(Vxlan.PORT, 4789)
                        .with(Vxlan.PORT_RANGE, new PortRange(10_000, 20_000))
                        .with(Vxlan.LEARNING, false)
                        .with(Vxlan.PROXY, true)
                        .with(Vxlan.TTL, 9)
                        .with(Vxlan.AGEING, 123L)
                        .with(Vxlan.DF, 1)
                        .with(Vxlan.UDP_ZERO_CSUM6_RX, true))));
    all.put(
        "vxlan-create-v6",
        Change.create(
            LinkSpec.named("vx6")
                .details(
                    Vxlan.of(6)
                        .local(ip("2001:db8::1"))
                        .remote(ip("2001:db8::2"))
                        .with(Vxlan.LEARNING, true)
                        .with(Vxlan.PORT, 8472)
                        .with(Vxlan.L2MISS, true)
                        .with(Vxlan.L3MISS, true)
                        .with(Vxlan.RSC, true))));
    all.put(
        "vxlan-create-external",
        Change.create(
            LinkSpec.named("vxe")
                .details(
                    Vxlan.external()
                        .with(Vxlan.VNIFILTER, true)
                        .with(Vxlan.LEARNING, false)
                        .with(Vxlan.PORT, 4790))));
    all.put(
        "veth-create",
        Change.create(
            LinkSpec.named("near").details(Veth.withPeer(LinkSpec.named("far").mtu(1400)))));
    all.put("link-master", Change.change(LinkSpec.index(VX0).master(BR0)));
    all.put("link-alias", Change.change(LinkSpec.index(VX0).alias("vxland:5001")));
    all.put("link-mtu", Change.change(LinkSpec.index(VX0).mtu(1400)));
    all.put("link-up", Change.change(LinkSpec.index(VX0).up(true)));
    all.put(
        "link-address",
        Change.change(LinkSpec.index(NEAR).address(LinkAddress.parse("02:00:00:00:00:77"))));
    all.put("link-txqueuelen", Change.change(LinkSpec.index(NEAR).txQueueLength(77)));
    all.put("link-addrgenmode", Change.change(LinkSpec.index(NEAR).addrGenMode(AddrGenMode.NONE)));
    all.put("link-nomaster", Change.change(LinkSpec.index(VX6).master(0)));
    all.put(
        "macvlan-create",
        Change.create(LinkSpec.named("mv0").link(VX0).details(Macvlan.of(Macvlan.SOURCE))));
    all.put("link-delete", Change.delete(LinkSpec.index(VX0)));
    all.put(
        "port-options",
        Change.change(
            new BridgePortSpec(
                VX0,
                BridgePort.unchanged()
                    .with(BridgePort.LEARNING, false)
                    .with(BridgePort.UNICAST_FLOOD, false)
                    .with(BridgePort.MCAST_FLOOD, false)
                    .with(BridgePort.BCAST_FLOOD, false)
                    .with(BridgePort.NEIGH_SUPPRESS, true)
                    .with(BridgePort.ISOLATED, true)
                    .with(BridgePort.HAIRPIN, true))));
  }

  private static void entries(Map<String, Change> all) {
    FdbEntry first = FdbEntry.remote(VX0, mac(1), ip("10.0.0.2"));
    FdbEntry moved = FdbEntry.remote(VX0, mac(1), ip("10.0.0.3")).withPort(8472).withVni(77);
    int bridgeStatic = EntryState.NOARP | EntryState.REACHABLE;
    all.put("fdb-add", Change.create(first));
    all.put("fdb-replace", Change.replace(moved));
    all.put("fdb-delete", Change.delete(moved));
    all.put(
        "fdb-append", Change.append(FdbEntry.remote(VX0, LinkAddress.ZERO_MAC, ip("10.0.0.2"))));
    all.put(
        "fdb-append-v6",
        Change.append(FdbEntry.remote(VX6, LinkAddress.ZERO_MAC, ip("2001:db8::3"))));
    all.put(
        "fdb-via",
        Change.append(FdbEntry.remote(VX0, LinkAddress.ZERO_MAC, ip("10.0.0.9")).withVia(NEAR)));
    all.put(
        "fdb-master-static",
        Change.create(FdbEntry.behindPort(VX0, mac(2)).withState(bridgeStatic)));
    all.put(
        "fdb-sticky",
        Change.replace(
            FdbEntry.behindPort(VX0, mac(2))
                .withState(bridgeStatic)
                .withFlags(EntryState.MASTER | EntryState.STICKY)));
    all.put(
        "fdb-both",
        Change.replace(
            FdbEntry.remote(VX0, mac(3), ip("10.0.0.2"))
                .withState(bridgeStatic)
                .withFlags(EntryState.SELF | EntryState.MASTER | EntryState.EXT_LEARNED)));
    all.put(
        "fdb-src-vni",
        Change.create(FdbEntry.remote(VXE, mac(4), ip("10.0.0.2")).withSrcVni(88).withVni(88)));
    Neighbour neighbour = Neighbour.permanent(BR0, ip("7.7.7.2"), mac(1));
    all.put("neigh-replace", Change.replace(neighbour.withProtocol(77)));
    all.put("neigh-delete", Change.delete(Neighbour.permanent(BR0, ip("7.7.7.2"), null)));
    all.put(
        "neigh-extern",
        Change.create(
            new Neighbour(
                BR0,
                ip("fd77::2"),
                mac(1),
                EntryState.NOARP,
                EntryState.EXT_LEARNED | EntryState.ROUTER,
                0)));
  }

  private static void routes(Map<String, Change> all) {
    InterfaceAddress v6 = InterfaceAddress.of(NEAR, prefix("fd01::1", 64));
    all.put("address-add", Change.create(InterfaceAddress.of(NEAR, prefix("10.1.0.1", 24))));
    all.put(
        "address-add-v6",
        Change.create(v6.withFlags(InterfaceAddress.NODAD | InterfaceAddress.NOPREFIXROUTE)));
    all.put("address-delete", Change.delete(v6));
    all.put(
        "route-onlink",
        Change.replace(
            Route.unicast(prefix("10.42.2.0", 24), NextHop.onlink(ip("10.42.2.0"), NEAR))
                .withProtocol(77)
                .withMetric(5)));
    Route tabled = Route.unicast(prefix("10.50.0.0", 16), NextHop.dev(NEAR)).withTable(5001);
    all.put("route-table", Change.create(tabled.withMtu(1400)));
    all.put("route-delete", Change.delete(tabled.withType(0)));
    all.put(
        "route-blackhole",
        Change.create(
            Route.unicast(prefix("10.51.0.0", 16), NextHop.via(ip("0.0.0.0")))
                .withNextHops(List.of())
                .withType(Route.BLACKHOLE)));
    all.put(
        "route-multipath",
        Change.create(
            Route.unicast(prefix("10.60.0.0", 16), NextHop.via(ip("10.1.0.2")))
                .withNextHops(
                    List.of(
                        new NextHop(ip("10.1.0.2"), NEAR, false, 1),
                        new NextHop(ip("10.1.0.3"), NEAR, false, 3)))));
    all.put(
        "route-via-v6",
        Change.create(Route.unicast(prefix("10.70.0.0", 16), NextHop.onlink(ip("fe80::7"), NEAR))));
    all.put(
        "route-v6",
        Change.create(
            Route.unicast(prefix("fd02::", 64), NextHop.onlink(ip("fe80::2"), NEAR))
                .withMetric(1024)));
  }

  private static IpAddress ip(String text) {
    return IpAddress.parse(text);
  }

  private static IpPrefix prefix(String text, int length) {
    return new IpPrefix(ip(text), length);
  }

  private static LinkAddress mac(int last) {
    return LinkAddress.mac(0x525400000000L | last);
  }

  static Stream<String> names() {
    return CHANGES.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void aChangeIsWrittenAsIproute2WritesIt(String name) throws NetlinkException {
    MessageWriter writer = new MessageWriter(16);
    ChangeCodec.write(writer, CHANGES.get(name), 0, 0);
    Golden golden = Golden.request(name);
    assertThat(Canonical.of(writer.toBytes()))
        .as(golden.toString())
        .isEqualTo(Canonical.of(golden.bytes()));
  }

  @Test
  void everyCapturedCommandIsCompared() {
    assertThat(Golden.requests())
        .extracting(Golden::name)
        .containsExactlyInAnyOrderElementsOf(CHANGES.keySet());
  }
}

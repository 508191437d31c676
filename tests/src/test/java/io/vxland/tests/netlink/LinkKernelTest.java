package io.vxland.tests.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.netlink4j.NetworkNamespace;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.AddrGenMode;
import io.vxland.netlink4j.model.Bridge;
import io.vxland.netlink4j.model.BridgePort;
import io.vxland.netlink4j.model.BridgePortSpec;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.LinkSpec;
import io.vxland.netlink4j.model.Macvlan;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.PortRange;
import io.vxland.netlink4j.model.Veth;
import io.vxland.netlink4j.model.Vxlan;
import io.vxland.tests.support.Netns;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkKernelTest {
  private Netns netns;
  private RtnetlinkConnection connection;

  @BeforeEach
  void open() throws NetlinkException {
    netns = Netns.create();
    connection = RtnetlinkConnection.open(netns.path());
  }

  @AfterEach
  void close() {
    connection.close();
    netns.close();
  }

  private JsonNode shown(String name) {
    return netns.ipJson("link", "show", "dev", name).get(0);
  }

  @Test
  void aNameHasTheIndexThatItHasNow() throws NetlinkException {
    try (RtnetlinkConnection connection = RtnetlinkConnection.open(netns.path())) {
      assertThat(connection.index("br0")).isEmpty();
      int first = connection.createLink(LinkSpec.named("br0").details(Bridge.plain()));
      assertThat(connection.index("br0")).hasValue(first);
      connection.apply(Change.delete(LinkSpec.index(first)));
      assertThat(connection.index("br0")).isEmpty();
      int second = connection.createLink(LinkSpec.named("br0").details(Bridge.plain()));
      assertThat(connection.index("br0")).hasValue(second);
      assertThat(connection.index("a-name-that-is-too-long")).isEmpty();
      assertThat(connection.index("lo")).hasValue(1);
    }
  }

  @Test
  void aMacvlanOfModeSourceIsReadAsItWasMade() throws NetlinkException {
    try (RtnetlinkConnection connection = RtnetlinkConnection.open(netns.path())) {
      int below =
          connection.createLink(
              LinkSpec.named("near").details(Veth.withPeer(LinkSpec.named("far"))));
      connection.createLink(
          LinkSpec.named("mv0").link(below).details(Macvlan.of(Macvlan.SOURCE)).mtu(1400));
      JsonNode shown = netns.ipJson("link", "show", "dev", "mv0").get(0);
      assertThat(shown.at("/linkinfo/info_kind").asText()).isEqualTo("macvlan");
      assertThat(shown.at("/linkinfo/info_data/mode").asText()).isEqualTo("source");
      Link read = connection.link("mv0").orElseThrow();
      assertThat(read.link()).isEqualTo(below);
      assertThat(read.macvlan().orElseThrow().get(Macvlan.MODE)).contains(Macvlan.SOURCE);
    }
  }

  @Test
  void aBridgeIsMadeWithAllThatWasSaid() throws NetlinkException {
    int index =
        connection.createLink(
            LinkSpec.named("br5001")
                .details(
                    Bridge.plain()
                        .with(Bridge.FORWARD_DELAY, 0L)
                        .with(Bridge.AGEING_TIME, 12_300L)
                        .with(Bridge.STP_STATE, 0L)
                        .with(Bridge.MCAST_SNOOPING, false)
                        .with(Bridge.GROUP_FWD_MASK, 0x4000))
                .alias("vxland:5001")
                .mtu(1450)
                .address(LinkAddress.parse("02:00:00:00:50:01"))
                .txQueueLength(77)
                .addrGenMode(AddrGenMode.NONE)
                .up(true));
    JsonNode link = shown("br5001");
    assertThat(link.get("ifindex").asInt()).isEqualTo(index);
    assertThat(link.get("ifalias").asText()).isEqualTo("vxland:5001");
    assertThat(link.get("mtu").asInt()).isEqualTo(1450);
    assertThat(link.get("address").asText()).isEqualTo("02:00:00:00:50:01");
    assertThat(link.get("txqlen").asInt()).isEqualTo(77);
    assertThat(link.get("inet6_addr_gen_mode").asText()).isEqualTo("none");
    assertThat(link.get("flags").toString()).contains("\"UP\"");
    JsonNode data = link.get("linkinfo").get("info_data");
    assertThat(data.get("forward_delay").asInt()).isZero();
    assertThat(data.get("ageing_time").asInt()).isEqualTo(12_300);
    assertThat(data.get("mcast_snooping").asInt()).isZero();
    assertThat(data.get("group_fwd_mask").asText()).isEqualTo("0x4000");
    assertThat(netns.ipJson("-6", "address", "show", "dev", "br5001").toString())
        .as("addrgenmode none came before up")
        .doesNotContain("fe80");
  }

  @Test
  void aVxlanDeviceIsMadeWithAllThatWasSaid() throws NetlinkException {
    netns.ip("link", "add", "under", "type", "bridge");
    int under = connection.link("under").orElseThrow().index();
    connection.createLink(
        LinkSpec.named("vxlan5001")
            .details(
                Vxlan.of(5001)
                    .local(IpAddress.parse("10.0.0.1"))
                    .remote(IpAddress.parse("10.0.0.2"))
                    .with(Vxlan.LINK, under)
                    .with(Vxlan.PORT, 4789)
                    .with(Vxlan.PORT_RANGE, new PortRange(10_000, 20_000))
                    .with(Vxlan.TTL, 9)
                    .with(Vxlan.TOS, 4)
                    .with(Vxlan.DF, 1)
                    .with(Vxlan.LEARNING, false)
                    .with(Vxlan.PROXY, true)
                    .with(Vxlan.RSC, true)
                    .with(Vxlan.L2MISS, true)
                    .with(Vxlan.L3MISS, true)
                    .with(Vxlan.AGEING, 123L)
                    .with(Vxlan.LIMIT, 1000L)
                    .with(Vxlan.UDP_CSUM, true)
                    .with(Vxlan.UDP_ZERO_CSUM6_TX, true)
                    .with(Vxlan.UDP_ZERO_CSUM6_RX, true)
                    .with(Vxlan.GBP, true)));
    JsonNode data = shown("vxlan5001").get("linkinfo").get("info_data");
    assertThat(data.get("id").asInt()).isEqualTo(5001);
    assertThat(data.get("local").asText()).isEqualTo("10.0.0.1");
    assertThat(data.get("remote").asText()).isEqualTo("10.0.0.2");
    assertThat(data.get("link").asText()).isEqualTo("under");
    assertThat(data.get("port").asInt()).isEqualTo(4789);
    assertThat(data.get("port_range").get("low").asInt()).isEqualTo(10_000);
    assertThat(data.get("port_range").get("high").asInt()).isEqualTo(20_000);
    assertThat(data.get("ttl").asInt()).isEqualTo(9);
    assertThat(data.get("df").asText()).isEqualTo("set");
    assertThat(data.get("learning").asBoolean()).isFalse();
    assertThat(data.get("proxy").asBoolean()).isTrue();
    assertThat(data.get("rsc").asBoolean()).isTrue();
    assertThat(data.get("l2miss").asBoolean()).isTrue();
    assertThat(data.get("l3miss").asBoolean()).isTrue();
    assertThat(data.get("ageing").asInt()).isEqualTo(123);
    assertThat(data.get("limit").asInt()).isEqualTo(1000);
    assertThat(data.get("gbp").asBoolean()).isTrue();
    Vxlan read = connection.link("vxlan5001").orElseThrow().vxlan().orElseThrow();
    assertThat(read.vni()).isEqualTo(5001);
    assertThat(read.local()).contains(IpAddress.parse("10.0.0.1"));
    assertThat(read.get(Vxlan.PORT_RANGE)).contains(new PortRange(10_000, 20_000));
    assertThat(read.get(Vxlan.GBP)).contains(true);
    assertThat(read.get(Vxlan.TTL_INHERIT).orElse(false)).isFalse();
  }

  /** The kernel's own defaults, of which the port is not IANA's. */
  @Test
  void aVxlanDeviceOfWhichLittleIsSaidLearnsAndUsesPort8472() throws NetlinkException {
    connection.createLink(LinkSpec.named("vx1").details(Vxlan.of(1)));
    Vxlan vxlan = connection.link("vx1").orElseThrow().vxlan().orElseThrow();
    assertThat(vxlan.get(Vxlan.PORT)).contains(8472);
    assertThat(vxlan.get(Vxlan.LEARNING)).contains(true);
  }

  @Test
  void replacingALinkMakesItOrChangesIt() throws NetlinkException {
    LinkSpec spec = LinkSpec.named("br0").details(Bridge.plain());
    connection.apply(Change.replace(spec.mtu(1400)));
    int index = connection.link("br0").orElseThrow().index();
    connection.apply(Change.replace(spec.mtu(1300)));
    assertThat(shown("br0").get("mtu").asInt()).isEqualTo(1300);
    assertThat(shown("br0").get("ifindex").asInt()).isEqualTo(index);
  }

  /** Why createLink sends several messages; if a newer kernel does better, this will say so. */
  @Test
  void oneCreateMessageDoesNotBringTheAlias() throws NetlinkException {
    connection.apply(
        Change.create(LinkSpec.named("br0").details(Bridge.plain()).alias("not taken")));
    assertThat(shown("br0").has("ifalias")).isFalse();
  }

  @Test
  void aVxlanDeviceTakesAnIpv6Underlay() throws NetlinkException {
    connection.createLink(
        LinkSpec.named("vx6")
            .details(Vxlan.of(6).local(IpAddress.parse("2001:db8::1")).with(Vxlan.PORT, 4789)));
    JsonNode data = shown("vx6").get("linkinfo").get("info_data");
    assertThat(data.get("local6").asText()).isEqualTo("2001:db8::1");
    assertThat(connection.link("vx6").orElseThrow().vxlan().orElseThrow().local())
        .contains(IpAddress.parse("2001:db8::1"));
  }

  @Test
  void anExternalVxlanDeviceTakesAVniFilter() throws NetlinkException {
    connection.createLink(
        LinkSpec.named("vxe")
            .details(Vxlan.external().with(Vxlan.VNIFILTER, true).with(Vxlan.PORT, 4790)));
    JsonNode data = shown("vxe").get("linkinfo").get("info_data");
    assertThat(data.get("external").asBoolean()).isTrue();
    assertThat(data.get("vnifilter").asBoolean()).isTrue();
  }

  @Test
  void aVethPairMayHaveItsPeerInAnotherNamespace() throws NetlinkException {
    try (Netns other = Netns.create();
        NetworkNamespace target = NetworkNamespace.open(other.path())) {
      connection.createLink(
          LinkSpec.named("near")
              .details(Veth.withPeer(LinkSpec.named("far").mtu(1400).netnsFd(target.fd()))));
      assertThat(shown("near").get("linkinfo").get("info_kind").asText()).isEqualTo("veth");
      assertThat(other.ipJson("link", "show", "dev", "far").get(0).get("mtu").asInt())
          .isEqualTo(1400);
      assertThat(connection.link("near").orElseThrow().linkNetnsId()).isNotNegative();
    }
  }

  @Test
  void aLinkMovesToAnotherNamespace() throws NetlinkException {
    netns.ip("link", "add", "mover", "type", "veth", "peer", "name", "stays");
    try (Netns other = Netns.create();
        NetworkNamespace target = NetworkNamespace.open(other.path())) {
      connection.apply(Change.change(LinkSpec.named("mover").netnsFd(target.fd())));
      assertThat(connection.link("mover")).isEmpty();
      assertThat(other.ipJson("link", "show", "dev", "mover")).hasSize(1);
    }
  }

  @Test
  void aChangeLeavesAloneWhatItDoesNotSay() throws NetlinkException {
    netns.ip("link", "add", "d0", "mtu", "1400", "type", "bridge");
    int index = connection.link("d0").orElseThrow().index();
    connection.apply(Change.change(LinkSpec.index(index).alias("mine").up(true)));
    connection.apply(Change.change(LinkSpec.index(index).mtu(1300)));
    assertThat(shown("d0").get("ifalias").asText()).isEqualTo("mine");
    assertThat(shown("d0").get("mtu").asInt()).isEqualTo(1300);
    assertThat(shown("d0").get("flags").toString()).contains("\"UP\"");
    connection.apply(Change.change(LinkSpec.index(index).alias("").up(false)));
    assertThat(shown("d0").has("ifalias")).isFalse();
    assertThat(shown("d0").get("flags").toString()).doesNotContain("\"UP\"");
    connection.apply(Change.change(LinkSpec.index(index).name("d1")));
    assertThat(connection.link(index).map(Link::name)).contains("d1");
  }

  @Test
  void bridgePortOptionsAreSetAndRead() throws NetlinkException {
    netns.ip("link", "add", "br0", "type", "bridge");
    netns.ip("link", "add", "p0", "type", "veth", "peer", "name", "p1");
    int bridge = connection.link("br0").orElseThrow().index();
    int port = connection.link("p0").orElseThrow().index();
    assertThat(connection.link(port).orElseThrow().bridgePort()).isEmpty();
    connection.apply(Change.change(LinkSpec.index(port).master(bridge)));
    BridgePort wanted =
        BridgePort.unchanged()
            .with(BridgePort.LEARNING, false)
            .with(BridgePort.UNICAST_FLOOD, false)
            .with(BridgePort.MCAST_FLOOD, false)
            .with(BridgePort.BCAST_FLOOD, false)
            .with(BridgePort.NEIGH_SUPPRESS, true)
            .with(BridgePort.ISOLATED, true)
            .with(BridgePort.HAIRPIN, true);
    connection.apply(Change.change(new BridgePortSpec(port, wanted)));
    JsonNode shown = netns.bridgeJson("link", "show", "dev", "p0").get(0);
    for (String off : List.of("learning", "flood", "mcast_flood", "bcast_flood")) {
      assertThat(shown.get(off).asBoolean()).as(off).isFalse();
    }
    for (String on : List.of("neigh_suppress", "isolated", "hairpin")) {
      assertThat(shown.get(on).asBoolean()).as(on).isTrue();
    }
    BridgePort read = connection.link(port).orElseThrow().bridgePort().orElseThrow();
    assertThat(read.options().asMap()).containsAllEntriesOf(wanted.options().asMap());
    connection.apply(Change.change(LinkSpec.index(port).master(0)));
    assertThat(shown("p0").has("master")).isFalse();
  }

  @Test
  void aTapIsRecognised() throws NetlinkException {
    netns.ip("tuntap", "add", "dev", "tap0", "mode", "tap");
    Link tap = connection.link("tap0").orElseThrow();
    assertThat(tap.kind()).isEqualTo("tun");
    assertThat(tap.tun().orElseThrow().isTap()).isTrue();
  }

  @Test
  void allLinksAreListed() throws NetlinkException {
    netns.ip("tuntap", "add", "dev", "t0", "mode", "tun");
    netns.ip("link", "add", "br0", "type", "bridge");
    assertThat(connection.links()).extracting(Link::name).containsExactly("lo", "t0", "br0");
    assertThat(connection.links()).extracting(Link::kind).containsExactly("", "tun", "bridge");
  }

  @Test
  void anAbsentLinkIsEmptyToGetAndAbsentToDelete() throws NetlinkException {
    assertThat(connection.link("nope")).isEqualTo(Optional.empty());
    NetlinkException error =
        catchThrowableOfType(
            NetlinkException.class, () -> connection.apply(Change.delete(LinkSpec.named("nope"))));
    assertThat(error.isAbsent()).isTrue();
    assertThat(error.operation()).contains("delete").contains("nope");
  }

  @Test
  void theKernelsWordsReachTheCaller() throws NetlinkException {
    Vxlan vxlan = Vxlan.of(7).with(Vxlan.PORT, 4789);
    connection.createLink(LinkSpec.named("a").details(vxlan));
    NetlinkException error =
        catchThrowableOfType(
            NetlinkException.class,
            () -> connection.createLink(LinkSpec.named("b").details(vxlan)));
    assertThat(error.errnoName()).isEqualTo("EEXIST");
    assertThat(error.isPresent()).isTrue();
    assertThat(error.kernelText()).contains("VXLAN device with the specified VNI already exists");
    assertThat(connection.link("b")).isEmpty();
  }

  @Test
  void creatingWhatIsThereTouchesNothing() throws NetlinkException {
    connection.createLink(LinkSpec.named("br0").details(Bridge.plain()).alias("first"));
    NetlinkException error =
        catchThrowableOfType(
            NetlinkException.class,
            () ->
                connection.createLink(
                    LinkSpec.named("br0").details(Bridge.plain()).alias("second").mtu(1300)));
    assertThat(error.isPresent()).isTrue();
    assertThat(shown("br0").get("ifalias").asText()).isEqualTo("first");
    assertThat(shown("br0").get("mtu").asInt()).isEqualTo(1500);
  }
}

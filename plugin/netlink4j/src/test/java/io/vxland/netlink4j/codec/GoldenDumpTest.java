package io.vxland.netlink4j.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.netlink4j.model.BridgePort;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.InterfaceAddress;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.LinkStatistics;
import io.vxland.netlink4j.model.Neighbour;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.Route;
import io.vxland.netlink4j.model.Tun;
import io.vxland.netlink4j.model.Vxlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the kernel said to iproute2 is read as what the commands before it made. */
class GoldenDumpTest {
  /** Reads one message. */
  private interface Reading<T> {
    T read(MessageReader message) throws NetlinkException;
  }

  private static <T> List<T> all(String name, int type, Reading<T> reading)
      throws NetlinkException {
    List<T> all = new ArrayList<>();
    for (Golden golden : Golden.dumps()) {
      if (golden.name().equals(name)) {
        MessageReader messages = new MessageReader();
        messages.reset(golden.bytes(), golden.bytes().length);
        while (messages.next()) {
          if (messages.type() == type) {
            all.add(reading.read(messages));
          }
        }
      }
    }
    return all;
  }

  private static Link link(String name) throws NetlinkException {
    return all("link", Rtm.NEWLINK, LinkCodec::read).stream()
        .filter(link -> link.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aVxlanPortOfABridge() throws NetlinkException {
    Link link = link("vx0");
    assertThat(link.index()).isEqualTo(3);
    assertThat(link.alias()).isEqualTo("vxland:5001");
    assertThat(link.mtu()).isEqualTo(1400);
    assertThat(link.isUp()).isTrue();
    assertThat(link.master()).isEqualTo(2);
    Vxlan vxlan = link.vxlan().orElseThrow();
    assertThat(vxlan.vni()).isEqualTo(5001);
    assertThat(vxlan.local()).contains(IpAddress.parse("10.0.0.1"));
    assertThat(vxlan.get(Vxlan.PORT)).contains(4789);
    assertThat(vxlan.get(Vxlan.LEARNING)).contains(false);
    assertThat(vxlan.get(Vxlan.PROXY)).contains(true);
    BridgePort port = link.bridgePort().orElseThrow();
    assertThat(port.isOn(BridgePort.NEIGH_SUPPRESS)).isTrue();
    assertThat(port.isOn(BridgePort.UNICAST_FLOOD)).isFalse();
  }

  @Test
  void whatLinksHaveCounted() throws NetlinkException {
    assertThat(all("link", Rtm.NEWLINK, LinkCodec::readStatistics))
        .containsSubsequence(
            new LinkStatistics(0, 3, 0, 266, 0, 0, 0, 0),
            new LinkStatistics(0, 0, 0, 0, 0, 11, 0, 1),
            new LinkStatistics(2, 6, 180, 516, 0, 0, 0, 0),
            new LinkStatistics(6, 2, 516, 180, 0, 0, 0, 0));
  }

  @Test
  void aTap() throws NetlinkException {
    assertThat(link("tap0").tun().orElseThrow().isTap()).isTrue();
    assertThat(link("tap0").tun().orElseThrow().get(Tun.PERSIST)).contains(true);
  }

  @Test
  void entriesOfDeviceAndBridge() throws NetlinkException {
    NeighbourCodec codec = new NeighbourCodec();
    List<FdbEntry> entries = all("fdb", Rtm.NEWNEIGH, codec::readFdb);
    LinkAddress both = LinkAddress.parse("52:54:00:00:00:03");
    assertThat(entries)
        .filteredOn(e -> e.mac().equals(both) && e.isSelf())
        .extracting(FdbEntry::dst)
        .containsExactly(IpAddress.parse("10.0.0.2"));
    assertThat(entries)
        .filteredOn(e -> e.mac().equals(both) && e.isMaster())
        .extracting(FdbEntry::master)
        .containsExactly(2);
    assertThat(entries)
        .contains(
            FdbEntry.remote(3, LinkAddress.parse("52:54:00:00:00:01"), IpAddress.parse("10.0.0.3"))
                .withPort(8472)
                .withVni(77));
    assertThat(entries).filteredOn(e -> e.srcVni() != 0).extracting(FdbEntry::srcVni).contains(88);
  }

  @Test
  void neighboursAddressesAndRoutes() throws NetlinkException {
    NeighbourCodec codec = new NeighbourCodec();
    assertThat(all("neigh", Rtm.NEWNEIGH, codec::readNeighbour))
        .contains(
            Neighbour.permanent(
                    2, IpAddress.parse("7.7.7.2"), LinkAddress.parse("52:54:00:00:00:01"))
                .withProtocol(77));
    assertThat(all("address", Rtm.NEWADDR, AddressCodec::read))
        .extracting(InterfaceAddress::address)
        .extracting(Object::toString)
        .contains("10.1.0.1/24", "fd01::1/64");
    List<Route> routes = all("route", Rtm.NEWROUTE, RouteCodec::read);
    assertThat(routes)
        .filteredOn(r -> r.nextHops().size() == 2)
        .extracting(r -> r.destination().toString())
        .containsExactly("10.60.0.0/16");
    assertThat(routes)
        .filteredOn(r -> r.table() == 5001)
        .extracting(Route::mtu)
        .containsExactly(1400);
  }
}

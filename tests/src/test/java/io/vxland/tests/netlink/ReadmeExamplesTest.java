package io.vxland.tests.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.netlink4j.BatchOutcome;
import io.vxland.netlink4j.DumpSink;
import io.vxland.netlink4j.Event;
import io.vxland.netlink4j.Failure;
import io.vxland.netlink4j.Group;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.Subscription;
import io.vxland.netlink4j.model.AddrGenMode;
import io.vxland.netlink4j.model.Bridge;
import io.vxland.netlink4j.model.BridgePort;
import io.vxland.netlink4j.model.BridgePortSpec;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.LinkSpec;
import io.vxland.netlink4j.model.Neighbour;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.Vxlan;
import io.vxland.tests.support.Netns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The examples of netlink4j's README, word for word, but in a namespace of the test's own. */
class ReadmeExamplesTest {
  private Netns netns;

  @BeforeEach
  void open() {
    netns = Netns.create();
  }

  @AfterEach
  void close() {
    netns.close();
  }

  @Test
  void aBridgeWithAVxlanDeviceManyChangesAndADump() throws NetlinkException {
    try (RtnetlinkConnection connection = RtnetlinkConnection.open(netns.path())) {
      int bridge =
          connection.createLink(
              LinkSpec.named("br5001")
                  .details(Bridge.plain().with(Bridge.MCAST_SNOOPING, false))
                  .mtu(1450)
                  .addrGenMode(AddrGenMode.NONE)
                  .up(true));
      int vxlan =
          connection.createLink(
              LinkSpec.named("vxlan5001")
                  .details(
                      Vxlan.of(5001)
                          .local(IpAddress.parse("10.0.0.1"))
                          .with(Vxlan.PORT, 4789)
                          .with(Vxlan.LEARNING, false))
                  .mtu(1450)
                  .master(bridge)
                  .up(true));
      connection.apply(
          Change.change(
              new BridgePortSpec(
                  vxlan, BridgePort.unchanged().with(BridgePort.NEIGH_SUPPRESS, true))));
      assertThat(netns.bridge("-d", "link", "show", "dev", "vxlan5001"))
          .contains("master br5001", "neigh_suppress on");

      IpAddress peer = IpAddress.parse("10.0.0.2");
      LinkAddress mac = LinkAddress.parse("52:54:00:00:00:01");
      LinkAddress formerMac = LinkAddress.parse("52:54:00:00:00:99");
      BatchOutcome outcome =
          connection.apply(
              List.of(
                  Change.append(FdbEntry.remote(vxlan, LinkAddress.ZERO_MAC, peer)),
                  Change.replace(FdbEntry.remote(vxlan, mac, peer)),
                  Change.replace(Neighbour.permanent(bridge, IpAddress.parse("7.7.7.2"), mac)),
                  Change.delete(FdbEntry.remote(vxlan, formerMac, peer))));
      for (Failure failure : outcome.failures()) {
        if (!failure.error().isAbsent()) {
          throw failure.error();
        }
      }
      assertThat(outcome.failures()).extracting(Failure::index).containsExactly(3);
      assertThat(netns.bridge("fdb", "show", "dev", "vxlan5001")).contains(mac + " dst 10.0.0.2");

      Set<LinkAddress> macs = new HashSet<>();
      connection.dumpFdb(
          new DumpSink<>() {
            @Override
            public void begin() {
              macs.clear();
            }

            @Override
            public void accept(FdbEntry entry) {
              macs.add(entry.mac());
            }
          });
      assertThat(macs).contains(mac, LinkAddress.ZERO_MAC);
    }
  }

  @Test
  void anotherNamespaceAndItsNotifications() throws NetlinkException {
    List<String> names = new ArrayList<>();
    Runnable readAllAgain = names::clear;
    Path namespace = netns.path();
    try (Subscription subscription = Subscription.open(namespace, EnumSet.of(Group.LINK));
        RtnetlinkConnection there = RtnetlinkConnection.open(namespace)) {
      there.createLink(LinkSpec.named("br0").details(Bridge.plain()));
      subscription.poll(
          Duration.ofSeconds(5),
          event -> {
            if (event instanceof Event.LinkEvent change) {
              names.add(change.link().name());
            } else if (event instanceof Event.ResyncNeeded) {
              readAllAgain.run();
            }
          });
    }
    assertThat(names).contains("br0");
  }
}

package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.nft.DeliveryTable;
import io.vxland.dataplane.nft.NftProgram;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Guard;
import io.vxland.plan.Change;
import io.vxland.tests.support.Netns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Frames come in by a veth with a tunnel's name, a port of a bridge. The other port of the bridge
 * and two taps are veths too, whose other ends count what they get.
 */
class DeliveryTableKernelTest {
  private static final Path NFT = Path.of("/usr/sbin/nft");
  private static final InterfaceName TUNNEL = new InterfaceName("vxmig5001");
  private static final InterfaceName OTHER_TUNNEL = new InterfaceName("vxmig5002");
  private static final InterfaceName TAP = new InterfaceName("vnet3");
  private static final InterfaceName OTHER_TAP = new InterfaceName("vnet4");
  private static final MacAddress CARD = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress STRANGER = MacAddress.parse("52:54:00:00:00:02");

  private Netns host;
  private Netns sender;
  private DeliveryTable table;

  @BeforeEach
  void setUp() {
    host = Netns.create();
    sender = Netns.create();
    host.run(
        "sh",
        "-ec",
        """
        sysctl -q net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
        ip link add br5001 type bridge mcast_snooping 0
        ip link add other type veth peer name otherend
        ip link add vnet3 type veth peer name guest3
        ip link add vnet4 type veth peer name guest4
        ip link add vxmig5002 type veth peer name wire5002
        """);
    makeTunnel();
    host.run(
        "sh",
        "-ec",
        """
        ip link set other master br5001
        for device in br5001 other otherend vnet3 guest3 vnet4 guest4; do ip link set $device up; done
        """);
    table = open(NFT);
  }

  private void makeTunnel() {
    host.ip("link", "add", "vxmig5001", "type", "veth", "peer", "wire", "netns", sender.name());
    sender.run(
        "sh",
        "-ec",
        """
        sysctl -q net.ipv6.conf.all.disable_ipv6=1
        ip link set wire up
        ip address add 10.7.0.254/24 dev wire
        ip neigh replace 10.7.0.1 lladdr 52:54:00:00:00:01 dev wire
        ip neigh replace 10.7.0.2 lladdr 52:54:00:00:00:02 dev wire
        """);
    host.ip("link", "set", "vxmig5001", "up", "master", "br5001");
  }

  @AfterEach
  void end() {
    sender.close();
    host.close();
  }

  private DeliveryTable open(Path program) {
    return DeliveryTable.open(NftProgram.in(program, host.path()));
  }

  /** Sends three frames to each card, and three to all; nobody answers. */
  private void send() {
    sender.run("sh", "-c", "ping -q -c 3 -i 0.002 -W 0.1 10.7.0.1 >/dev/null; :");
    sender.run("sh", "-c", "ping -q -c 3 -i 0.002 -W 0.1 10.7.0.2 >/dev/null; :");
    sender.run("sh", "-c", "ping -q -c 3 -i 0.002 -W 0.1 -b 10.7.0.255 >/dev/null 2>&1; :");
  }

  private long received(String device) {
    return host.ipJson("-s", "link", "show", "dev", device)
        .get(0)
        .get("stats64")
        .get("rx")
        .get("packets")
        .longValue();
  }

  private String ruleset() {
    return host.run("nft", "-s", "list", "ruleset").strip();
  }

  private static List<Change> guardAndDeliver() {
    return List.of(new Change.GuardTunnel(TUNNEL), new Change.Deliver(TUNNEL, CARD, TAP));
  }

  @Test
  void framesOfTheCardReachItsTapAndNothingReachesTheBridge() throws Exception {
    assertThat(table.unavailable()).isEmpty();
    assertThat(table.read().deliveries()).isEmpty();
    send();
    assertThat(received("otherend")).as("flooded without a guard").isEqualTo(9);

    assertThat(table.apply(guardAndDeliver())).isEmpty();
    send();
    assertThat(received("otherend")).isEqualTo(9);
    assertThat(received("guest3")).isEqualTo(3);
    assertThat(received("guest4")).isZero();
    assertThat(table.counters()).isEqualTo(Map.of(TUNNEL, Map.of(CARD, 3L)));
    assertThat(table.read().deliveries()).isEqualTo(Map.of(TUNNEL, Map.of(CARD, TAP)));
    assertThat(ruleset())
        .isEqualTo(
            """
            table netdev vxland {
            \tchain vxmig5001 {
            \t\ttype filter hook ingress device "vxmig5001" priority filter; policy drop;
            \t\tether daddr 52:54:00:00:00:01 counter fwd to "vnet3"
            \t}
            }\
            """);
  }

  @Test
  void theCommandsOfTheChangesDoTheSame() throws Exception {
    List<Change> changes = new ArrayList<>(guardAndDeliver());
    changes.add(new Change.Deliver(TUNNEL, STRANGER, OTHER_TAP));
    changes.add(new Change.StopDelivery(TUNNEL, STRANGER));
    for (Change change : changes) {
      host.run("sh", "-ec", change.command());
    }
    assertThat(table.read().deliveries()).isEqualTo(Map.of(TUNNEL, Map.of(CARD, TAP)));
    String byCommands = ruleset();
    host.run("sh", "-ec", new Change.UnguardTunnel(TUNNEL).command());
    assertThat(table.read().deliveries()).isEmpty();
    assertThat(table.apply(changes)).isEmpty();
    assertThat(ruleset()).isEqualTo(byCommands);
  }

  /** Whatever libvirt and the kernel take for {@code <target dev='...'/>}. */
  @ParameterizedTest
  @ValueSource(strings = {"101-eth0", "täp0", "web;drop", "#a", "a*b", "vm(x)", "桥1"})
  void aTapMayHaveAnyName(String name) throws Exception {
    host.ip("link", "set", "vnet3", "down");
    host.ip("link", "set", "vnet3", "name", name);
    host.ip("link", "set", name, "up");
    InterfaceName tap = new InterfaceName(name);
    assertThat(
            table.apply(
                List.of(new Change.GuardTunnel(TUNNEL), new Change.Deliver(TUNNEL, CARD, tap))))
        .isEmpty();
    send();
    assertThat(received("guest3")).isEqualTo(3);
    assertThat(table.read().deliveries()).isEqualTo(Map.of(TUNNEL, Map.of(CARD, tap)));
  }

  @Test
  void aDeliveryMovesToAnotherTapAndEnds() throws Exception {
    assertThat(table.apply(guardAndDeliver())).isEmpty();
    assertThat(
            table.apply(
                List.of(
                    new Change.GuardTunnel(TUNNEL),
                    new Change.Deliver(TUNNEL, CARD, OTHER_TAP),
                    new Change.Deliver(TUNNEL, STRANGER, TAP))))
        .isEmpty();
    assertThat(table.read().deliveries())
        .isEqualTo(Map.of(TUNNEL, Map.of(CARD, OTHER_TAP, STRANGER, TAP)));
    send();
    assertThat(received("guest4")).isEqualTo(3);
    assertThat(received("guest3")).isEqualTo(3);

    List<Change> stops =
        List.of(
            new Change.StopDelivery(TUNNEL, CARD),
            new Change.StopDelivery(TUNNEL, STRANGER),
            new Change.StopDelivery(TUNNEL, CARD));
    assertThat(table.apply(stops)).isEmpty();
    assertThat(table.apply(stops)).isEmpty();
    assertThat(table.read().deliveries()).isEqualTo(Map.of(TUNNEL, Map.of()));
    send();
    assertThat(received("guest4")).isEqualTo(3);
    assertThat(received("otherend")).isZero();
  }

  @Test
  void theTableLeavesWithTheLastGuard() throws Exception {
    assertThat(
            table.apply(
                List.of(
                    new Change.GuardTunnel(TUNNEL),
                    new Change.Deliver(TUNNEL, CARD, TAP),
                    new Change.GuardTunnel(OTHER_TUNNEL))))
        .isEmpty();
    assertThat(table.apply(List.of(new Change.UnguardTunnel(TUNNEL)))).isEmpty();
    assertThat(table.read().deliveries()).isEqualTo(Map.of(OTHER_TUNNEL, Map.of()));
    List<Change> end =
        List.of(new Change.UnguardTunnel(TUNNEL), new Change.UnguardTunnel(OTHER_TUNNEL));
    assertThat(table.apply(end)).isEmpty();
    assertThat(ruleset()).isEmpty();
    assertThat(table.apply(end)).isEmpty();
  }

  @Test
  void aTunnelThatIsGoneAndComesAgainIsGuardedAgain() throws Exception {
    assertThat(table.apply(guardAndDeliver())).isEmpty();
    host.ip("link", "del", "vxmig5001");
    makeTunnel();
    assertThat(table.apply(guardAndDeliver())).isEmpty();
    send();
    assertThat(received("otherend")).isZero();
    assertThat(received("guest3")).isEqualTo(3);
    assertThat(table.read().deliveries()).isEqualTo(Map.of(TUNNEL, Map.of(CARD, TAP)));
  }

  @Test
  void itDoesNotMatterWhetherAChainHasGoneWithItsDevice() throws Exception {
    List<Change> end =
        List.of(new Change.StopDelivery(TUNNEL, CARD), new Change.UnguardTunnel(TUNNEL));
    assertThat(table.apply(guardAndDeliver())).isEmpty();
    host.ip("link", "del", "vxmig5001");
    assertThat(table.apply(end)).isEmpty();
    assertThat(ruleset()).isEmpty();

    makeTunnel();
    assertThat(table.apply(guardAndDeliver())).isEmpty();
    // What a kernel does that takes it along.
    host.run("nft", "delete", "chain", "netdev", "vxland", "vxmig5001");
    assertThat(table.read().deliveries()).isEmpty();
    assertThat(table.apply(end)).isEmpty();
    assertThat(ruleset()).isEmpty();
  }

  @Test
  void aTapThatIsGoneIsNoTapThatSomebodyHas() throws Exception {
    assertThat(table.apply(guardAndDeliver())).isEmpty();
    int index = host.ipJson("link", "show", "dev", "vnet3").get(0).get("ifindex").intValue();
    host.ip("link", "del", "vnet3");
    assertThat(table.read().deliveries())
        .isEqualTo(Map.of(TUNNEL, Map.of(CARD, new InterfaceName(Integer.toString(index)))));
    assertThat(table.apply(List.of(new Change.StopDelivery(TUNNEL, CARD)))).isEmpty();
    assertThat(table.read().deliveries()).isEqualTo(Map.of(TUNNEL, Map.of()));
  }

  @Test
  void whatIsRefusedKeepsNothingElseFromBeingDone() throws Exception {
    Change noSuchTap = new Change.Deliver(TUNNEL, STRANGER, new InterfaceName("gone"));
    Change noSuchName = new Change.Deliver(TUNNEL, STRANGER, new InterfaceName("a\"b"));
    List<Failure> failures =
        table.apply(
            List.of(
                new Change.GuardTunnel(TUNNEL),
                noSuchTap,
                noSuchName,
                new Change.Deliver(TUNNEL, CARD, TAP),
                new Change.Deliver(OTHER_TUNNEL, CARD, TAP)));
    assertThat(failures)
        .extracting(Failure::change)
        .containsExactly(noSuchName, noSuchTap, new Change.Deliver(OTHER_TUNNEL, CARD, TAP));
    assertThat(failures.get(1).reason()).isEqualTo("Interface does not exist");
    assertThat(failures.get(2).reason()).contains("No such file or directory");
    assertThat(table.read().deliveries()).isEqualTo(Map.of(TUNNEL, Map.of(CARD, TAP)));
  }

  @Test
  void whatSomebodyPutIntoTheTableIsToldAndStays() throws Exception {
    assertThat(table.apply(guardAndDeliver())).isEmpty();
    host.run("nft", "add", "set", "netdev", "vxland", "mine", "{ type ether_addr; }");
    host.run("nft", "add", "rule", "netdev", "vxland", "vxmig5001", "counter");
    assertThat(table.read().deliveries()).isEqualTo(Map.of(TUNNEL, Map.of(CARD, TAP)));
    assertThat(table.apply(List.of(new Change.StopDelivery(TUNNEL, CARD)))).isEmpty();
    assertThat(ruleset()).contains("\t\tcounter\n").contains("set mine");
    assertThat(table.apply(List.of(new Change.UnguardTunnel(TUNNEL)))).isEmpty();
    assertThat(ruleset()).contains("set mine").doesNotContain("chain");
  }

  @Test
  void aChainThatLetsFramesPassIsMadeAGuard() throws Exception {
    host.run("nft", "add", "table", "netdev", "vxland");
    host.run(
        "nft",
        "add chain netdev vxland vxmig5001"
            + " { type filter hook ingress device vxmig5001 priority 0; policy accept; }");
    assertThat(table.read().deliveries()).isEmpty();
    assertThat(table.apply(guardAndDeliver())).isEmpty();
    assertThat(table.read().deliveries()).isEqualTo(Map.of(TUNNEL, Map.of(CARD, TAP)));
    send();
    assertThat(received("otherend")).isZero();
  }

  @Test
  void aHostThatCannotSaysWhyAndRefusesEachChange(@TempDir Path directory) throws Exception {
    DeliveryTable none = open(directory.resolve("nft"));
    assertThat(none.unavailable())
        .contains("there is no program " + directory + "/nft; install nftables");
    assertThat(none.read().reason()).isEqualTo(none.unavailable().orElseThrow());
    assertThat(none.counters()).isEmpty();
    assertThat(none.apply(guardAndDeliver()))
        .extracting(Failure::reason)
        .containsOnly(none.unavailable().orElseThrow())
        .hasSize(2);

    DeliveryTable old =
        open(
            script(
                directory,
                "old",
                "echo '/dev/stdin:3:1-9: Error: Could not process rule: Operation not supported'"
                    + " >&2; exit 1"));
    assertThat(old.unavailable())
        .contains(
            "this kernel's nftables cannot forward at ingress:"
                + " Could not process rule: Operation not supported");
  }

  @Test
  void aProgramThatMisbehavesIsEndedAndTold(@TempDir Path directory) throws Exception {
    long began = System.nanoTime();
    DeliveryTable hanging = open(script(directory, "hanging", "exec tail -f /dev/null"));
    assertThat(hanging.unavailable().orElseThrow())
        .endsWith("did not exit within 2 s and was killed");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));

    DeliveryTable talking =
        open(script(directory, "talking", "[ \"$1\" = -c ] || exec cat /dev/zero"));
    assertThat(talking.unavailable()).isEmpty();
    assertThat(talking.read().state()).isEqualTo(Guard.State.UNKNOWN);
    assertThat(talking.read().reason())
        .startsWith("list table netdev vxland: nft printed more than");

    DeliveryTable babbling = open(script(directory, "babbling", "echo '{\"nftables\": [[[[['"));
    assertThat(babbling.unavailable()).isEmpty();
    assertThat(babbling.read().reason())
        .startsWith("list table netdev vxland: not JSON as nft prints it");
    assertThatThrownBy(babbling::counters).isInstanceOf(DataplaneException.class);
  }

  private static Path script(Path directory, String name, String body) throws IOException {
    Path script = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}

package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.linux.LinuxDataplane;
import io.vxland.dataplane.linux.Rulesets;
import io.vxland.dataplane.nft.NftProgram;
import io.vxland.dataplane.nft.VtepFilterTable;
import io.vxland.model.IpAddress;
import io.vxland.model.Knowledge;
import io.vxland.model.Prefix;
import io.vxland.model.Vtep;
import io.vxland.plan.ActualState;
import io.vxland.plan.Change;
import io.vxland.plan.Desire;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.Planner;
import io.vxland.tests.support.Netns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A host, a peer of it and a stranger on one underlay of both families. Both others have VXLAN
 * devices with the host's VNI, and with one that is not the host's, and ping into the networks: the
 * host's own addresses there answer what arrives.
 */
class VtepFilterKernelTest {
  private static final Path NFT = Path.of("/usr/sbin/nft");
  private static final Vtep PEER = Vtep.parse("10.99.0.2");
  private static final Vtep PEER6 = Vtep.parse("fd99::2");
  private static final IpAddress STRANGER = IpAddress.parse("10.99.0.77");
  private static final IpAddress STRANGER6 = IpAddress.parse("fd99::77");
  private static final int FRAMES = 5;

  private Netns fabric;
  private Netns host;
  private Netns peer;
  private Netns stranger;
  private VtepFilterTable table;
  private LinuxDataplane dataplane;

  @BeforeEach
  void setUp() throws Exception {
    fabric = Host.fabric();
    host = member(1);
    peer = member(2);
    stranger = member(77);
    table = VtepFilterTable.open(NftProgram.in(NFT, host.path()));
    dataplane = LinuxDataplane.open(host.path(), Rulesets.NONE.with(table));
    sh(
        host,
        """
        ip link add foreign type vxlan id 9999 local 10.99.0.1 dstport 4789 nolearning
        ip addr add 10.8.0.1/24 dev foreign
        ip link set foreign up
        """);
  }

  private Netns member(int number) {
    Netns netns = Netns.create();
    sh(
        fabric,
        "ip link add port%1$d type veth peer name eth0 netns %2$s && ip link set port%1$d master switch up"
            .formatted(number, netns.name()));
    sh(
        netns,
        """
        ip link set eth0 up
        ip addr add 10.99.0.%1$d/24 dev eth0
        ip addr add fd99::%1$d/64 dev eth0 nodad
        """
            .formatted(number));
    return netns;
  }

  /** VXLAN devices of both of the host's VNIs towards the host. */
  private void tunnels(Netns netns, int number, String local, String remote) {
    sh(
        netns,
        """
        sysctl -q net.ipv6.conf.default.disable_ipv6=1
        ip link add ours type vxlan id 5001 local %2$s remote %3$s dstport 4789
        ip link add foreign type vxlan id 9999 local 10.99.0.%1$d remote 10.99.0.1 dstport 4789
        ip addr add 10.7.0.%1$d/24 dev ours
        ip addr add 10.8.0.%1$d/24 dev foreign
        ip link set ours up
        ip link set foreign up
        """
            .formatted(number, local, remote));
  }

  @AfterEach
  void end() {
    dataplane.close();
    stranger.close();
    peer.close();
    host.close();
    fabric.close();
  }

  private static void sh(Netns netns, String script) {
    netns.run("sh", "-ec", script);
  }

  private Plan settle(Inputs inputs, boolean inventoryComplete) throws Exception {
    List<Change> all = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      Plan plan = Planner.plan(Desire.of(inputs), dataplane.read(Set.of()), inventoryComplete);
      List<Failure> failures = dataplane.apply(plan.changes());
      assertThat(failures).isEmpty();
      all.addAll(plan.changes());
    }
    table.distrust();
    Plan last = Planner.plan(Desire.of(inputs), dataplane.read(Set.of()), inventoryComplete);
    assertThat(last.changes()).as("after %s", all).isEmpty();
    return new Plan(all, last.problems(), last.blocked(), last.yielded());
  }

  private static Inputs with(Inputs inputs, List<Prefix> accept, Set<Vtep> hosts) {
    return new Inputs(
        inputs.vtep(),
        inputs.underlay(),
        inputs.networks(),
        inputs.ports(),
        inputs.knowledge(),
        inputs.handovers(),
        accept,
        hosts);
  }

  /** A host's network with an address of the host's own, which answers pings. */
  private static Inputs blue(String self, Vtep... peers) {
    String[] others = List.of(peers).stream().map(Vtep::toString).toArray(String[]::new);
    return Scene.BLUE.from(self, others).address("10.7.0.1/24").inputs();
  }

  /** How many of some broadcasts reach the host's device. */
  private long arrive(Netns from, String device, String received) {
    long before = received(received);
    String all = device.equals("ours") ? "10.7.0.255" : "10.8.0.255";
    sh(from, "ping -q -b -c " + FRAMES + " -i 0.01 -W 0.2 " + all + " >/dev/null 2>&1 || :");
    return received(received) - before;
  }

  private long received(String device) {
    return host.ipJson("-s", "link", "show", "dev", device)
        .get(0)
        .path("stats64")
        .path("rx")
        .path("packets")
        .asLong();
  }

  private JsonNode ruleset() throws Exception {
    return new ObjectMapper().readTree(host.run("nft", "-j", "list", "ruleset")).path("nftables");
  }

  private boolean filters() throws Exception {
    for (JsonNode each : ruleset()) {
      if (each.path("table").path("name").asText().equals("vxland_vteps")) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aStrangersFramesEndBeforeTheyAreDecapsulatedAndArePutToTheirAccount() throws Exception {
    tunnels(peer, 2, "10.99.0.2", "10.99.0.1");
    tunnels(stranger, 77, "10.99.0.77", "10.99.0.1");
    settle(blue("10.99.0.1", PEER), true);

    assertThat(arrive(peer, "ours", "vxlan5001")).as("a peer's").isGreaterThanOrEqualTo(FRAMES);
    assertThat(arrive(stranger, "ours", "vxlan5001")).as("a stranger's").isZero();
    assertThat(arrive(stranger, "foreign", "foreign"))
        .as("a VNI that is none of ours, on the same port")
        .isGreaterThanOrEqualTo(FRAMES);

    table.distrust();
    ActualState.VtepTable read = dataplane.read(Set.of()).vteps();
    assertThat(read.dropped()).isGreaterThanOrEqualTo(FRAMES);
    assertThat(read.strangers()).containsOnlyKeys(STRANGER);
    assertThat(read.strangers().get(STRANGER)).isEqualTo(read.dropped());
    assertThat(host.bridge("fdb", "show", "dev", "vxlan5001")).doesNotContain("10.99.0.77");
  }

  @Test
  void overIpv6Likewise() throws Exception {
    tunnels(peer, 2, "fd99::2", "fd99::1");
    tunnels(stranger, 77, "fd99::77", "fd99::1");
    settle(blue("fd99::1", PEER6), true);

    assertThat(arrive(peer, "ours", "vxlan5001")).isGreaterThanOrEqualTo(FRAMES);
    assertThat(arrive(stranger, "ours", "vxlan5001")).isZero();
    table.distrust();
    assertThat(dataplane.read(Set.of()).vteps().strangers()).containsOnlyKeys(STRANGER6);
  }

  @Test
  void whatAStrangerSendsInFragmentsIsDroppedToo() throws Exception {
    tunnels(stranger, 77, "10.99.0.77", "10.99.0.1");
    sh(stranger, "ip link set eth0 mtu 576; ip link set ours mtu 1400");
    settle(blue("10.99.0.1", PEER), true);
    long before = received("vxlan5001");
    sh(stranger, "ping -q -M dont -c 3 -i 0.01 -W 1 -s 1200 -b 10.7.0.255 >/dev/null 2>&1 || :");
    assertThat(stranger.run("sh", "-c", "nstat -asz IpFragCreates | tail -1"))
        .as("frames were sent in fragments")
        .doesNotContainPattern("IpFragCreates +0 ");
    assertThat(received("vxlan5001") - before).isZero();
    table.distrust();
    assertThat(dataplane.read(Set.of()).vteps().dropped()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void aHostThatTheControlPlaneNamesIsAcceptedBeforeItIsSentTo() throws Exception {
    tunnels(stranger, 77, "10.99.0.77", "10.99.0.1");
    Vtep fresh = new Vtep(STRANGER);
    settle(blue("10.99.0.1", PEER), true);
    assertThat(arrive(stranger, "ours", "vxlan5001")).isZero();

    Plan plan = settle(blue("10.99.0.1", PEER, fresh), true);
    assertThat(plan.changes().get(0)).isInstanceOf(Change.AcceptVteps.class);
    assertThat(arrive(stranger, "ours", "vxlan5001")).isGreaterThanOrEqualTo(FRAMES);

    settle(blue("10.99.0.1", PEER), true);
    assertThat(arrive(stranger, "ours", "vxlan5001")).as("it has gone").isZero();
    settle(with(blue("10.99.0.1", PEER), List.of(), Set.of(fresh)), true);
    assertThat(arrive(stranger, "ours", "vxlan5001"))
        .as("known, and not of this network yet")
        .isGreaterThanOrEqualTo(FRAMES);
  }

  @Test
  void anEntryThatZebraOrSomebodyWroteNamesAHost() throws Exception {
    tunnels(stranger, 77, "10.99.0.77", "10.99.0.1");
    settle(blue("10.99.0.1", PEER), true);
    host.bridge(
        "fdb",
        "add",
        "52:54:00:00:00:77",
        "dev",
        "vxlan5001",
        "dst",
        "10.99.0.77",
        "self",
        "extern_learn");
    settle(blue("10.99.0.1", PEER), true);
    assertThat(arrive(stranger, "ours", "vxlan5001")).isGreaterThanOrEqualTo(FRAMES);
  }

  @Test
  void beforeAllIsKnownNobodyIsRefusedWhoWasAccepted() throws Exception {
    tunnels(stranger, 77, "10.99.0.77", "10.99.0.1");
    Inputs both = blue("10.99.0.1", PEER, new Vtep(STRANGER));
    Inputs one = blue("10.99.0.1", PEER);
    Knowledge half = new Knowledge(false, one.knowledge().replication(), Map.of());
    settle(new Inputs(one.vtep(), one.underlay(), one.networks(), Set.of(), half, Set.of()), true);
    assertThat(filters()).as("no filter without knowing the hosts").isFalse();

    settle(both, true);
    settle(one, false);
    assertThat(arrive(stranger, "ours", "vxlan5001"))
        .as("libvirt has not told its networks yet")
        .isGreaterThanOrEqualTo(FRAMES);
    settle(one, true);
    assertThat(arrive(stranger, "ours", "vxlan5001")).isZero();
  }

  @Test
  void networksOfHostsCanBeAcceptedAndAllOfThemAndAGroupsHosts() throws Exception {
    tunnels(stranger, 77, "10.99.0.77", "10.99.0.1");
    settle(with(blue("10.99.0.1"), List.of(Prefix.parse("10.99.0.64/26")), Set.of()), true);
    assertThat(arrive(stranger, "ours", "vxlan5001")).isGreaterThanOrEqualTo(FRAMES);

    settle(with(blue("10.99.0.1"), List.of(Prefix.parse("10.99.0.0/26")), Set.of()), true);
    assertThat(arrive(stranger, "ours", "vxlan5001")).isZero();

    settle(with(blue("10.99.0.1"), List.of(Prefix.parse("0.0.0.0/0")), Set.of()), true);
    assertThat(filters()).isFalse();
    assertThat(arrive(stranger, "ours", "vxlan5001")).isGreaterThanOrEqualTo(FRAMES);

    settle(Scene.BLUE.from("10.99.0.1").group("239.1.1.1").inputs(), true);
    assertThat(filters()).as("nobody lists a group's hosts").isFalse();
  }

  @Test
  void whatIsFlushedComesBackAndGoesWithTheLastNetwork() throws Exception {
    settle(blue("10.99.0.1", PEER), true);
    assertThat(filters()).isTrue();
    host.run("nft", "flush", "ruleset");
    table.distrust();
    settle(blue("10.99.0.1", PEER), true);
    assertThat(filters()).isTrue();
    host.run("nft", "flush", "chain", "inet", "vxland_vteps", "input");
    table.distrust();
    settle(blue("10.99.0.1", PEER), true);
    tunnels(stranger, 77, "10.99.0.77", "10.99.0.1");
    assertThat(arrive(stranger, "ours", "vxlan5001")).isZero();

    settle(Scene.NOTHING, true);
    assertThat(filters()).isFalse();
  }

  @Test
  void withoutNftItSaysSo() throws Exception {
    try (LinuxDataplane without =
        LinuxDataplane.open(
            host.path(),
            Rulesets.NONE.with(
                VtepFilterTable.open(NftProgram.in(Path.of("/nonexistent/nft"), host.path()))))) {
      Plan plan = Planner.plan(Desire.of(blue("10.99.0.1", PEER)), without.read(Set.of()), true);
      assertThat(plan.problems())
          .extracting(Object::toString)
          .containsExactly(
              "VXLAN filter: packets from unknown hosts are not dropped: there is no program"
                  + " /nonexistent/nft; install nftables; or accept all packets with [control]"
                  + " accept = any");
    }
  }
}

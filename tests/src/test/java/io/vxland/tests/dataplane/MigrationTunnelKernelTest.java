package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.linux.RulesetWatch;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.Change;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.Problem;
import io.vxland.tests.support.Netns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The migration tunnel on the real kernel, between four hosts of one network: a VM is at the source
 * and goes to the destination; another at the sender talks to it; a bystander has a VM too. A VM
 * here is a namespace at the other end of a veth pair.
 */
class MigrationTunnelKernelTest {
  private static final int SOURCE = 1;
  private static final int DESTINATION = 2;
  private static final int SENDER = 3;
  private static final int BYSTANDER = 4;
  private static final MacAddress CARD = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress SENDERS_CARD = MacAddress.parse("52:54:00:00:00:03");
  private static final MacAddress NOBODY = MacAddress.parse("52:54:00:00:00:77");
  private static final InterfaceName TAP = new InterfaceName("vnet0");
  private static final Handover READY = new Handover.Ready(Scene.VNI, CARD);
  private static final Handover REDIRECT = new Handover.Redirect(Scene.VNI, CARD, Optional.empty());
  private static final Handover INCOMING = new Handover.Delivery(Scene.VNI, CARD, TAP, false);
  private static final Handover ARRIVED = new Handover.Delivery(Scene.VNI, CARD, TAP, true);
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int FRAMES = 20;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Host[] hosts = new Host[BYSTANDER + 1];
  private final Netns[] guests = new Netns[BYSTANDER + 1];

  @BeforeEach
  void up() throws DataplaneException {
    Netns fabric = Host.fabric();
    open.add(fabric);
    for (int number = SOURCE; number <= BYSTANDER; number++) {
      hosts[number] = Host.up(fabric, number);
      open.add(hosts[number]);
      stand(number);
    }
    plug(SOURCE, CARD, "7.7.7.2");
    plug(SENDER, SENDERS_CARD, "7.7.7.3");
    plug(BYSTANDER, MacAddress.parse("52:54:00:00:00:04"), "7.7.7.4");
    guests[SENDER].ip(
        "neigh", "add", "7.7.7.77", "lladdr", NOBODY.toString(), "dev", "eth0", "nud", "permanent");
    ping();
    guests[SENDER].ip(
        "neigh",
        "replace",
        "7.7.7.2",
        "lladdr",
        CARD.toString(),
        "dev",
        "eth0",
        "nud",
        "permanent");
  }

  @AfterEach
  void down() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private static Scene scene(int number) {
    String[] others =
        Stream.of(SOURCE, DESTINATION, SENDER, BYSTANDER)
            .filter(other -> other != number)
            .map(other -> "10.99.0." + other)
            .toArray(String[]::new);
    return Scene.BLUE.from("10.99.0." + number, others);
  }

  private List<Change> stand(int number, Handover... handovers) throws DataplaneException {
    return hosts[number].stand(scene(number).handovers(handovers).inputs()).changes();
  }

  private void plug(int number, MacAddress card, String address) {
    Netns guest = Netns.create();
    open.add(guest);
    guests[number] = guest;
    hosts[number].sh(
        """
        ip link add vnet0 type veth peer name eth0 address %s netns %s
        ip link set vnet0 addrgenmode none
        ip link set vnet0 master br5001 up
        """
            .formatted(card, guest.name()));
    guest.run(
        "sh",
        "-ec",
        "ip link set eth0 addrgenmode none; ip addr add "
            + address
            + "/24 dev eth0; ip link set eth0 mtu 1450 up");
  }

  private void ping() {
    await()
        .atMost(BOUND)
        .ignoreExceptionsInstanceOf(AssertionError.class)
        .until(() -> guests[SENDER].run("ping", "-c1", "-W1", "7.7.7.2").contains("1 received"));
  }

  /** A VM that is paused keeps its tap's carrier, takes nothing and says nothing. */
  private void pause(int number) {
    guests[number].run(
        "nft",
        "add table netdev vm; add chain netdev vm pause"
            + " { type filter hook ingress device eth0 priority 0; policy drop; };"
            + " add chain netdev vm silence"
            + " { type filter hook egress device eth0 priority 0; policy drop; }");
  }

  private void resume(int number) {
    guests[number].run("nft", "delete table netdev vm");
  }

  /** Frames to an address whose MAC the sender knows, without waiting for answers. */
  private void send(int from, String address) {
    guests[from].run(
        "sh", "-c", "ping -q -c" + FRAMES + " -i0.01 -W0.1 " + address + " || test $? = 1");
  }

  /** The entry of a card in a host's bridge: behind which port, and whether it was told. */
  private String behind(int number, MacAddress card) {
    for (JsonNode entry : hosts[number].netns.bridgeJson("fdb", "show", "br", "br5001")) {
      boolean here =
          entry.path("mac").asText().equals(card.toString()) && entry.path("master").isTextual();
      if (here) {
        boolean told = entry.path("flags").toString().contains("extern_learn");
        return entry.get("ifname").asText() + (told ? " told" : "");
      }
    }
    return "";
  }

  /** Where a VXLAN device sends what goes to a card. */
  private List<String> places(int number, MacAddress card) {
    return hosts[number]
        .netns
        .bridge("fdb", "show", "dev", "vxlan5001")
        .lines()
        .filter(line -> line.startsWith(card + " dst "))
        .map(line -> line.replaceAll(".* dst (\\S+).*", "$1").strip())
        .toList();
  }

  /** All entries of a host's bridge and VXLAN device. */
  private Set<String> knowledge(int number) {
    Set<String> lines = new TreeSet<>();
    hosts[number].netns.bridge("fdb", "show").lines().map(String::strip).forEach(lines::add);
    return lines;
  }

  private void prepare() throws DataplaneException {
    plug(DESTINATION, CARD, "7.7.7.2");
    pause(DESTINATION);
    stand(SOURCE, READY);
    stand(DESTINATION, INCOMING);
  }

  private Capture capture(Netns netns, String device) throws IOException {
    Capture capture = Capture.of(netns, device, "icmp");
    open.add(capture);
    return capture;
  }

  @Test
  void aRedirectedFrameReachesOnlyTheHostThatExpectsTheVmAndTeachesNobodyAnything()
      throws DataplaneException, IOException {
    prepare();
    pause(SOURCE);
    assertThat(stand(SOURCE, REDIRECT))
        .containsExactly(new Change.PlaceBehindPort(new InterfaceName("vxout5001"), CARD));
    assertThat(behind(SOURCE, CARD)).isEqualTo("vxout5001 told");
    assertThat(behind(DESTINATION, CARD)).isEqualTo("vxlan5001 told");
    Set<String> bystander = knowledge(BYSTANDER);
    Set<String> sender = knowledge(SENDER);
    Set<String> destination = knowledge(DESTINATION);
    Capture taken = capture(guests[DESTINATION], "eth0");
    Capture atBystander = capture(guests[BYSTANDER], "eth0");
    Capture bystandersBridge = capture(hosts[BYSTANDER].netns, "br5001");
    Capture destinationsBridge = capture(hosts[DESTINATION].netns, "vxlan5001");
    Capture backAtSender = capture(guests[SENDER], "eth0");

    send(SENDER, "7.7.7.2");

    taken.awaitFrames(FRAMES);
    assertThat(backAtSender.seen()).as("as it sent them").hasSize(FRAMES);
    assertThat(atBystander.seen()).isEmpty();
    assertThat(bystandersBridge.seen()).isEmpty();
    assertThat(destinationsBridge.seen()).as("none by the network's own VNI").isEmpty();
    assertThat(knowledge(BYSTANDER)).isEqualTo(bystander);
    assertThat(knowledge(SENDER)).isEqualTo(sender);
    assertThat(knowledge(DESTINATION)).isEqualTo(destination);
    assertThat(places(DESTINATION, SENDERS_CARD)).containsExactly("10.99.0.3");
    assertThat(hosts[SOURCE].framesSent("vxmig5001")).hasValue(3L * FRAMES);
  }

  /**
   * {@code nft flush ruleset} takes away what delivers frames, and what drops the rest. Neither a
   * host that has no part in the migration nor one that has may then bridge what comes out of its
   * tunnel: it would send it back to the source, which would redirect it again.
   */
  @ParameterizedTest
  @ValueSource(ints = {SOURCE, DESTINATION, BYSTANDER})
  void noFlushOfNftablesLetsARedirectedFrameIntoABridge(int flushed)
      throws DataplaneException, IOException {
    prepare();
    stand(SENDER, new Handover.Ready(Scene.VNI, SENDERS_CARD));
    stand(BYSTANDER, new Handover.Ready(Scene.VNI, NOBODY));
    guests[BYSTANDER].run("ping", "-c1", "-W2", "7.7.7.2");
    pause(SOURCE);
    stand(SOURCE, REDIRECT);
    Capture taken = capture(guests[DESTINATION], "eth0");
    Capture atBystandersTunnel = capture(hosts[BYSTANDER].netns, "vxmig5001");
    Capture backAtSource = capture(hosts[SOURCE].netns, "vxlan5001");
    Map<String, Long> before = sentInTheNetwork();

    hosts[flushed].netns.run("nft", "flush", "ruleset");
    send(SENDER, "7.7.7.2");

    await().atMost(BOUND).until(() -> atBystandersTunnel.seen().size() >= FRAMES);
    assertThat(hosts[SOURCE].framesSent("vxmig5001")).as("redirected").hasValue(3L * FRAMES);
    assertThat(sentInTheNetwork()).as("frames that hosts sent on").isEqualTo(before);
    assertThat(backAtSource.seen()).as("as the sender sent them").hasSize(FRAMES);
    assertThat(atBystandersTunnel.seen()).hasSize(FRAMES);
    assertThat(taken.seen()).hasSize(flushed == DESTINATION ? 0 : FRAMES);
  }

  /** A bridge sends what its host itself broadcasts to each port that is up, whatever its flags. */
  @Test
  void whatAHostItselfBroadcastsComesOnceAlsoWithoutNftables()
      throws DataplaneException, IOException {
    stand(SOURCE, READY);
    stand(BYSTANDER, new Handover.Ready(Scene.VNI, NOBODY));
    hosts[BYSTANDER].netns.run("nft", "flush", "ruleset");
    Capture atTunnel = capture(hosts[BYSTANDER].netns, "vxmig5001");
    Capture guest = capture(guests[BYSTANDER], "eth0");
    hosts[SOURCE].sh(
        """
        ip addr add 7.7.7.9/24 brd + dev br5001
        ping -q -b -c%d -i0.01 -W0.1 7.7.7.255 || test $? = 1
        """
            .formatted(FRAMES));
    atTunnel.awaitFrames(FRAMES);
    guest.awaitFrames(FRAMES);
  }

  /** What all but the sender have sent in the network's own VNI. */
  private Map<String, Long> sentInTheNetwork() throws DataplaneException {
    Map<String, Long> sent = new TreeMap<>();
    for (int number : new int[] {SOURCE, DESTINATION, BYSTANDER}) {
      sent.put("h" + number, hosts[number].framesSent("vxlan5001").orElseThrow());
    }
    return sent;
  }

  @Test
  void aRedirectToAKnownHostIsOneCopy() throws DataplaneException, IOException {
    prepare();
    pause(SOURCE);
    stand(
        SOURCE,
        new Handover.Redirect(
            Scene.VNI, CARD, Optional.of(io.vxland.model.Vtep.parse("10.99.0.2"))));
    Capture taken = capture(guests[DESTINATION], "eth0");
    send(SENDER, "7.7.7.2");
    taken.awaitFrames(FRAMES);
    assertThat(hosts[SOURCE].framesSent("vxmig5001")).hasValue(FRAMES);
  }

  @Test
  void framesOfMachinesOnTheSourceItselfAreRedirectedToo() throws DataplaneException, IOException {
    prepare();
    hosts[SOURCE].sh("ip addr add 7.7.7.9/24 dev br5001");
    hosts[SOURCE].sh("ip neigh add 7.7.7.2 lladdr " + CARD + " dev br5001 nud permanent");
    pause(SOURCE);
    stand(SOURCE, REDIRECT);
    Capture taken = capture(guests[DESTINATION], "eth0");
    hosts[SOURCE].sh("ping -q -c" + FRAMES + " -i0.01 -W0.1 7.7.7.2 || test $? = 1");
    taken.awaitFrames(FRAMES);
  }

  @Test
  void nothingThatComesOutOfATunnelEntersABridge() throws DataplaneException, IOException {
    prepare();
    stand(BYSTANDER, new Handover.Ready(Scene.VNI, NOBODY));
    stand(SOURCE, new Handover.Redirect(Scene.VNI, NOBODY, Optional.empty()));
    Capture atDestinationsTunnel = capture(hosts[DESTINATION].netns, "vxmig5001");
    Capture atBystandersTunnel = capture(hosts[BYSTANDER].netns, "vxmig5001");
    Capture destination = capture(guests[DESTINATION], "eth0");
    Capture bystander = capture(guests[BYSTANDER], "eth0");
    Set<String> before = knowledge(BYSTANDER);

    hosts[SOURCE].sh("ip addr add 7.7.7.9/24 dev br5001");
    hosts[SOURCE].sh("ip neigh add 7.7.7.77 lladdr " + NOBODY + " dev br5001 nud permanent");
    hosts[SOURCE].sh("ping -q -c" + FRAMES + " -i0.01 -W0.1 7.7.7.77 || test $? = 1");

    atDestinationsTunnel.awaitFrames(FRAMES);
    atBystandersTunnel.awaitFrames(FRAMES);
    assertThat(destination.seen()).isEmpty();
    assertThat(bystander.seen()).isEmpty();
    assertThat(knowledge(BYSTANDER)).isEqualTo(before);
  }

  @Test
  void nothingIsFloodedIntoATunnel() throws DataplaneException, IOException {
    stand(SOURCE, READY);
    Capture tunnel = capture(hosts[SOURCE].netns, "vxmig5001");
    Capture everywhere = capture(guests[BYSTANDER], "eth0");
    guests[SOURCE].run(
        "sh",
        "-ec",
        """
        ip neigh add 7.7.7.77 lladdr %s dev eth0 nud permanent
        ping -q -c5 -i0.01 -W0.1 7.7.7.77 || test $? = 1
        ping -q -b -c5 -i0.01 -W0.1 7.7.7.255 || test $? = 1
        ping -q -c5 -i0.01 -W0.1 -I eth0 224.0.0.251 || test $? = 1
        """
            .formatted(NOBODY));
    await().atMost(BOUND).until(() -> everywhere.seen().size() >= 15);
    assertThat(tunnel.seen()).isEmpty();
    assertThat(hosts[SOURCE].framesSent("vxmig5001")).hasValue(0);
  }

  @Test
  void theFirstFrameOfTheArrivedVmPutsEverythingRightAndNothingIsLeft() throws DataplaneException {
    stand(DESTINATION);
    List<String> before = KernelState.of(hosts[SOURCE].netns);
    prepare();
    pause(SOURCE);
    stand(SOURCE, REDIRECT);
    resume(DESTINATION);
    guests[DESTINATION].run("sh", "-c", "ping -c1 -W1 7.7.7.250 || test $? = 1");

    await().atMost(BOUND).until(() -> behind(SOURCE, CARD).equals("vxlan5001"));
    assertThat(behind(DESTINATION, CARD)).isEqualTo("vnet0");
    assertThat(places(SENDER, CARD)).containsExactly("10.99.0.2");
    assertThat(stand(SOURCE, REDIRECT)).as("the plan does not take it back").isEmpty();
    assertThat(stand(DESTINATION, INCOMING)).isEmpty();
    ping();

    assertThat(stand(DESTINATION, ARRIVED)).isEmpty();
    assertThat(stand(DESTINATION)).contains(new Change.SetQueueLength(TAP, 1000));
    stand(SOURCE);
    ping();
    for (int number : List.of(SOURCE, DESTINATION)) {
      assertThat(hosts[number].netns.ip("link")).doesNotContain("vxmig");
      assertThat(hosts[number].netns.run("nft", "list", "ruleset", "netdev"))
          .doesNotContain("chain");
    }
    assertThat(KernelState.of(hosts[SOURCE].netns).stream().filter(this::isDevice).toList())
        .isEqualTo(before.stream().filter(this::isDevice).toList());
  }

  private boolean isDevice(String line) {
    return line.startsWith("link") || line.startsWith("port") || line.startsWith("addr");
  }

  @Test
  void aVmThatResumesWhereItWasIsFoundThereByItsFirstFrame() throws DataplaneException {
    prepare();
    pause(SOURCE);
    stand(SOURCE, REDIRECT);
    resume(SOURCE);
    guests[SOURCE].run("sh", "-c", "ping -c1 -W1 7.7.7.250 || test $? = 1");
    assertThat(behind(SOURCE, CARD)).isEqualTo("vnet0");
    ping();
    assertThat(stand(SOURCE, READY)).isEmpty();
    assertThat(behind(SOURCE, CARD)).isEqualTo("vnet0");
  }

  @Test
  void untilItArrivesFramesOfMachinesOnTheDestinationGoToTheVmWhereItRuns()
      throws DataplaneException, IOException {
    prepare();
    hosts[DESTINATION].sh("ip addr add 7.7.7.9/24 dev br5001");
    Capture tap = Capture.of(guests[DESTINATION], "eth0", "icmp or arp");
    open.add(tap);
    hosts[DESTINATION].netns.run("ping", "-c3", "-i0.1", "-W1", "7.7.7.2");
    assertThat(tap.seen()).noneMatch(line -> line.contains("ICMP"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ip link del vxmig5001", "nft delete table netdev vxland"})
  void whatSomebodyTakesAwayIsMadeAgainAndIsAsItWas(String command)
      throws DataplaneException, IOException {
    prepare();
    pause(SOURCE);
    stand(SOURCE, REDIRECT);
    List<String> before = KernelState.of(hosts[DESTINATION].netns);
    hosts[SOURCE].sh(command);
    hosts[DESTINATION].sh(command);
    await()
        .atMost(BOUND)
        .untilAsserted(
            () -> {
              stand(SOURCE, REDIRECT);
              stand(DESTINATION, INCOMING);
              assertThat(KernelState.of(hosts[DESTINATION].netns)).isEqualTo(before);
            });
    Capture taken = capture(guests[DESTINATION], "eth0");
    send(SENDER, "7.7.7.2");
    taken.awaitFrames(FRAMES);
  }

  @Test
  void whatAFlushTookAwayIsToldAndPutBackAtOnce() throws DataplaneException, IOException {
    prepare();
    Host host = hosts[DESTINATION];
    News news = new News(part -> host.distrustGuards());
    open.add(RulesetWatch.start(Optional.of(host.netns.path()), host.nft::made, news));
    assertThat(host.told).isEmpty();
    host.netns.run("nft", "flush", "ruleset");
    await().atMost(BOUND).until(() -> news.count() > 0);
    assertThat(stand(DESTINATION, INCOMING))
        .containsExactly(
            new Change.GuardTunnel(new InterfaceName("vxmig5001")),
            new Change.Deliver(new InterfaceName("vxmig5001"), CARD, TAP));
    assertThat(host.told).containsExactly("taken [vxmig5001]", "restored");
    pause(SOURCE);
    stand(SOURCE, REDIRECT);
    Capture taken = capture(guests[DESTINATION], "eth0");
    send(SENDER, "7.7.7.2");
    taken.awaitFrames(FRAMES);

    int before = news.count();
    assertThat(stand(DESTINATION, INCOMING)).isEmpty();
    host.netns.run("nft", "add table inet other; delete table inet other");
    host.netns.run("nft", "add chain netdev vxland somebodys");
    await().atMost(BOUND).until(() -> news.count() > before);
    assertThat(news.count()).as("another table is nobody's news").isEqualTo(before + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit 1", "echo '{'; exit 0", "kill -9 $$"})
  void whileNftDoesNotAnswerNothingIsTakenAway(String broken)
      throws DataplaneException, IOException {
    prepare();
    Host host = hosts[DESTINATION];
    List<String> before = KernelState.of(host.netns);
    host.nft.breaks(broken);
    host.distrustGuards();
    Plan plan = host.plan(scene(DESTINATION).handovers(INCOMING).inputs());
    assertThat(plan.changes())
        .containsExactly(
            new Change.GuardTunnel(new InterfaceName("vxmig5001")),
            new Change.Deliver(new InterfaceName("vxmig5001"), CARD, TAP));
    assertThat(plan.problems()).extracting(Problem::subject).containsExactly("nftables");
    host.apply(plan);
    assertThat(KernelState.of(host.netns)).isEqualTo(before);
    assertThat(host.told).isEmpty();
  }

  @Test
  void anNftThatHangsHoldsUpTheLoopOnce() throws DataplaneException, IOException {
    prepare();
    Host host = hosts[DESTINATION];
    List<String> before = KernelState.of(host.netns);
    Inputs inputs = scene(DESTINATION).handovers(INCOMING).inputs();
    host.nft.breaks("exec tail -f /dev/null");
    host.distrustGuards();
    int reads = host.nft.reads;
    for (int pass = 0; pass < 5; pass++) {
      Plan plan = host.plan(inputs);
      assertThat(host.apply(plan)).as("not in sync").hasSize(2);
    }
    assertThat(host.nft.reads).isEqualTo(reads + 1);
    assertThat(KernelState.of(host.netns)).isEqualTo(before);
    host.nft.works();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              host.apply(host.plan(inputs));
              assertThat(host.plan(inputs).changes()).isEmpty();
              assertThat(host.plan(inputs).problems()).isEmpty();
            });
    assertThat(KernelState.of(host.netns)).isEqualTo(before);
  }

  /** Kernels since 6.16 keep the chain of a device that is gone. */
  @Test
  void aGuardThatHasOutlivedItsDeviceIsTakenDown() throws DataplaneException {
    prepare();
    hosts[DESTINATION].sh("ip link del vxmig5001");
    stand(DESTINATION);
    assertThat(hosts[DESTINATION].netns.run("nft", "list", "ruleset", "netdev"))
        .doesNotContain("chain");
  }

  @Test
  void withoutAnyTunnelGuardsAreReadOnce() throws DataplaneException {
    hosts[SOURCE].stand(scene(SOURCE).cardAt("10.99.0.3").inputs());
    assertThat(hosts[SOURCE].nft.reads).isEqualTo(1);
  }

  @Test
  void aTapIsWithoutAddressesOfTheHost() throws DataplaneException {
    hosts[DESTINATION].sh(
        """
        ip link add vnet0 type veth peer name vm0
        ip link set vnet0 master br5001 up
        ip link set vm0 up
        """);
    await()
        .atMost(BOUND)
        .until(() -> hosts[DESTINATION].netns.ip("addr", "show", "vnet0").contains("fe80::"));
    hosts[DESTINATION].sh("ip addr add fe80::abcd/64 dev vnet0 nodad");
    hosts[DESTINATION].stand(scene(DESTINATION).tap().inputs());
    assertThat(hosts[DESTINATION].link("vnet0").get("inet6_addr_gen_mode").asText())
        .isEqualTo("none");
    assertThat(hosts[DESTINATION].netns.ip("-o", "addr", "show", "dev", "vnet0").lines())
        .as("but what somebody typed stays")
        .hasSize(1)
        .allMatch(line -> line.contains("fe80::abcd/64"));
  }
}

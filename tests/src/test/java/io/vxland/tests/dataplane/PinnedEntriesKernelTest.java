package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.dataplane.linux.LinuxCutover;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.PortSecurity;
import io.vxland.plan.Change;
import io.vxland.plan.Inputs;
import io.vxland.tests.support.Netns;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the bridge itself keeps when nftables is empty and nobody restores it: the MAC address of a
 * port that is known stays at its port, whoever sends from it, and what moves by right still moves.
 */
class PinnedEntriesKernelTest extends PortFilterScene {
  private static final InterfaceName THIRD_TAP = new InterfaceName("vnet3");

  /** A third tap, into which a VM may come. */
  @BeforeEach
  void plugThirdTap() {
    host.run(
        "sh",
        "-ec",
        """
        ip link add vnet3 type veth peer name guest3
        ip link set vnet3 addrgenmode none master br5001 up
        ip link set guest3 addrgenmode none up
        """);
  }

  private void flush() {
    host.run("nft", "flush", "ruleset");
    assertThat(ruleset()).isEmpty();
  }

  private void lie(String mac) {
    Frames.send(host, "guest1", Frames.rarp(mac));
    Frames.send(host, "guest1", Frames.udp(LIAR, mac, LIARS_ADDRESS, "10.7.0.255", 5000));
  }

  /** Sends a frame to a MAC address, and waits until a device has got it. */
  private void reaches(String from, String sender, String mac, String device) throws Exception {
    try (Capture capture =
        Capture.of(host, device, "ether src " + sender + " and ether dst " + mac)) {
      Frames.send(host, from, Frames.udp(mac, sender, LIARS_ADDRESS, REMOTE_ADDRESS, 5000));
      capture.awaitFrames(1);
    }
  }

  private static LocalPort arriving(LocalPort.State state) {
    return port(3, REMOTE, BLUE, REMOTE_ADDRESS).in(state);
  }

  private static Inputs world(
      Set<LocalPort> ports, List<Location> elsewhere, Handover... handovers) {
    Inputs calm = world(ports, elsewhere);
    return new Inputs(
        calm.vtep(),
        calm.underlay(),
        calm.networks(),
        calm.ports(),
        calm.knowledge(),
        Set.of(handovers));
  }

  private static Set<LocalPort> with(LocalPort third) {
    Set<LocalPort> ports = new HashSet<>(ports());
    ports.add(third);
    return ports;
  }

  @Test
  void theMacAddressOfANeighbourStaysAtItsTap() throws Exception {
    Frames.send(host, "guest2", Frames.rarp(NEIGHBOUR));
    flush();
    lie(NEIGHBOUR);
    assertThat(learned(NEIGHBOUR)).containsExactly("vnet2");
    reaches("guest1", LIAR, NEIGHBOUR, "guest2");
  }

  @Test
  void aMacAddressThatNobodyHasGoesWhereItIsHeard() throws Exception {
    flush();
    Frames.send(host, "guest1", Frames.rarp(NOBODY));
    assertThat(learned(NOBODY)).containsExactly("vnet1");
    Frames.send(host, "guest2", Frames.rarp(NOBODY));
    assertThat(learned(NOBODY)).containsExactly("vnet2");
    reaches("guest1", LIAR, NOBODY, "guest2");
  }

  /** Another host, which sends what it likes. */
  private Netns another() {
    Netns another = Netns.create();
    host.ip("link", "set", "fabric", "netns", another.name());
    another.run(
        "sh",
        "-ec",
        """
        ip addr add 10.99.0.2/24 dev fabric
        ip link set fabric up
        ip link add tunnel type vxlan id 5001 local 10.99.0.2 remote 10.99.0.1 dstport 4789
        ip link set tunnel up
        """);
    return another;
  }

  /** It sends a broadcast with a MAC address as its source, and all taps get it. */
  private void says(Netns another, String mac) throws Exception {
    try (Capture capture = Capture.of(host, "guest1", "ether src " + mac)) {
      Frames.send(another, "tunnel", Frames.rarp(mac));
      capture.awaitFrames(1);
    }
  }

  /** As VRRP's moves to the host of another router. */
  @Test
  void aMacAddressThatNobodyHasLeavesForTheHostThatSendsFromIt() throws Exception {
    try (Netns another = another()) {
      for (int move = 0; move < 2; move++) {
        Frames.send(host, "guest1", Frames.rarp(NOBODY));
        assertThat(learned(NOBODY)).containsExactly("vnet1");
        says(another, NOBODY);
        assertThat(learned(NOBODY)).containsExactly("vxlan5001");
      }
    }
  }

  /** Until the other hosts know where a VM is now, what they send here is to be redirected. */
  @Test
  void anotherHostGetsNoMacAddressOfAPortByItsFrames() throws Exception {
    MacAddress neighbour = MacAddress.parse(NEIGHBOUR);
    Frames.send(host, "guest2", Frames.rarp(NEIGHBOUR));
    try (Netns another = another()) {
      says(another, NEIGHBOUR);
      assertThat(learned(NEIGHBOUR)).containsExactly("vnet2");
      for (Handover handover :
          List.of(
              new Handover.Copied(BLUE, neighbour),
              new Handover.Delivery(BLUE, neighbour, new InterfaceName("vnet2"), true))) {
        converge(world(ports(), List.of(remote()), handover));
        says(another, NEIGHBOUR);
        assertThat(learned(NEIGHBOUR)).as("%s", handover).containsExactly("vnet2");
      }
      Handover redirect = new Handover.Redirect(BLUE, neighbour, Optional.empty());
      converge(
          world(
              Set.of(
                  port(1, LIAR, BLUE, LIARS_ADDRESS, LIARS_IPV6),
                  port(2, NEIGHBOUR, BLUE, NEIGHBOURS_ADDRESS).in(LocalPort.State.LEAVING)),
              List.of(remote()),
              redirect));
      says(another, NEIGHBOUR);
      assertThat(learned(NEIGHBOUR)).containsExactly("vxout5001");
    }
  }

  /** That of a remote port may be anywhere: this host cannot know that it has not come here. */
  @Test
  void aVmThatComesIsLearnedAtItsTapAndKeptThereOnceItHasSettled() throws Exception {
    Handover coming = new Handover.Delivery(BLUE, MacAddress.parse(REMOTE), THIRD_TAP, false);
    converge(world(with(arriving(LocalPort.State.INCOMING)), List.of(remote()), coming));
    assertThat(learned(REMOTE)).containsExactly("vxlan5001");
    Frames.send(host, "guest3", Frames.rarp(REMOTE));
    assertThat(learned(REMOTE)).containsExactly("vnet3");
    reaches("guest2", NEIGHBOUR, REMOTE, "guest3");
    assertThat(flags(REMOTE)).as("it has just come").isEmpty();
    converge(world(with(arriving(LocalPort.State.HERE)), List.of()));
    flush();
    lie(REMOTE);
    assertThat(learned(REMOTE)).containsExactly("vnet3");
  }

  /** What bridge(8) says of the bridge's entry. */
  private String flags(String mac) {
    for (JsonNode entry : host.bridgeJson("fdb", "show", "br", "br5001")) {
      if (entry.path("mac").asText().equals(mac) && entry.has("master")) {
        String state = entry.path("state").asText();
        return StreamSupport.stream(entry.path("flags").spliterator(), false)
            .map(JsonNode::asText)
            .filter(flag -> !flag.equals("master"))
            .sorted()
            .collect(Collectors.joining(" ", "", state.isEmpty() ? "" : " " + state))
            .strip();
      }
    }
    return "no entry";
  }

  @Test
  void aVmWhoseMemoryIsBeingCopiedMovesAsTheFramesSay() throws Exception {
    assertThat(flags(NEIGHBOUR)).isEqualTo("sticky static");
    converge(
        world(ports(), List.of(remote()), new Handover.Copied(BLUE, MacAddress.parse(NEIGHBOUR))));
    assertThat(learned(NEIGHBOUR)).containsExactly("vnet2");
    assertThat(flags(NEIGHBOUR)).isEmpty();
    flush();
    Frames.send(host, "guest3", Frames.rarp(NEIGHBOUR));
    assertThat(learned(NEIGHBOUR)).containsExactly("vnet3");
  }

  @Test
  void aVmThatIsPausedUnexpectedlyIsRedirectedAndMovesOnFromThere() throws Exception {
    converge(
        world(ports(), List.of(remote()), new Handover.Ready(BLUE, MacAddress.parse(NEIGHBOUR))));
    assertThat(flags(NEIGHBOUR)).isEqualTo("sticky static");
    try (LinuxCutover cutover = LinuxCutover.open(host.path())) {
      assertThat(cutover.redirect(port(2, NEIGHBOUR, BLUE))).isTrue();
    }
    mustBeRedirectedAndMoveOn();
  }

  private void mustBeRedirectedAndMoveOn() throws Exception {
    assertThat(learned(NEIGHBOUR)).containsExactly("vxout5001");
    assertThat(flags(NEIGHBOUR)).isEqualTo("extern_learn");
    Frames.send(host, "guest3", Frames.rarp(NEIGHBOUR));
    assertThat(learned(NEIGHBOUR)).containsExactly("vnet3");
  }

  /** Until then it was known to be behind the tunnel, in a network whose bridge answers for it. */
  @Test
  void aVmThatComesWhileTheDaemonIsDownIsLearnedAtItsTapAtOnce() throws Exception {
    host.bridge("fdb", "replace", REMOTE, "dev", "vxlan5001", "master", "dynamic", "extern_learn");
    dataplane.close();
    Frames.send(host, "guest3", Frames.rarp(REMOTE));
    assertThat(learned(REMOTE)).containsExactly("vnet3");
    reaches("guest2", NEIGHBOUR, REMOTE, "guest3");
    open();
  }

  @Test
  void whatIsKeptGoesWithItsTapAndTheVmIsLearnedWhereverItStartsNext() throws Exception {
    dataplane.close();
    assertThat(flags(NEIGHBOUR)).isEqualTo("sticky static");
    host.ip("link", "del", "vnet2");
    assertThat(learned(NEIGHBOUR)).isEmpty();
    Frames.send(host, "guest3", Frames.rarp(NEIGHBOUR));
    assertThat(learned(NEIGHBOUR)).containsExactly("vnet3");
    open();
  }

  /** What a version before this one, and the bridge itself, have left there. */
  @Test
  void whatWasLearnedIsReplacedByCommandsAndNothingIsTakenAway() throws Exception {
    host.bridge("fdb", "replace", NEIGHBOUR, "dev", "vnet2", "master", "dynamic");
    host.bridge("fdb", "replace", LIAR, "dev", "vnet1", "master", "dynamic");
    assertThat(plan(world()).changes())
        .containsExactly(
            new Change.PinToPort(new InterfaceName("vnet1"), MacAddress.parse(LIAR)),
            new Change.PinToPort(new InterfaceName("vnet2"), MacAddress.parse(NEIGHBOUR)));
    for (Change change : plan(world()).changes()) {
      host.run("sh", "-ec", change.command());
    }
    assertThat(plan(world()).changes()).isEmpty();
    assertThat(flags(NEIGHBOUR)).isEqualTo("sticky static");
  }

  @Test
  void aRestartedDaemonWritesNothingAnew() throws Exception {
    dataplane.close();
    open();
    assertThat(plan(world()).changes()).isEmpty();
  }

  @Test
  void whatIsKeptNoMoreMovesAgain() throws Exception {
    converge(world(ports(), List.of(remote()), PortSecurity.NONE));
    assertThat(learned(NEIGHBOUR)).containsExactly("vnet2");
    assertThat(flags(NEIGHBOUR)).isEmpty();
    converge(world());
    converge(world(Set.of(port(1, LIAR, BLUE)), List.of()));
    assertThat(flags(NEIGHBOUR)).isEmpty();
    assertThat(flags(LIAR)).isEqualTo("sticky static");
  }

  /** The kernel refuses to have anything learned on a port that is down. */
  @Test
  void itIsLetGoAtATapThatIsDown() throws Exception {
    host.ip("link", "set", "vnet2", "down");
    converge(
        world(ports(), List.of(remote()), new Handover.Copied(BLUE, MacAddress.parse(NEIGHBOUR))));
    Frames.send(host, "guest3", Frames.rarp(NEIGHBOUR));
    assertThat(learned(NEIGHBOUR)).containsExactly("vnet3");
  }

  /** The daemon was down when the VM was paused, and knows only that frames follow it. */
  @Test
  void aVmThatHasLeftUnnoticedIsRedirectedByThePlanAndMovesOnFromThere() throws Exception {
    Set<LocalPort> leaving =
        Set.of(port(1, LIAR, BLUE), port(2, NEIGHBOUR, BLUE).in(LocalPort.State.LEAVING));
    converge(
        world(
            leaving,
            List.of(remote()),
            new Handover.Redirect(BLUE, MacAddress.parse(NEIGHBOUR), Optional.empty())));
    mustBeRedirectedAndMoveOn();
  }

  @Test
  void aVmWhoseMigrationIsCancelledIsKeptAtItsTapAgain() throws Exception {
    Handover ready = new Handover.Ready(BLUE, MacAddress.parse(NEIGHBOUR));
    converge(world(ports(), List.of(remote()), ready));
    converge(
        world(
            ports(),
            List.of(remote()),
            ready,
            new Handover.Copied(BLUE, MacAddress.parse(NEIGHBOUR))));
    try (LinuxCutover cutover = LinuxCutover.open(host.path())) {
      assertThat(cutover.redirect(port(2, NEIGHBOUR, BLUE))).isTrue();
      cutover.takeBack(port(2, NEIGHBOUR, BLUE));
      assertThat(cutover.redirect(port(2, NEIGHBOUR, BLUE))).isTrue();
    }
    // The second time it was not even taken back.
    converge(world(ports(), List.of(remote()), ready));
    flush();
    lie(NEIGHBOUR);
    assertThat(learned(NEIGHBOUR)).containsExactly("vnet2");
  }

  @Test
  void whatSomebodyElseTypedStays() throws Exception {
    host.bridge("fdb", "add", NOBODY, "dev", "vnet2", "master", "static");
    assertThat(plan(world()).changes()).isEmpty();
    converge(world(Set.of(), List.of()));
    assertThat(flags(NOBODY)).isEqualTo("static");
  }
}

package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.dataplane.Dataplane.Listing;
import io.vxland.dataplane.Forwarded;
import io.vxland.dataplane.linux.LinuxDataplane;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState;
import io.vxland.tests.support.Netns;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest, or one behind another host, sends from ever more MACs. */
class LearningBoundsKernelTest {
  private static final int FRAME = 60;
  private static final int BOUND = 200;

  /** What vxland's own entries may take of a VXLAN device beside. */
  private static final int ROOM = 16_384;

  private static final InterfaceName VXLAN = new InterfaceName("vxlan5001");

  @TempDir Path directory;
  private Netns fabric;
  private Host near;
  private Host far;

  @BeforeEach
  void up() throws Exception {
    fabric = Host.fabric();
    near = Host.up(fabric, 1);
    far = Host.up(fabric, 2);
    near.stand(Scene.BLUE.from("10.99.0.1", "10.99.0.2").learningAtMost(BOUND).inputs());
    far.stand(Scene.BLUE.from("10.99.0.2", "10.99.0.1").inputs());
    for (Host host : List.of(near, far)) {
      host.sh(
          """
          sysctl -q net.ipv6.conf.all.disable_ipv6=1
          ip link add guest type veth peer name vnet0
          ip link set vnet0 master br5001 up
          ip link set guest up
          """);
    }
  }

  @AfterEach
  void down() {
    near.close();
    far.close();
    fabric.close();
  }

  /** Sends a broadcast from each of so many MACs. */
  private void flood(Host from, int macs) throws IOException {
    ByteBuffer frames = ByteBuffer.allocate(macs * FRAME);
    for (int i = 0; i < macs; i++) {
      frames.position(i * FRAME);
      frames.putShort((short) -1).putInt(-1);
      frames.putShort((short) 0x5254).putInt(i + 1);
      frames.putShort((short) 0x88B5);
    }
    Path file = Files.write(directory.resolve("frames"), frames.array());
    from.sh("socat -u -b%d OPEN:%s INTERFACE:guest".formatted(FRAME, file));
  }

  /** How many MACs a device has learned, by iproute2's word. */
  private static long learned(Host host, String device, String whose) {
    return StreamSupport.stream(
            host.netns.bridgeJson("fdb", "show", "dev", device, "dynamic").spliterator(), false)
        .filter(entry -> entry.path("flags").toString().contains("self") == whose.equals("self"))
        .map(entry -> entry.path("mac").asText())
        .filter(mac -> mac.startsWith("52:54:"))
        .count();
  }

  private int limit() {
    JsonNode data = near.link("vxlan5001").path("linkinfo").path("info_data");
    return data.path("limit").asInt();
  }

  @Test
  void aBridgeLearnsNoMoreOfAGuestThanItsBound() throws Exception {
    flood(near, 5 * BOUND);
    assertThat(learned(near, "vnet0", "master")).isBetween(BOUND / 2L, (long) BOUND);
  }

  @Test
  void aVxlanDeviceLearnsNoMoreOfOtherHostsThanItsBound() throws Exception {
    assertThat(limit()).isEqualTo(BOUND + ROOM);
    flood(far, 2 * ROOM);
    assertThat(learned(near, "vxlan5001", "self")).isBetween(ROOM / 2L, (long) BOUND + ROOM);
  }

  @Test
  void aBridgeThatIsThereGetsAnotherBoundAndNoDeviceIsMadeAnew() throws Exception {
    int vxlan = near.index("vxlan5001");
    int bridge = near.index("br5001");
    near.stand(Scene.BLUE.from("10.99.0.1", "10.99.0.2").learningAtMost(2 * BOUND).inputs());
    flood(near, 5 * BOUND);
    assertThat(learned(near, "vnet0", "master")).isBetween(BOUND + 1L, 2L * BOUND);
    assertThat(limit()).as("the kernel does not change it").isEqualTo(BOUND + ROOM);
    assertThat(near.index("vxlan5001")).isEqualTo(vxlan);
    assertThat(near.index("br5001")).isEqualTo(bridge);
  }

  @Test
  void aDeviceWhoseBoundLeavesNoRoomForWhatMustBeWrittenIsMadeAnew() throws Exception {
    near.sh(
        """
        ip link del vxlan5001
        ip link add vxlan5001 type vxlan id 5001 local 10.99.0.1 dstport 4789 maxaddress 1
        ip link set vxlan5001 alias vxland:vni=5001
        """);
    near.stand(Scene.BLUE.from("10.99.0.1", "10.99.0.2").cardAt("10.99.0.2").inputs());
    assertThat(limit()).isGreaterThan(ROOM);
    assertThat(near.netns.bridge("fdb", "show", "dev", "vxlan5001"))
        .contains(Scene.CARD.toString());
  }

  @Test
  void whereNothingIsLearnedEntriesThatAreWrittenHaveNoBound() throws Exception {
    near.sh("ip link del vxlan5001");
    near.stand(Scene.BLUE.from("10.99.0.1", "10.99.0.2").nolearning().inputs());
    assertThat(limit()).isZero();
  }

  @Test
  void aListingHasWhatIsOursAndSomeOfWhatWasLearnedAndCountsTheRest() throws Exception {
    flood(far, 1000);
    long all = learned(near, "vxlan5001", "self");
    assertThat(all).isEqualTo(1000);
    try (LinuxDataplane dataplane = LinuxDataplane.open(near.netns.path())) {
      Listing listing = dataplane.forwarding(VXLAN, 10);
      assertThat(listing.more()).isEqualTo(all - 10);
      assertThat(listing.entries())
          .filteredOn(entry -> entry.origin() == Forwarded.Origin.LEARNED)
          .hasSize(10);
      assertThat(listing.entries())
          .filteredOn(entry -> entry.origin() == Forwarded.Origin.OURS)
          .hasSize(1);
    }
  }

  @Test
  void ofAllThatWasLearnedOnATapTheMovingPortsAreReadAndFewOthers() throws Exception {
    near.stand(Scene.BLUE.from("10.99.0.1", "10.99.0.2").learningAtMost(50_000).inputs());
    flood(near, 20_000);
    MacAddress last = MacAddress.parse("52:54:00:00:4e:20");
    try (LinuxDataplane dataplane = LinuxDataplane.open(near.netns.path())) {
      ActualState read = dataplane.read(Set.of(last));
      assertThat(read.learned().get(new InterfaceName("vnet0")))
          .contains(last)
          .hasSizeLessThanOrEqualTo(10_001);
    }
  }
}

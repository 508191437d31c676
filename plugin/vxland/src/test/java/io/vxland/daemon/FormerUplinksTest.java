package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.model.InterfaceName;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gateways of an earlier vxland, which asked nobody whether they were meant. */
class FormerUplinksTest {
  private final InMemoryDataplane dataplane = new InMemoryDataplane();
  private final Network blue = network("blue", 5001);
  private final Network red = network("red", 5002);
  private final Set<Network> both = Set.of(blue, red);

  @TempDir private Path directory;
  private Path file;
  private Path memory;

  @BeforeEach
  void aBridgeWithANic() {
    file = directory.resolve("uplinks");
    memory = directory.resolve("memory.json");
    dataplane.kernel.foreign("br5001", new Kind.Bridge(true), "");
    dataplane.kernel.foreign("eth1", new Kind.Uplink(), "br5001");
  }

  private static Network network(String name, int vni) {
    return new Network(
        new NetworkName(name),
        new Vni(vni),
        Optional.of(new InterfaceName("br" + vni)),
        Template.BRIDGE,
        Network.Origin.LIBVIRT,
        OverlayOptions.DEFAULTS);
  }

  private FormerUplinks started() throws IOException {
    FormerUplinks former = new FormerUplinks(file);
    former.load(memory);
    former.look(both, dataplane.kernel.read(), ActualSwitches.EMPTY);
    former.save();
    return former;
  }

  private static Set<Boolean> uplinks(Set<Network> networks) {
    return Set.copyOf(networks.stream().map(network -> network.options().uplink()).toList());
  }

  @Test
  void keepTheirPortsAndAreNamed() throws IOException {
    Files.writeString(memory, "{}");
    for (FormerUplinks former : new FormerUplinks[] {started(), started()}) {
      assertThat(former.allowing(both))
          .filteredOn(network -> network.options().uplink())
          .extracting(Network::vni)
          .containsExactly(blue.vni());
      assertThat(former.warnings(both))
          .singleElement()
          .asString()
          .contains("'blue'", "'allow-uplink = yes' in section [network blue]", "remove 5001");
    }
    assertThat(Files.readString(file)).isEqualTo("5001\n");
  }

  @Test
  void areNoneWhereNoEarlierOneRan() throws IOException {
    assertThat(uplinks(started().allowing(both))).containsExactly(false);
    assertThat(Files.readString(file)).isEmpty();
    Files.writeString(memory, "{}");
    assertThat(uplinks(started().allowing(both))).as("after a restart").containsExactly(false);
  }

  @Test
  void whatCameAfterTheUpgradeIsNone() throws IOException {
    Files.writeString(memory, "{}");
    started();
    dataplane.kernel.foreign("br5002", new Kind.Bridge(true), "");
    dataplane.kernel.foreign("eth2", new Kind.Uplink(), "br5002");
    assertThat(started().allowing(both))
        .filteredOn(network -> network.options().uplink())
        .extracting(Network::vni)
        .containsExactly(blue.vni());
  }

  @Test
  void openVswitchIsLookedAtWhenItIsThere() throws IOException {
    Files.writeString(memory, "{}");
    Network green =
        new Network(
            new NetworkName("green"),
            new Vni(5003),
            Optional.of(new InterfaceName("br-extun")),
            Template.OVS_TUN,
            Network.Origin.LIBVIRT,
            OverlayOptions.DEFAULTS);
    Set<Network> all = Set.of(blue, green);
    FormerUplinks former = new FormerUplinks(file);
    former.load(memory);
    former.look(all, dataplane.kernel.read(), ActualSwitches.missing("it does not run"));
    former.save();
    assertThat(Files.readString(file)).isEqualTo("5001\n");
    ActualPort patch =
        new ActualPort(
            Optional.empty(),
            "patch",
            Map.of(),
            false,
            Optional.empty(),
            false,
            "",
            Optional.empty(),
            Optional.empty(),
            "");
    ActualSwitch there =
        new ActualSwitch(
            true, "system", OptionalInt.empty(), Map.of(new InterfaceName("to-lan"), patch));
    former.look(
        all,
        dataplane.kernel.read(),
        new ActualSwitches(Optional.empty(), Map.of(new InterfaceName("br-extun"), there)));
    former.save();
    assertThat(Files.readString(file)).isEqualTo("5001\n5003\n");
    assertThat(uplinks(former.allowing(all))).containsExactly(true);
  }

  @Test
  void aListThatIsNoneIsRefused() throws IOException {
    Files.writeString(file, "5001\nblue\n");
    assertThatThrownBy(this::started).isInstanceOf(IOException.class).hasMessageContaining("blue");
  }
}

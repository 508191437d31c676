package io.vxland.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Checksums;
import io.vxland.model.Flooding;
import io.vxland.model.HostAddress;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.Prefix;
import io.vxland.model.StaticEntry;
import io.vxland.model.SwitchOptions;
import io.vxland.model.Template;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.model.VniRange;
import io.vxland.model.Vtep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a right configuration means. */
final class ConfigurationReaderTest {
  @TempDir private Path directory;

  @Test
  void anEmptyFileMeansTheDefaults() throws Exception {
    assertThat(read("")).isEqualTo(Configurations.withPeers());
  }

  @Test
  void theSmallestConfigurationOfTheManual() throws Exception {
    Configuration configuration =
        read(
            """
            [host]
            address = 10.99.0.1          # this host's VTEP
            [control]
            mode    = static             ; the default
            peers   = 10.99.0.2, 10.99.0.3
            """);

    assertThat(configuration.host().address().exact()).contains(Vtep.parse("10.99.0.1"));
    assertThat(configuration.control().peers())
        .containsExactly(Vtep.parse("10.99.0.2"), Vtep.parse("10.99.0.3"));
  }

  @Test
  void everyKeyOfANetwork() throws Exception {
    Configuration configuration =
        read(
            """
            [host]
            address = fd00::1
            port = 8472
            bridge-name-fallback = 5000-5999
            [libvirt]
            uri = test:///default
            [network storage net]
            vni = 42
            bridge = storage0
            port = 4790
            mtu = 1400
            learning = no
            ageing = 60
            proxy = yes
            suppress = yes
            flood = no
            ttl = 8
            peers = fd00::2
            peers = fd00::3, fd00::4
            address = 10.1.0.1/24, fd01::1/64
            entry = 52:54:00:00:00:01 fd00::2 7.7.7.2
            entry = "52:54:00:00:00:02 fd00::3 7.7.7.3 fd01::3"
            """);

    assertThat(configuration.host())
        .isEqualTo(
            new Configuration.Host(
                new HostAddress.Exact(Vtep.parse("fd00::1")),
                new UdpPort(8472),
                Optional.of(VniRange.parse("5000-5999"))));
    assertThat(configuration.libvirt().uri()).isEqualTo("test:///default");
    assertThat(configuration.ownNetworks())
        .containsExactly(
            new Network(
                new NetworkName("storage net"),
                new Vni(42),
                Optional.of(new InterfaceName("storage0")),
                Template.BRIDGE,
                Network.Origin.CONFIGURATION,
                new OverlayOptions(
                    new UdpPort(4790),
                    Optional.of(new Mtu(1400)),
                    false,
                    OptionalInt.of(60),
                    true,
                    true,
                    Flooding.NOTHING,
                    OptionalInt.of(8),
                    new Replication.Peers(
                        List.of(
                            Vtep.parse("fd00::2"), Vtep.parse("fd00::3"), Vtep.parse("fd00::4"))),
                    List.of(Prefix.parse("10.1.0.1/24"), Prefix.parse("fd01::1/64")),
                    List.of(
                        StaticEntry.parse("52:54:00:00:00:01 fd00::2 7.7.7.2"),
                        StaticEntry.parse("52:54:00:00:00:02 fd00::3 7.7.7.3 fd01::3")),
                    SwitchOptions.DEFAULTS)));
  }

  @Test
  void aNetworkHasTheBridgeOfItsVniUnlessItNamesOneOrNone() throws Exception {
    Configuration configuration =
        read(
            "[network a]\nvni = 5\n[network b]\nvni = 6\nbridge = none\n[network c]\nmtu = 1400\n");

    assertThat(configuration.ownNetworks())
        .extracting(Network::bridge)
        .containsExactly(Optional.of(new InterfaceName("br5")), Optional.empty());
  }

  @Test
  void aSectionWithoutVniGivesOptionsToLibvirtsNetwork() throws Exception {
    Configuration configuration =
        read(
            "[host]\nport = 8472\n[network blue]\nremote = 10.0.0.2\n[network red]\ngroup = 239.1.1.1\n");

    assertThat(configuration.ownNetworks()).isEmpty();
    assertThat(configuration.optionsOf(new NetworkName("blue")).replication())
        .isEqualTo(new Replication.Remote(Vtep.parse("10.0.0.2")));
    assertThat(configuration.optionsOf(new NetworkName("red")).replication())
        .isEqualTo(new Replication.Group(IpAddress.parse("239.1.1.1")));
    assertThat(configuration.optionsOf(new NetworkName("green")))
        .isEqualTo(configuration.defaultOptions());
    assertThat(configuration.defaultOptions().port()).isEqualTo(new UdpPort(8472));
  }

  @Test
  void theHostSaysForAllNetworksWhetherPacketsHaveChecksums() throws Exception {
    Configuration configuration =
        read(
            """
            [host]
            udp-checksum = no
            udp6-zero-checksum = rx
            [network blue]
            udp-checksum = yes
            udp6-zero-checksum = both
            """);

    OverlayOptions all = configuration.defaultOptions();
    assertThat(all.checksums()).isEqualTo(new Checksums(false, Checksums.Zero6.RX));
    assertThat(all.ovs().checksum()).isFalse();
    OverlayOptions blue = configuration.optionsOf(new NetworkName("blue"));
    assertThat(blue.checksums()).isEqualTo(new Checksums(true, Checksums.Zero6.BOTH));
    assertThat(blue.ovs().checksum()).isTrue();
  }

  @Test
  void whatIsNotSaidOfChecksumsIsTheDataPlanesChoice() throws Exception {
    Configuration configuration = read("[network old]\nchecksum = yes\n");
    assertThat(configuration.defaultOptions().checksums()).isEqualTo(Checksums.DEFAULTS);
    assertThat(configuration.defaultOptions().ovs().checksum()).isFalse();
    assertThat(configuration.optionsOf(new NetworkName("old")).ovs().checksum()).isTrue();
  }

  @Test
  void nothingIsInterpolated() throws Exception {
    assertThat(
            read("[network ${env:HOME}${sys:user.dir}]\n".replace("/", "")).networks().firstKey())
        .isEqualTo(new NetworkName("${env:HOME}${sys:user.dir}"));
  }

  @Test
  void onlyWhatIsAskedForMakesTwoConfigurationsDiffer() throws Exception {
    Configuration one = read("[network a]\nvni = 5\n[network b]\nvni = 6\n");
    Path networks = Files.createDirectory(directory.resolve("networks.d"));
    Files.writeString(networks.resolve("x.conf"), "# moved\r\n[network a]\r\nvni=5\r\n");
    Configuration moved = read("[network b]\n  vni =   6   # the same\n");
    Files.writeString(networks.resolve("x.conf"), "[network a]\nvni = 7\n");
    Configuration changed = read("[network b]\nvni = 6\n");

    assertThat(moved).isEqualTo(one);
    assertThat(changed).isNotEqualTo(one);
  }

  @Test
  void aLateFoundVtepIsHeldAgainstTheRest() throws Exception {
    Configuration configuration =
        read(
            """
            [control]
            peers = 10.0.0.2
            [network a]
            remote = 10.0.0.3
            [network b]
            peers = 10.0.0.4
            entry = 52:54:00:00:00:01 10.0.0.5
            """);

    assertThat(configuration.objectionsTo(Vtep.parse("10.0.0.1"))).isEmpty();
    assertThat(configuration.objectionsTo(Vtep.parse("10.0.0.2")))
        .containsExactly(
            "[control] peers: 10.0.0.2 is this host's own address; list only the other hosts");
    assertThat(configuration.objectionsTo(Vtep.parse("10.0.0.5")))
        .containsExactly(
            "[network b] entry: 10.0.0.5 is this host's own address; list only the other hosts");
    assertThat(configuration.objectionsTo(Vtep.parse("fd00::1"))).hasSize(4);
  }

  @Test
  void sixtyThousandEntriesAreRead() throws Exception {
    StringBuilder text = new StringBuilder("[network a]\n");
    for (int i = 0; i < 60_000; i++) {
      text.append("entry = ").append(mac(i)).append(" 10.0.0.2\n");
    }

    assertThat(read(text.toString()).optionsOf(new NetworkName("a")).entries()).hasSize(60_000);
  }

  private static String mac(int i) {
    return String.format("52:54:00:%02x:%02x:%02x", i >> 16, i >> 8 & 255, i & 255);
  }

  private Configuration read(String text) throws Exception {
    Files.writeString(directory.resolve("vxland.conf"), text);
    return ConfigurationReader.read(directory);
  }
}

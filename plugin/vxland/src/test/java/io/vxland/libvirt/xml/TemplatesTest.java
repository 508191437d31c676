package io.vxland.libvirt.xml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplatesTest {
  private static final Templates SHIPPED = new Templates(Path.of("../../xml-templates"));

  @TempDir private Path directory;

  private static Network network(String name, int vni, Optional<InterfaceName> bridge) {
    return new Network(
        new NetworkName(name),
        new Vni(vni),
        bridge,
        Template.BRIDGE,
        Network.Origin.LIBVIRT,
        OverlayOptions.DEFAULTS);
  }

  private static Network blue() {
    return network("blue", 5001, Optional.empty());
  }

  @Test
  void aNetworkIsRenderedAsAPersonWouldWriteIt() throws Exception {
    assertThat(SHIPPED.network(blue()))
        .isEqualTo(
            """
            <network>
              <name>blue</name>
              <metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='5001' template='bridge'/></metadata>
              <forward mode='bridge'/>
              <bridge name='br5001'/>
            </network>
            """);
  }

  @Test
  void whatIsNotFloodedIsSaidAndReadBack() throws Exception {
    Network quiet = blue().with(OverlayOptions.DEFAULTS.with(Flooding.BROADCASTS));
    String xml = SHIPPED.network(quiet);
    assertThat(xml).contains("vni='5001' template='bridge' flood='broadcast'/>");
    assertThat(
            Overlays.networkOf(
                LibvirtXml.network(xml.getBytes(StandardCharsets.UTF_8)), (any, each) -> true))
        .contains(
            network("blue", 5001, Optional.of(new InterfaceName("br5001")))
                .with(OverlayOptions.DEFAULTS.with(Flooding.BROADCASTS)));
  }

  private static Network onSwitch(Optional<VlanTag> tag) {
    return new Network(
        new NetworkName("ovs-tun"),
        new Vni(5001),
        Optional.empty(),
        tag,
        Template.OVS_TUN,
        Network.Origin.LIBVIRT,
        OverlayOptions.DEFAULTS);
  }

  @Test
  void aNetworkOnOpenVswitchIsRenderedAsAPersonWouldWriteIt() throws Exception {
    assertThat(SHIPPED.network(onSwitch(Optional.empty())))
        .isEqualTo(
            """
            <network>
              <name>ovs-tun</name>
              <metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='5001' template='ovs-tun'/></metadata>
              <forward mode='bridge'/>
              <bridge name='br-extun'/>
              <virtualport type='openvswitch'/>
            </network>
            """);
    assertThat(SHIPPED.network(onSwitch(Optional.of(new VlanTag(11)))))
        .contains("  <vlan>\n    <tag id='11'/>\n  </vlan>\n");
  }

  @Test
  void aCardOfAVmIsRenderedWithTheMtu() throws Exception {
    assertThat(SHIPPED.domainInterface(new NetworkName("blue"), new Mtu(1450)))
        .isEqualTo(
            """
            <interface type='network'>
              <source network='blue'/>
              <model type='virtio'/>
              <mtu size='1450'/>
            </interface>
            """);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock = "a<b>&\"c'd\n@vni@\n$1\\2\nf\u00fcr \u4e2d\n]]>\n<!--")
  void whatIsRenderedReadsBackAsTheSameNetwork(String name) throws Exception {
    Network asked = network(name, 77, Optional.of(new InterfaceName("o'<&>b")));
    byte[] xml = SHIPPED.network(asked).getBytes(StandardCharsets.UTF_8);
    assertThat(Overlays.networkOf(LibvirtXml.network(xml), (any, each) -> true)).contains(asked);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <network><name>@nam@</name></network>                   | unknown placeholder @nam@; known placeholders: [bridge, flood, name, security, shared, tag, vni]
          <network><name>@name@</name><dns/></network>            | unexpected element
          <network><name>@name@</name><bridge name='@bridge@' delay='0'/></network> | unknown attribute [delay]
          <network><name>@name@</name></network>                  | does not define network 'blue'
          <network><name>@name@</name><forward mode='bridge'/><bridge name='br1'/></network> | does not define network
          <domain/>                                               | expected <network>
          <network>                                               | line 1
          """)
  void aTemplateThatWouldLoseOrChangeSomethingIsRefused(String xml, String complaint)
      throws IOException {
    Files.writeString(directory.resolve("bridge.xml"), xml);
    assertThatThrownBy(() -> new Templates(directory).network(blue()))
        .isInstanceOf(LibvirtXmlException.class)
        .hasMessageStartingWith("template " + directory.resolve("bridge.xml"))
        .hasMessageContaining(complaint);
  }

  @Test
  void aMissingTemplateIsNamed() {
    assertThatThrownBy(() -> new Templates(directory).network(blue()))
        .isInstanceOf(LibvirtXmlException.class)
        .hasMessageContaining(directory.resolve("bridge.xml").toString());
  }
}

package io.vxland.libvirt.xml;

import static io.vxland.libvirt.xml.Documents.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.model.InterfaceName;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OverlaysTest {
  private static NetworkDescription blue(String rest) throws LibvirtXmlException {
    String written =
        rest.replaceAll(
            "\\[(.*)\\]", "<metadata><v:overlay xmlns:v='urn:vxland:network:1' $1/></metadata>");
    return LibvirtXml.network(bytes("<network><name>blue</name>" + written + "</network>"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [vni='5001' template='bridge']<forward mode='bridge'/><bridge name='br5001'/> | 5001     | br5001
          [vni='5001']<forward mode='bridge'/><bridge name='br5001'/>                   | 5001     | br5001
          [vni='5001']<forward mode='bridge'/><bridge name='office'/>                   | 5001     | office
          [vni='1']<forward mode='bridge'/><bridge name='br-lan'/>                      | 1        | br-lan
          [vni='16777215']<forward mode='bridge'/><bridge name='br16777215'/>           | 16777215 | br16777215
          """)
  void aNetworkOfOursHasItsVniAndBridge(String rest, String vni, String bridge) throws Exception {
    assertThat(Overlays.networkOf(blue(rest), (any, each) -> true))
        .contains(
            new Network(
                new NetworkName("blue"),
                Vni.parse(vni),
                Optional.of(new InterfaceName(bridge)),
                Template.BRIDGE,
                Network.Origin.LIBVIRT,
                OverlayOptions.DEFAULTS));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <virtualport type='openvswitch'/>                                               | 0
          <virtualport type='openvswitch'/><vlan><tag id='11'/></vlan>                    | 11
          <virtualport type='openvswitch'/><vlan trunk='yes'><tag id='1'/><tag id='2'/></vlan> | 0
          """)
  void aNetworkOnOpenVswitchHasATagIfItSharesItsBridge(String rest, int tag) throws Exception {
    String common =
        "[vni='5001' template='ovs-tun']<forward mode='bridge'/><bridge name='br-extun'/>";
    assertThat(Overlays.networkOf(blue(common + rest), (any, each) -> true))
        .contains(
            new Network(
                new NetworkName("blue"),
                new Vni(5001),
                Optional.of(new InterfaceName("br-extun")),
                tag == 0 ? Optional.empty() : Optional.of(new VlanTag(tag)),
                Template.OVS_TUN,
                Network.Origin.LIBVIRT,
                OverlayOptions.DEFAULTS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<forward mode='bridge'/><bridge name='br5001'/>",
        "<metadata><o:x xmlns:o='urn:o' vni='7'/></metadata><forward mode='bridge'/>"
            + "<bridge name='br5001'/>"
      })
  void withoutMetadataTheBridgesNameTellsAndSaysSo(String rest) throws Exception {
    assertThat(Overlays.networkOf(blue(rest), (any, each) -> true))
        .contains(
            new Network(
                new NetworkName("blue"),
                new Vni(5001),
                Optional.of(new InterfaceName("br5001")),
                Template.BRIDGE,
                Network.Origin.BRIDGE_NAME,
                OverlayOptions.DEFAULTS));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          <bridge name='virbr1'/>
          <bridge name='br5001'/>
          <forward mode='nat'/><bridge name='virbr0'/>
          <forward mode='nat'/><bridge name='br5001'/>
          <forward/><bridge name='br5001'/>
          <forward mode='bridge'/><bridge name='br0'/>
          <forward mode='bridge'/><bridge name='br05001'/>
          <forward mode='bridge'/><bridge name='br16777216'/>
          <forward mode='bridge'/><bridge name='br1e3'/>
          <forward mode='bridge'/><bridge name='br'/>
          <forward mode='bridge'/><bridge name='a name that is far too long'/>
          <forward mode='bridge'/>
          <forward mode='passthrough'/>
          <forward mode='bridge'/><bridge name='br5001'/><virtualport type='openvswitch'/>
          <metadata><o:overlay xmlns:o='urn:o' vni='7'/></metadata><forward mode='nat'/>
          """)
  void theNetworksOfOthersAreLeftAlone(String rest) throws Exception {
    assertThat(Overlays.networkOf(blue(rest), (any, each) -> true)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [vni='0']<forward mode='bridge'/><bridge name='b'/>        | VNI '0' is not a number from 1 to 16777215
          [vni='16777216']<forward mode='bridge'/><bridge name='b'/> | VNI '16777216' is not a number from 1 to 16777215
          [vni='1e3']<forward mode='bridge'/><bridge name='b'/>      | VNI '1e3' is not a number
          [vni='-1']<forward mode='bridge'/><bridge name='b'/>       | VNI '-1' is not a number
          [vni=' 7']<forward mode='bridge'/><bridge name='b'/>       | VNI ' 7' is not a number
          [vni='']<forward mode='bridge'/><bridge name='b'/>         | VNI '' is not a number
          [template='bridge']<forward mode='bridge'/><bridge name='br5001'/>    | <overlay> has no vni
          [vni='5001' template='x']<forward mode='bridge'/><bridge name='b'/>   | template 'x' is unknown
          [vni='5001' template='ovs-tun']<forward mode='bridge'/><bridge name='b'/> | has no <virtualport type='openvswitch'/>, which template='ovs-tun' needs
          [vni='5001']<forward mode='bridge'/><bridge name='b'/><virtualport type='openvswitch'/> | that is for template='ovs-tun'
          [vni='5001' template='ovs-tun']<forward mode='bridge'/><bridge name='b'/><virtualport type='openvswitch'/><vlan><tag id='4095'/></vlan> | VLAN tag '4095' is not a number from 1 to 4094
          [vni='5001' flood='some']<forward mode='bridge'/><bridge name='b'/>   | flood 'some' is not 'yes', 'broadcast' or 'no'
          [vni='5001' template='ovs-tun' flood='broadcast']<forward mode='bridge'/><bridge name='b'/><virtualport type='openvswitch'/> | flood 'broadcast' is only for template 'bridge'
          [vni='5001' mtu='1']<forward mode='bridge'/><bridge name='b'/>        | unknown attribute 'mtu'; it can have
          [vni='5001' v:vni='1']<forward mode='bridge'/><bridge name='b'/>      | unknown attribute '{urn:vxland:network:1}vni'
          [vni='5001']<bridge name='b'/>                             | forward mode is missing; an overlay needs <forward mode='bridge'/>
          [vni='5001']<forward mode='nat'/><bridge name='b'/>        | forward mode is 'nat'; an overlay needs
          [vni='5001']<forward/><bridge name='b'/>                   | forward mode is 'nat'; an overlay needs
          [vni='5001']<forward mode='bridge'/>                       | has no bridge; write <bridge name='br5001'/>
          [vni='5001']<forward mode='bridge'/><bridge/>              | has no bridge; write <bridge name='br5001'/>
          [vni='5001']<forward mode='bridge'/><bridge name='a/b'/>   | interface name 'a/b' is not
          [vni='5001']<forward mode='bridge'/><bridge name='br5002'/> | VNI 5001 contradicts bridge 'br5002', the name for VNI 5002
          """)
  void aWrongNetworkOfOursIsRefusedByNameValueAndRemedy(String rest, String complaint) {
    assertThatThrownBy(() -> Overlays.networkOf(blue(rest), (any, each) -> true))
        .isInstanceOf(LibvirtXmlException.class)
        .hasMessageStartingWith("network 'blue': ")
        .hasMessageContaining(complaint);
  }
}

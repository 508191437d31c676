package io.vxland.libvirt.xml;

import static io.vxland.libvirt.xml.Documents.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a network says that an overlay does not do is refused with what would be right. */
class ObjectionsTest {
  private static List<String> objections(String template, String rest) throws LibvirtXmlException {
    String common =
        "<network><name>blue</name><metadata><v:overlay xmlns:v='urn:vxland:network:1' vni='5001'"
            + " template='%s'/></metadata><forward mode='bridge'/>%s</network>";
    NetworkDescription described =
        LibvirtXml.network(bytes(common.formatted(template, rest.replace('"', '\''))));
    return Objections.to(
        described, Overlays.networkOf(described, (name, vni) -> true).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <bridge name="br5001" macTableManager="libvirt"/>                                     | has macTableManager='libvirt'
          <bridge name="br5001"/><vlan><tag id="11"/></vlan>                                    | has a <vlan>
          <bridge name="br5001"/><vlan trunk="yes"><tag id="11"/><tag id="12"/></vlan>          | has a <vlan>
          <bridge name="br5001"/><portgroup name="a"><vlan><tag id="11"/></vlan></portgroup>    | has <portgroup name='a'> with a <vlan>
          """)
  void onALinuxBridge(String rest, String objection) throws LibvirtXmlException {
    assertThat(objections("bridge", rest)).singleElement().asString().startsWith(objection);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <vlan><tag id="11"/></vlan><portgroup name="a"><vlan><tag id="12"/></vlan></portgroup> | has <portgroup name='a'> with VLAN 12, while the network is VLAN '11'
          <vlan><tag id="11"/></vlan><portgroup name="a"><vlan trunk="yes"><tag id="11"/><tag id="12"/></vlan></portgroup> | has <portgroup name='a'> with VLAN 11, 12, while the network is VLAN '11'
          <portgroup name="a"><vlan><tag id="12"/></vlan></portgroup>                           | has <portgroup name='a'> with VLAN 12; define a network for each
          <vlan trunk="yes"><tag id="11"/><tag id="12" nativeMode="untagged"/></vlan>           | has a <vlan> with a nativeMode
          """)
  void onOpenVswitch(String rest, String objection) throws LibvirtXmlException {
    String common = "<bridge name='br-extun'/><virtualport type='openvswitch'/>";
    assertThat(objections("ovs-tun", common + rest))
        .singleElement()
        .asString()
        .startsWith(objection);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          bridge  | <bridge name="br5001" macTableManager="kernel" stp="on" delay="0"/>
          bridge  | <bridge name="br5001"/><portgroup name="a" default="yes"><bandwidth><inbound average="1000"/></bandwidth></portgroup>
          bridge  | <bridge name="br5001"/><port isolated="yes"/>
          ovs-tun | <bridge name="br"/><virtualport type="openvswitch"/><vlan><tag id="11"/></vlan>
          ovs-tun | <bridge name="br"/><virtualport type="openvswitch"/><vlan trunk="yes"><tag id="11"/><tag id="12"/></vlan>
          ovs-tun | <bridge name="br"/><virtualport type="openvswitch"/><vlan><tag id="11"/></vlan><portgroup name="a"><vlan><tag id="11"/></vlan></portgroup>
          """)
  void toWhatIsRightThereAreNone(String template, String rest) throws LibvirtXmlException {
    assertThat(objections(template, rest)).isEmpty();
  }
}

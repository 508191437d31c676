package io.vxland.libvirt.xml;

import static io.vxland.libvirt.xml.Documents.bytes;
import static io.vxland.libvirt.xml.Documents.domainWith;
import static io.vxland.libvirt.xml.Documents.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.model.Barriers;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.NetworkName;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LibvirtXmlTest {
  private static final UUID HV1 = UUID.fromString(Documents.UUID);
  private static final MacAddress MAC = MacAddress.parse("52:54:00:aa:00:01");
  private static final UUID PORT = UUID.fromString("d81c6f2d-c41b-47f9-bb73-d518fcae389c");

  @Test
  void theStartHookShowsNetworkBridgePortAndTap() throws Exception {
    DomainDescription domain = LibvirtXml.domain(sample("qemu-start-blue.xml"));

    assertThat(domain.uuid()).isEqualTo(HV1);
    assertThat(domain.name()).isEqualTo("hv1");
    assertThat(domain.nics())
        .containsExactly(
            new Nic(
                Nic.Type.BRIDGE,
                MAC,
                Optional.of(new NetworkName("blue")),
                Optional.of(new InterfaceName("br5001")),
                Optional.of(PORT),
                Optional.of(new InterfaceName("vnet0")),
                Optional.of("virtio")));
  }

  @ParameterizedTest
  @CsvSource({"<link state='down'/>, false", "<link state='up'/>, true", "<link/>, true"})
  void theLinkOfANicIsUpUnlessItIsSaidToBeDown(String link, boolean up) throws Exception {
    String document = new String(sample("qemu-start-blue.xml"), StandardCharsets.UTF_8);
    String linked = document.replaceFirst("</interface>", link + "</interface>");
    assertThat(linked).isNotEqualTo(document);
    assertThat(LibvirtXml.domain(linked.getBytes(StandardCharsets.UTF_8)).nics())
        .singleElement()
        .satisfies(nic -> assertThat(nic.linked()).isEqualTo(up));
  }

  @ParameterizedTest
  @ValueSource(strings = {"qemu-migrate-blue.xml", "qemu-stopped-blue.xml"})
  void beforeTheTapAndAfterTheEndOnlyTheNetworkIsKnown(String document) throws Exception {
    assertThat(LibvirtXml.domain(sample(document)).nics())
        .containsExactly(
            new Nic(
                Nic.Type.NETWORK,
                MAC,
                Optional.of(new NetworkName("blue")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("virtio")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                                              | false | false
          <port isolated="yes"/>                                          | true  | false
          <port isolated="no"/>                                           | false | false
          <filterref filter="clean-traffic"/>                             | false | true
          <port isolated="yes"/><filterref filter="a"><parameter name="IP" value="1"/></filterref> | true | true
          """)
  void whatLibvirtKeepsANicFromIsRead(String rest, boolean isolated, boolean filtered)
      throws Exception {
    String document =
        "<domain><name>a</name><uuid>d81c6f2d-c41b-47f9-bb73-d518fcae389c</uuid><devices>"
            + "<interface type='network'><mac address='52:54:00:00:00:01'/>"
            + "<source network='blue'/>"
            + rest
            + "</interface></devices></domain>";
    assertThat(LibvirtXml.domain(Documents.bytes(document)).nics())
        .extracting(Nic::barriers)
        .containsExactly(new Barriers(isolated, filtered));
  }

  @Test
  void theNetworkHookShowsNetworkAndPort() throws Exception {
    HookData data = LibvirtXml.hookData(sample("port-created-blue.xml"));

    assertThat(data.network())
        .isEqualTo(
            new NetworkDescription(
                "blue",
                Optional.of(UUID.fromString("dddddddd-0000-0000-0000-000000000001")),
                Optional.of("bridge"),
                Optional.of("br5001"),
                Optional.empty(),
                Optional.empty(),
                NetworkDescription.Ports.PLAIN,
                Optional.of(Map.of("vni", "5001", "template", "bridge"))));
    assertThat(data.port())
        .contains(
            new PortDescription(PORT, HV1, "hv1", MAC, Optional.of(new InterfaceName("br5001"))));
  }

  @Test
  void theMetadataOfOthersIsNotOurs() throws Exception {
    assertThat(LibvirtXml.hookData(sample("port-created-foreign.xml")).network().overlay())
        .isEmpty();
    assertThat(LibvirtXml.domain(sample("qemu-start-foreign.xml")).nics()).hasSize(1);
  }

  @Test
  void aNetworkHookWithoutAPortHasTheNetworkAlone() throws Exception {
    HookData data =
        LibvirtXml.hookData(bytes("<hookData><network><name>n</name></network></hookData>"));
    assertThat(data.port()).isEmpty();
    assertThat(data.network().forwardMode()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <forward/>                | nat
          <forward mode='route'/>   | route
          <forward mode='bridge'/>  | bridge
          """)
  void theForwardModeIsAsLibvirtTakesIt(String forward, String mode) throws Exception {
    byte[] xml = bytes("<network><name>n</name>" + forward + "</network>");
    assertThat(LibvirtXml.network(xml).forwardMode()).contains(mode);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<interface type='user'/>",
        "<interface/>",
        "<interface type='direct'><source network='n' dev='eth0'/></interface>",
        "<interface type='hostdev'><mac address='nonsense'/></interface>",
        "<interface type='ethernet'><target dev='a name that is far too long'/></interface>",
        "<interface type='vhostuser'><mac address=''/><source type='unix'/></interface>",
        "<interface type='future'><new/></interface>",
        "<interface type='bridge'><source bridge='a name that is far too long'/></interface>",
        "<interface type='network'><source network='with/slash'/></interface>",
      })
  void cardsThatCannotBeOursDoNoHarm(String odd) throws Exception {
    String ours =
        "<interface type='network'><mac address='52:54:00:aa:00:01'/><source network='blue'/>"
            + "</interface>";
    assertThat(LibvirtXml.domain(domainWith(odd + ours)).nics()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <interface type='network'/>                                                  | no <source>
          <interface type='bridge'><source/></interface>                               | neither a network nor a bridge
          <interface type='network'><source network='n'/></interface>                  | has no <mac address='...'/>
          <interface type='network'><mac/><source network='n'/></interface>            | has no <mac address='...'/>
          <interface type='bridge'><mac address='x'/><source bridge='b'/></interface>  | MAC address 'x'
          <interface type='bridge'><mac address='01:00:5e:00:00:01'/><source bridge='b'/></interface>  | multicast
          <interface type='bridge'><mac address='52:54:00:aa:00:01'/><source bridge='b' portid='1-1-1-1-1'/></interface>  | UUID '1-1-1-1-1'
          <interface type='bridge'><mac address='52:54:00:aa:00:01'/><source bridge='b'/><target dev='a/b'/></interface>  | interface name 'a/b'
          """)
  void cardsThatCouldBeOursAreReadStrictly(String card, String complaint) {
    assertThatThrownBy(() -> LibvirtXml.domain(domainWith(card)))
        .isInstanceOf(LibvirtXmlException.class)
        .hasMessageStartingWith("domain 'hv1', <interface> 1: ")
        .hasMessageContaining(complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <domain/>                                              | domain: has no <name>
          <domain><name> </name></domain>                        | domain: has no <name>
          <domain><name>a</name></domain>                        | domain 'a': has no <uuid>
          <domain><name>a</name><uuid>7</uuid></domain>          | domain 'a': UUID '7' is not of the form
          """)
  void aDomainHasANameAndAUuid(String xml, String complaint) {
    assertThatThrownBy(() -> LibvirtXml.domain(bytes(xml)))
        .isInstanceOf(LibvirtXmlException.class)
        .hasMessageStartingWith(complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <hookData/>                                                        | hook data: has no <network>
          <hookData><network/></hookData>                                    | network: has no <name>
          <hookData><network><name>n</name></network><networkport/></hookData>  | network 'n', <networkport>: has no <owner>
          """)
  void hookDataIsComplete(String xml, String complaint) {
    assertThatThrownBy(() -> LibvirtXml.hookData(bytes(xml)))
        .isInstanceOf(LibvirtXmlException.class)
        .hasMessageStartingWith(complaint);
  }
}

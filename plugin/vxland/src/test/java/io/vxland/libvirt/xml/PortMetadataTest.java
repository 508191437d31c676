package io.vxland.libvirt.xml;

import static io.vxland.libvirt.xml.Documents.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Allowance;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.PortSecurity;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortMetadataTest {
  private static final String FIRST = "52:54:00:aa:00:01";
  private static final String SECOND = "52:54:00:aa:00:02";

  /** A VM with two cards on networks and one of another kind. */
  private static DomainDescription domain(String metadata) throws LibvirtXmlException {
    return LibvirtXml.domain(
        bytes(
            "<domain><name>hv1</name><uuid>"
                + Documents.UUID
                + "</uuid><metadata>"
                + metadata
                + "</metadata><devices>"
                + "<interface type='network'><mac address='52:54:00:aa:00:01'/>"
                + "<source network='blue'/></interface>"
                + "<interface type='bridge'><mac address='52:54:00:aa:00:02'/>"
                + "<source bridge='br1'/></interface>"
                + "<interface type='user'><mac address='52:54:00:aa:00:03'/></interface>"
                + "<interface type='user'><mac address='nonsense'/></interface>"
                + "</devices></domain>"));
  }

  private static String ports(String... ports) {
    return "<vx:ports xmlns:vx='urn:vxland:port:1'>"
        + List.of(ports).stream()
            .map(port -> "<vx:port " + port + "/>")
            .collect(Collectors.joining())
        + "</vx:ports>";
  }

  private static List<String> addresses(DomainDescription domain, int card) {
    return domain.nics().get(card).addresses().stream().map(IpAddress::toString).toList();
  }

  @Test
  void theMetadataNameTheAddressesOfEachCard() throws Exception {
    DomainDescription domain =
        domain(
            "<app:other xmlns:app='urn:app'><port mac='x'/></app:other>"
                + ports(
                    "mac='52:54:00:AA:00:01' addresses='fd00::7,10.0.0.7'",
                    "mac='" + SECOND + "' addresses=' 10.1.0.7 '"));
    assertThat(addresses(domain, 0)).containsExactly("10.0.0.7", "fd00::7");
    assertThat(addresses(domain, 1)).containsExactly("10.1.0.7");
    assertThat(domain.remarks()).isEmpty();
  }

  @Test
  void oneCardNeedsNoMoreThanItsOwnElement() throws Exception {
    DomainDescription domain =
        domain(
            "<port xmlns='urn:vxland:port:1' mac='" + FIRST + "' addresses='10.0.0.7, fd00::7'/>");
    assertThat(addresses(domain, 0)).containsExactly("10.0.0.7", "fd00::7");
    assertThat(addresses(domain, 1)).isEmpty();
  }

  @Test
  void withoutMetadataOrWithThoseOfOthersNothingIsNamed() throws Exception {
    for (String metadata :
        List.of(
            "",
            "<port mac='" + FIRST + "' addresses='10.0.0.7'/>",
            "<x:port xmlns:x='urn:vxland:port:2' mac='" + FIRST + "' addresses='10.0.0.7'/>",
            ports())) {
      DomainDescription domain = domain(metadata);
      assertThat(addresses(domain, 0)).as(metadata).isEmpty();
      assertThat(domain.remarks()).as(metadata).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          addresses='10.0.0.7'                             | has no mac; write, for example, mac='52:54:00:12:34:56'
          mac='52:54:00:aa:00:01'                          | has no addresses; write, for example, addresses='10.0.0.7, fd00::7'
          mac='52:54:00:aa:00:01' adresses='10.0.0.7'      | has the unknown attribute 'adresses'; it can have 'mac', 'addresses', 'port-security' and 'allow'
          mac='52-54-00-aa-00-01' addresses='10.0.0.7'     | is not six pairs of hexadecimal digits
          mac='01:00:5e:00:00:01' addresses='10.0.0.7'     | is a multicast address or zero
          mac='52:54:00:aa:00:09' addresses='10.0.0.7'     | the VM has no NIC 52:54:00:aa:00:09; write the MAC address of one
          mac='52:54:00:aa:00:01' addresses=''             | ''
          mac='52:54:00:aa:00:01' addresses='10.0.0.7,'    | ''
          mac='52:54:00:aa:00:01' addresses='10.0.0.7 fd00::7' | ''
          mac='52:54:00:aa:00:01' addresses='10.0.0.07'    | 10.0.0.07
          mac='52:54:00:aa:00:01' addresses='10.0.0.7/24'  | 10.0.0.7/24
          mac='52:54:00:aa:00:01' addresses='fe80::1%eth0' | fe80::1%eth0
          mac='52:54:00:aa:00:01' addresses='0.0.0.0'      | 0.0.0.0 is not an address that a machine can have, such as 10.0.0.7
          mac='52:54:00:aa:00:01' addresses='127.0.0.1'    | is not an address that a machine can have
          mac='52:54:00:aa:00:01' addresses='224.0.0.5'    | is not an address that a machine can have
          mac='52:54:00:aa:00:01' addresses='255.255.255.255' | is not an address that a machine can have
          mac='52:54:00:aa:00:01' addresses='ff02::1'      | is not an address that a machine can have
          mac='52:54:00:aa:00:01' addresses='fd00::7,FD00:0::7' | names fd00::7 twice
          mac='52:54:00:aa:00:01' port-security='paranoid'  | 'paranoid' is not 'no', 'known' or 'strict'
          mac='52:54:00:aa:00:01' allow='router, router'   | allow lists router twice
          mac='52:54:00:aa:00:01' allow='01:00:5e:00:00:01' | is a multicast address or zero
          mac='52:54:00:aa:00:01' allow='10.0.0.0/24'      | 10.0.0.0/24
          mac='52:54:00:aa:00:01' allow='dhcp'             | dhcp
          mac='52:54:00:aa:00:01' allow='224.0.0.18'       | is not an address that a machine can have
          """)
  void aWrongElementIsLeftOutAlone(String wrong, String reason) throws Exception {
    DomainDescription domain = domain(ports(wrong, "mac='" + SECOND + "' addresses='10.1.0.7'"));
    assertThat(addresses(domain, 0)).isEmpty();
    assertThat(addresses(domain, 1)).containsExactly("10.1.0.7");
    assertThat(domain.remarks())
        .singleElement()
        .asString()
        .startsWith("<metadata>, <port> 1 is ignored: ")
        .contains(reason);
  }

  @Test
  void theMetadataSayWhatElseANicMaySend() throws Exception {
    DomainDescription domain =
        domain(
            ports(
                "mac='" + FIRST + "' port-security='strict'",
                "mac='"
                    + SECOND
                    + "' addresses='10.1.0.7' allow='00:00:5E:00:01:0a, 10.1.0.100,router,"
                    + "dhcp-server'"));
    assertThat(domain.remarks()).isEmpty();
    assertThat(domain.nics().get(0).allowance())
        .isEqualTo(
            new Allowance(Optional.of(PortSecurity.STRICT), Set.of(), Set.of(), false, false));
    assertThat(domain.nics().get(1).allowance())
        .isEqualTo(
            new Allowance(
                Optional.empty(),
                Set.of(MacAddress.parse("00:00:5e:00:01:0a")),
                Set.of(IpAddress.parse("10.1.0.100")),
                true,
                true));
  }

  @Test
  void aNicIsAllowedAtMost64FurtherAddresses() throws Exception {
    assertThat(allowing(64).remarks()).isEmpty();
    assertThat(allowing(65).remarks()).singleElement().asString().contains("65");
    assertThat(allowing(300).remarks()).singleElement().asString().contains("more than 64");
  }

  private static DomainDescription allowing(int addresses) throws LibvirtXmlException {
    return domain(
        ports(
            "mac='"
                + FIRST
                + "' allow='"
                + IntStream.rangeClosed(1, addresses)
                    .mapToObj(number -> "10.0." + number / 256 + "." + number % 256)
                    .collect(Collectors.joining(","))
                + "'"));
  }

  @Test
  void ofTwoElementsForOneCardTheFirstCounts() throws Exception {
    DomainDescription domain =
        domain(
            ports(
                "mac='" + FIRST + "' addresses='10.0.0.7'",
                "mac='" + FIRST + "' addresses='10.0.0.8'"));
    assertThat(addresses(domain, 0)).containsExactly("10.0.0.7");
    assertThat(domain.remarks())
        .containsExactly(
            "<metadata>, <port> 2 is ignored: "
                + FIRST
                + " already has a <port>; write everything into that one");
  }

  @Test
  void aCardHasAtMost64Addresses() throws Exception {
    assertThat(addresses(domain(ports(withAddresses(64))), 0)).hasSize(64);
    DomainDescription tooMany = domain(ports(withAddresses(65)));
    assertThat(addresses(tooMany, 0)).isEmpty();
    assertThat(tooMany.remarks()).singleElement().asString().contains("more than 64 addresses");
  }

  private static String withAddresses(int count) {
    return "mac='"
        + FIRST
        + "' addresses='"
        + IntStream.range(0, count).mapToObj(i -> "10.0.1." + i).collect(Collectors.joining(","))
        + "'";
  }

  @Test
  void elementsAndRemarksAreLimited() throws Exception {
    String[] wrong = new String[256];
    Arrays.fill(wrong, "");
    assertThat(domain(ports(wrong)).remarks()).hasSize(16);
    String[] tooMany = new String[257];
    Arrays.fill(tooMany, "mac='" + FIRST + "' addresses='10.0.0.7'");
    DomainDescription domain = domain(ports(tooMany));
    assertThat(addresses(domain, 0)).isEmpty();
    assertThat(domain.remarks())
        .containsExactly(
            "<metadata> has 257 <port> elements, more than 256; all of them are ignored");
  }
}

package io.vxland.tests.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import io.vxland.tests.migration.Probe;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What libvirt's XML can say of networks and NICs: right, or refused with the reason. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class LibvirtShapesTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("shapes", 2));

  private static final String ADDRESS = "10.61.0.1";

  /** A name that nft and shells would take for something else, if it were not quoted. */
  private static final String TAP = "101-täp;b";

  /** NICs that libvirt does not plug into a network, beside the one that it does. */
  private static final String OTHERS =
      """
      <interface type='user'><model type='virtio'/><rom enabled='no'/></interface>
      <interface type='udp'>
        <source address='127.0.0.1' port='5558'><local address='127.0.0.1' port='5559'/></source>
        <model type='virtio'/><rom enabled='no'/>
      </interface>
      <interface type='direct'>
        <source dev='eth1' mode='bridge'/><model type='virtio'/><rom enabled='no'/>
      </interface>
      <interface type='ethernet'>
        <target dev='mytap0'/><model type='virtio'/><rom enabled='no'/>
      </interface>
      """;

  private static List<Host> hosts;

  @BeforeAll
  static void define() {
    hosts = Host.all(LAB.lab(), 2);
    for (Host host : hosts) {
      host.defineNetwork("red", 61);
    }
  }

  private static String network(String name, String rest) {
    return """
        <network>
          <name>%s</name>
          <metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='71'%s/></metadata>
          <forward mode='bridge'/>
          %s
        </network>
        """
        .formatted(name, rest.contains("openvswitch") ? " template='ovs-tun'" : "", rest);
  }

  @ParameterizedTest
  @Order(1)
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <bridge name="br71" macTableManager="libvirt"/>                                      | macTableManager='libvirt'
          <bridge name="br71"/><virtualport type="openvswitch"/><vlan><tag id="11"/></vlan><portgroup name="p"><vlan><tag id="12"/></vlan></portgroup> | VLAN 12, while the network is VLAN '11'
          """)
  void aNetworkThatNoOverlayCanBeIsRefused(String rest, String reason) {
    Host host = hosts.get(0);
    LAB.lab()
        .hostWithInput(
            1, network("odd", rest.replace('"', '\'')), "virsh", "net-define", "/dev/stdin")
        .must();
    try {
      await("status says why")
          .atMost(Host.SOON)
          .until(() -> host.run("vxctl", "status").out().contains(reason));
      Result started = host.run("virsh", "net-start", "odd");
      assertThat(started.ok()).isFalse();
      assertThat(started.toString()).contains(reason);
      assertThat(host.sh("ip -o link")).doesNotContain("br71");
    } finally {
      host.run("virsh", "-q", "net-undefine", "odd").must();
    }
    host.awaitEmptyPlan();
  }

  @Test
  @Order(2)
  void aVmWithNicsOfAllKindsMigratesByTheOneThatIsOurs() {
    Lab lab = LAB.lab();
    lab.guest(1, "a", "--network", "red", "--ip", ADDRESS + "/24", "--mtu", "1450", "--define-only")
        .must();
    Host source = hosts.get(0);
    String xml =
        source
            .run("virsh", "dumpxml", "--inactive", "a")
            .must()
            .replace(
                "<source network='red'/>", "<source network='red'/><target dev='" + TAP + "'/>")
            .replaceFirst("</interface>", "</interface>" + OTHERS);
    lab.hostWithInput(1, xml, "virsh", "-q", "define", "/dev/stdin").must();
    source.run("virsh", "-q", "start", "a").must();
    lab.waitGuest(1, "a").must();
    for (Host host : hosts) {
      Endpoint.plug(host, "p", "--bridge", "br61", "--ip", "10.61.0.10" + host.index() + "/24");
    }
    mustBeAt(source);
    List<Probe> probes = List.of(Probe.start(lab, 1, ADDRESS), Probe.start(lab, 2, ADDRESS));
    try {
      lab.migrate(1, 2, "a").must();
      Probe.mustHaveLostFew(probes);
    } finally {
      probes.forEach(Probe::close);
    }
    mustBeAt(hosts.get(1));
    for (Host host : hosts) {
      lab.daemon(host.index(), "restart").must();
      host.awaitEmptyPlan();
    }
    mustBeAt(hosts.get(1));
  }

  private static void mustBeAt(Host host) {
    assertThat(host.vxctl("port", "list")).hasSize(1);
    assertThat(host.vxctl("port", "list").get(0).path("tap").asText()).isEqualTo(TAP);
    assertThat(host.run("vxctl", "status").must()).contains("in sync").doesNotContain("problem");
    assertThat(host.sh("nft list table bridge vxland")).contains('"' + TAP + '"');
  }

  /** Frames that a migration delivers go past the rules that libvirt makes for the tap. */
  @Test
  @Order(3)
  void aFilterOfLibvirtsHoldsWhileItsVmMigrates() {
    Lab lab = LAB.lab();
    String filter =
        """
        <filter name='no-nine' chain='ipv4'>
          <rule action='drop' direction='in'><ip srcipaddr='10.61.0.9'/></rule>
        </filter>
        """;
    for (Host host : hosts) {
      lab.hostWithInput(host.index(), filter, "virsh", "-q", "nwfilter-define", "/dev/stdin")
          .must();
    }
    lab.guest(1, "f", "--network", "red", "--ip", "10.61.0.2/24", "--mtu", "1450", "--define-only")
        .must();
    String xml =
        hosts
            .get(0)
            .run("virsh", "dumpxml", "--inactive", "f")
            .must()
            .replace(
                "<source network='red'/>", "<source network='red'/><filterref filter='no-nine'/>");
    lab.hostWithInput(1, xml, "virsh", "-q", "define", "/dev/stdin").must();
    hosts.get(0).run("virsh", "-q", "start", "f").must();
    lab.waitGuest(1, "f").must();
    Endpoint nine = Endpoint.plug(hosts.get(0), "nine", "--bridge", "br61", "--ip", "10.61.0.9/24");
    new Endpoint(hosts.get(0), "p").mustPing("10.61.0.2");
    // ARP is not IPv4: it knows where to send.
    nine.run("sh", "-c", "ping -q -c 1 -W 1 10.61.0.2 || true").must();
    try (Background flood = Background.in(nine, "ping -n -i 0.002 10.61.0.2")) {
      lab.migrate(1, 2, "f").must();
      new Endpoint(hosts.get(1), "p").mustPing("10.61.0.2");
      flood.mustHaveHeardNothing(100);
    }
    nine.remove();
    lab.host(2, "virsh", "-q", "destroy", "f").must();
  }

  /** What configuration tools do to a network that VMs are plugged into. */
  @Test
  @Order(4)
  void aNetworkIsDefinedAnewUnderAVmThatNeverMissesIt() {
    Host host = hosts.get(1);
    host.sh(
        "virsh net-dumpxml --inactive red >/run/red.xml; sed '/<uuid>/!s/61/62/g' /run/red.xml >/run/62.xml");
    try (Probe probe = Probe.start(LAB.lab(), 1, ADDRESS)) {
      for (int round = 0; round < 3; round++) {
        host.sh(
            "for each in destroy start undefine; do virsh -q net-$each red || exit 1; done;"
                + " virsh -q net-define /run/red.xml && virsh -q net-destroy red && virsh -q"
                + " net-start red");
      }
      host.awaitEmptyPlan();
      host.sh("virsh -q net-define /run/62.xml");
      await("status says what will change")
          .atMost(Host.SOON)
          .until(
              () ->
                  host.run("vxctl", "status")
                      .out()
                      .contains("defined anew with VNI 62 instead of 61, bridge br62"));
      host.sh("virsh -q net-define /run/red.xml");
      await("nothing will")
          .atMost(Host.SOON)
          .until(() -> !host.run("vxctl", "status").out().contains("anew"));
      assertThat(probe.lost()).isZero();
    }
  }
}

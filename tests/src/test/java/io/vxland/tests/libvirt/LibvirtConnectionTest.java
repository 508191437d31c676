package io.vxland.tests.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.libvirt.KnownNetwork;
import io.vxland.libvirt.LibvirtConnection;
import io.vxland.libvirt.LibvirtException;
import io.vxland.libvirt.RunningDomain;
import io.vxland.libvirt.xml.Nic;
import io.vxland.libvirt.xml.Overlays;
import io.vxland.libvirt.xml.Templates;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibvirtConnectionTest {
  private static final Templates TEMPLATES = new Templates(Path.of("../xml-templates"));
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private long socketsBefore;
  private PrivateLibvirtd libvirtd;
  private Heard heard;
  private LibvirtConnection connection;

  @BeforeEach
  void open() throws Exception {
    socketsBefore = openSockets();
    libvirtd = new PrivateLibvirtd(directory);
    // Not earlier: the JDK opens one for itself with the first file.
    socketsBefore = openSockets();
    heard = new Heard();
    connect(Duration.ofMillis(50), Duration.ofSeconds(30));
  }

  private void connect(Duration retry, Duration patience) {
    connection =
        LibvirtConnection.open(
            new LibvirtConnection.Settings(libvirtd.uri(), retry, retry.multipliedBy(8), patience),
            heard,
            () -> {});
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    libvirtd.end();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("libvirt-"));
    assertThat(openSockets()).as("sockets left open").isEqualTo(socketsBefore);
  }

  private static long openSockets() throws IOException {
    long sockets = 0;
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors) {
        try {
          sockets += Files.readSymbolicLink(descriptor).toString().startsWith("socket:") ? 1 : 0;
        } catch (NoSuchFileException closedMeanwhile) {
          // The stream's own descriptor is not a socket.
        }
      }
    }
    return sockets;
  }

  private static Network network(String name, int vni) {
    return new Network(
        new NetworkName(name),
        new Vni(vni),
        Optional.of(Network.defaultBridge(new Vni(vni))),
        Template.BRIDGE,
        Network.Origin.LIBVIRT,
        OverlayOptions.DEFAULTS);
  }

  private void startLibvirtd() {
    heard.await(0, "disconnected: ");
    libvirtd.start();
    heard.await(0, "connected");
  }

  private KnownNetwork inInventory(String name) {
    int mark = heard.mark();
    connection.requestInventory();
    heard.await(mark, "inventory");
    return heard.lastInventory().networks().stream()
        .filter(n -> n.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String domain(String name, int number) throws Exception {
    return """
    <domain type='qemu'>
      <name>%s</name>
      <uuid>11111111-aaaa-0000-0000-00000000000%d</uuid>
      <memory unit='MiB'>32</memory>
      <os><type arch='x86_64' machine='pc'>hvm</type></os>
      <devices>
        <emulator>/usr/bin/qemu-system-x86_64</emulator>
        %s
        <memballoon model='none'/>
      </devices>
    </domain>
    """
        .formatted(
            name,
            number,
            TEMPLATES
                .domainInterface(new NetworkName("blue"), new Mtu(1450))
                .replace("<source", "<mac address='52:54:00:aa:00:0" + number + "'/>\n  <source"));
  }

  @Test
  void aNetworkDefinedByHandShowsUpAsOurs() throws Exception {
    startLibvirtd();
    assertThat(heard.lastInventory().networks()).isEmpty();
    assertThat(heard.lastInventory().domains()).isEmpty();

    libvirtd.virsh("net-define", libvirtd.file("b.xml", TEMPLATES.network(network("blue", 5001))));
    int defined = heard.await(0, "blue DEFINED");
    KnownNetwork blue = inInventory("blue");
    assertThat(Overlays.networkOf(blue.description().get(), (any, each) -> false))
        .contains(network("blue", 5001));
    assertThat(blue.active()).isFalse();
    assertThat(blue.persistent()).isTrue();
    assertThat(blue.autostart()).isFalse();

    libvirtd.virsh("net-autostart", "blue");
    libvirtd.virsh("net-start", "blue");
    int started = heard.await(defined, "blue STARTED");
    assertThat(inInventory("blue")).matches(KnownNetwork::active).matches(KnownNetwork::autostart);

    libvirtd.virsh("net-destroy", "blue");
    int stopped = heard.await(started, "blue STOPPED");
    libvirtd.virsh("net-undefine", "blue");
    heard.await(stopped, "blue UNDEFINED");
    assertThat(heard.threads())
        .contains("libvirt-delivery")
        .isSubsetOf("libvirt-delivery", "libvirt-events");
  }

  @Test
  void networksAreDefinedStartedAndDeletedWithLibvirtsOwnWordsInErrors() throws Exception {
    startLibvirtd();
    String xml = TEMPLATES.network(network("gr\u00fcn", 5002));
    connection.defineNetwork(xml, LIMIT);
    connection.setAutostart("gr\u00fcn", true, LIMIT);
    connection.startNetwork("gr\u00fcn", LIMIT);
    connection.startNetwork("gr\u00fcn", LIMIT);
    assertThat(libvirtd.virsh("net-list", "--all"))
        .containsPattern("gr\u00fcn\\s+active\\s+yes\\s+yes");

    assertThatThrownBy(() -> connection.defineNetwork("<network/>", LIMIT))
        .isInstanceOf(LibvirtException.class)
        .hasMessageStartingWith("define a network: ")
        .hasMessageContaining("name");
    assertThatThrownBy(() -> connection.startNetwork("red", LIMIT))
        .isInstanceOf(LibvirtException.class)
        .hasMessage("start network 'red': libvirt has no network of that name");

    connection.deleteNetwork("gr\u00fcn", false, LIMIT);
    assertThat(libvirtd.virsh("net-list", "--all")).isEmpty();
  }

  @Test
  void aVmsLifeIsHeardWithDetailsAndItsNetworkIsNotDeletedUnderIt() throws Exception {
    startLibvirtd();
    libvirtd.run("ip link add br5001 up type bridge");
    connection.defineNetwork(TEMPLATES.network(network("blue", 5001)), LIMIT);
    connection.startNetwork("blue", LIMIT);

    libvirtd.virsh("create", "--paused", libvirtd.file("vm.xml", domain("vm", 1)));
    int started = heard.await(0, "vm STARTED 0");
    int mark = heard.mark();
    connection.requestInventory();
    heard.await(mark, "inventory");
    RunningDomain vm = heard.lastInventory().domains().get(0);
    assertThat(vm.state()).isEqualTo(RunningDomain.State.PAUSED);
    assertThat(vm.reason()).isEqualTo(1);
    Nic nic = vm.description().get().nics().get(0);
    assertThat(nic.mac()).isEqualTo(MacAddress.parse("52:54:00:aa:00:01"));
    assertThat(nic.bridge()).contains(new InterfaceName("br5001"));
    assertThat(nic.network()).contains(new NetworkName("blue"));
    assertThat(nic.tap()).isPresent();
    assertThat(nic.portId()).isPresent();

    libvirtd.virsh("resume", "vm");
    int resumed = heard.await(started, "vm RESUMED 0");
    libvirtd.virsh("suspend", "vm");
    int suspended = heard.await(resumed, "vm SUSPENDED 0");

    assertThatThrownBy(() -> connection.deleteNetwork("blue", false, LIMIT))
        .isInstanceOf(LibvirtException.class)
        .hasMessageStartingWith("delete network 'blue': in use by VM 'vm'");
    assertThat(libvirtd.virsh("net-list", "--all")).contains("blue");
    connection.deleteNetwork("blue", true, LIMIT);
    assertThat(libvirtd.virsh("net-list", "--all")).isEmpty();

    libvirtd.virsh("destroy", "vm");
    heard.await(suspended, "vm STOPPED 1");
  }

  @Test
  void whenLibvirtdDiesTheConnectionComesBackWithAllThereIs() throws Exception {
    startLibvirtd();
    libvirtd.run("ip link add br5001 up type bridge");
    connection.defineNetwork(TEMPLATES.network(network("blue", 5001)), LIMIT);
    connection.setAutostart("blue", true, LIMIT);
    connection.startNetwork("blue", LIMIT);
    libvirtd.virsh("create", "--paused", libvirtd.file("vm.xml", domain("vm", 1)));

    int mark = heard.mark();
    libvirtd.kill();
    int disconnected = heard.await(mark, "disconnected: ");
    assertThatThrownBy(() -> connection.startNetwork("blue", LIMIT))
        .isInstanceOf(LibvirtException.class)
        .hasMessageContaining("no connection to libvirt");
    libvirtd.start();
    int connected = heard.await(disconnected, "connected");
    assertThat(heard.lastInventory().domains())
        .extracting(RunningDomain::name)
        .isEqualTo(List.of("vm"));
    assertThat(heard.lastInventory().networks()).hasSize(1).allMatch(KnownNetwork::active);

    libvirtd.virsh("destroy", "vm");
    heard.await(connected, "vm STOPPED 1");
    assertThat(heard.lines()).filteredOn(line -> line.equals("connected")).hasSize(2);
  }

  @Test
  void whileAHookHoldsLibvirtUpEventsAreHeardAndRequestsEndInTime() throws Exception {
    Path hooks = Files.createDirectories(directory.resolve("etc/hooks"));
    Path hook =
        Files.writeString(
            hooks.resolve("qemu"),
            """
            #!/bin/sh
            if [ "$2" = prepare ]; then
              : >/run/libvirt/in-the-hook
              read -r line </run/libvirt/gate
            fi
            exit 0
            """);
    assertThat(hook.toFile().setExecutable(true)).isTrue();
    startLibvirtd();
    libvirtd.run("mkfifo /run/libvirt/gate");
    libvirtd.run("ip link add br5001 up type bridge");
    connection.defineNetwork(TEMPLATES.network(network("blue", 5001)), LIMIT);
    connection.startNetwork("blue", LIMIT);
    libvirtd.virsh("define", libvirtd.file("vm.xml", domain("vm", 1)));
    Thread start = new Thread(() -> libvirtd.virsh("start", "--paused", "vm"));
    start.start();
    Awaitility.await().until(() -> Files.exists(directory.resolve("run/in-the-hook")));

    int mark = heard.mark();
    connection.requestInventory();
    libvirtd.virsh("net-define", libvirtd.file("g.xml", TEMPLATES.network(network("green", 5002))));
    heard.await(mark, "green DEFINED");
    assertThatThrownBy(() -> connection.startNetwork("green", Duration.ofMillis(200)))
        .isInstanceOf(LibvirtException.class)
        .hasMessage("start a network: no answer from libvirt within 200 ms; nothing was changed");
    assertThat(heard.lines()).doesNotContain("inventory");

    Files.writeString(directory.resolve("run/gate"), "go\n");
    start.join(LIMIT.toMillis());
    heard.await(mark, "vm STARTED 0");
    heard.await(mark, "inventory");
    assertThat(heard.lastInventory().networks())
        .extracting(KnownNetwork::name)
        .containsExactly("blue", "green");
    assertThat(heard.lastInventory().domains()).extracting(RunningDomain::name).contains("vm");
    assertThat(libvirtd.virsh("net-list", "--inactive", "--name")).isEqualTo("green");
    libvirtd.virsh("destroy", "vm");
  }

  @Test
  void aLibvirtThatHangsIsGivenUpAndFoundAgain() throws Exception {
    startLibvirtd();
    libvirtd.signal("STOP");
    assertThatThrownBy(
            () ->
                connection.defineNetwork(
                    TEMPLATES.network(network("blue", 5001)), Duration.ofMillis(200)))
        .isInstanceOf(LibvirtException.class)
        .hasMessage("define a network: no answer from libvirt within 200 ms; it may still be done");
    heard.await(0, "disconnected: libvirt did not answer keepalive messages");
    libvirtd.signal("CONT");
    heard.await(heard.mark() - 1, "connected");
  }

  @Test
  void libvirtIsFoundByItsSocketAndNotByTryingAgainAndAgain() {
    connection.close();
    int mark = heard.mark();
    connect(Duration.ofHours(1), Duration.ofSeconds(30));
    heard.await(mark, "disconnected: ");
    libvirtd.start();
    int connected = heard.await(mark, "connected");

    libvirtd.kill();
    int disconnected = heard.await(connected, "disconnected: ");
    libvirtd.start();
    heard.await(disconnected, "connected");
  }

  @Test
  void aCallThatLibvirtDoesNotAnswerIsToldAndNothingIsDoneAboutIt() {
    connection.close();
    connect(Duration.ofMillis(50), Duration.ofMillis(300));
    startLibvirtd();
    int mark = heard.mark();
    libvirtd.signal("STOP");
    connection.requestInventory();
    int told = heard.await(mark, "unanswered: virConnectListAllNetworks");
    libvirtd.signal("CONT");
    int answered = heard.await(told, "answered: virConnectListAllNetworks");
    heard.await(answered, "inventory");
    assertThat(heard.lines()).filteredOn(line -> line.startsWith("unanswered")).hasSize(1);
  }
}

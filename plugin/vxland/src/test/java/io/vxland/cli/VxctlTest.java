package io.vxland.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.NetworkName;
import io.vxland.model.Vni;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VxctlTest extends VxctlScene {
  @Test
  void networksAreATable() {
    shows(
        """
        NAME  VNI   TEMPLATE  BRIDGE  VXLAN      MTU   PORT  STATE   AUTOSTART  PORTS  PEERS  SYNC
        blue  5001  bridge    br5001  vxlan5001  1450  4789  active  yes        1      2      yes
        """,
        "network",
        "list");
  }

  @Test
  void aTableCanComeWithoutItsHead() {
    shows(
        """
        10.99.0.2  kvm2  etcd           alive  1  blue
        10.99.0.3  -     configuration  -      0  blue
        """,
        "peers",
        "--no-legend");
  }

  @Test
  void aNetworkIsAListOfWhatIsKnown() {
    shows(
        """
        Name:           blue
        VNI:            5001
        Template:       bridge
        State:          active
        Autostart:      yes
        In sync:        yes
        Bridge:         br5001
        VXLAN device:   vxlan5001
        MTU:            1450
        UDP port:       4789
        Replication:    peers of the control plane
        Learning:       yes
        Ageing:         the kernel's
        Proxy:          no
        Suppression:    yes
        Flooding:       yes
        Port security:  strict
        TTL:            64
        Addresses:      7.7.7.1/24
        Peers:          10.99.0.2, 10.99.0.3
        Static entries:
          52:54:00:00:00:02 10.99.0.2 7.7.7.2
        Ports:
        DOMAIN    UUID                                  MAC                NETWORK  VNI   TAP    BRIDGE  STATE     ADDRESSES           MTU             SECURITY  DENIED
        web?[31m  6d1f2c1e-0b1a-4a53-9d4e-1f6f3f0a7b10  52:54:00:00:00:01  blue     5001  vnet0  br5001  here      10.50.0.1, fd50::1  1500 TOO LARGE  strict    17
        db        0a7c4d1e-93a1-4f0e-8f7b-6b9f2b1c2d3e  52:54:00:00:00:09  blue     5001  -      br5001  incoming  -                   -               known     0
        web?[31m: write <mtu size='1450'/> into the <interface> with MAC 52:54:00:00:00:01, then shut the VM down and start it
        """,
        "network",
        "show",
        "blue");
  }

  @Test
  void aNameThatWouldSteerTheTerminalIsDefused() {
    assertThat(vxctl("port", "list").out()).contains("web?[31m").doesNotContain("\u001b");
  }

  @Test
  void entriesShowOwnerAndDifference() {
    shows(
        """
        NETWORK  VNI   MAC                VTEP       PORT       OWNER    WANTED  PRESENT  DIFFERENCE  SOURCE         AGE
        blue     5001  flood              10.99.0.2  vxlan5001  ours     yes     yes      -           configuration  -
        blue     5001  52:54:00:00:00:02  10.99.0.2  vxlan5001  ours     yes     no       missing     etcd           2m 5s
        blue     5001  52:54:00:00:00:03  10.99.0.3  vxlan5001  learned  no      yes      -           frames         -
        blue     5001  52:54:00:00:00:04  10.99.0.9  vxlan5001  ours     no      yes      surplus     -              -
        blue     5001  52:54:00:00:00:05  10.99.0.8  vxlan5001  foreign  no      yes      -           -              -
        """,
        "fdb",
        "--network",
        "blue",
        "--vni",
        "5001");
    shows("", "fdb", "--vni", "7", "--no-legend");
  }

  @Test
  void anEmptyPlanSaysSo() {
    shows("Nothing to do: the host is as it should be.\n", "plan");
  }

  @Test
  void aPlanIsNumberedWithItsCommandLines() {
    operations.fallIll();
    shows(
        """
        2 changes to make:
          1. vxlan5001: create the VXLAN device of VNI 5001
             # ip link add vxlan5001 type vxlan id 5001 dstport 4789 local 10.99.0.1
          2. vxlan5001 52:54:00:00:00:02: send frames for 52:54:00:00:00:02 to 10.99.0.2
             # bridge fdb replace 52:54:00:00:00:02 dev vxlan5001 self dst 10.99.0.2
        1 problem:
          red: VNI 5001 is used by blue, too
             give red another VNI and define it again
        """,
        "plan");
  }

  @Test
  void aHealthyHostIsOnePage() {
    shows(
        """
        vxland 0.1.0 on kvm1: in sync since 2026-11-21T12:00:00Z
          Daemon:       pid 4711, up 2h 3m
          Underlay:     10.99.0.1 on eth0, MTU 1500
          Control:      static
          Libvirt:      qemu:///system, connected
          Networks:     1
          Ports:        1
          FDB entries:  2
        1 warning:
          VM 'web': NIC 52:54:00:00:00:01 sends too much
             shut it down
        """,
        "status");
  }

  @Test
  void anIllHostIsExitCodeFour() {
    operations.fallIll();
    Outcome outcome = vxctl("status", "--diff");
    assertThat(outcome.exit()).isEqualTo(4);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .startsWith(
            "vxland 0.1.0 on kvm1: not in sync, 2 changes pending, and not as it should be: red\n")
        .contains(
            "  Libvirt:      qemu:///system, away, not connected for 1m 15s: Connection"
                + " refused\n")
        .contains("Pending:\n  1. vxlan5001: create the VXLAN device of VNI 5001\n")
        .contains("     give red another VNI and define it again\n");
    assertThat(vxctl("status").out()).doesNotContain("Pending:");
    assertThat(vxctl("--json", "status").exit()).isEqualTo(4);
  }

  @Test
  void theVersionIsTheDaemons() {
    shows("vxland 0.1.0 (pid 4711, Java 17.0.15)\n", "version");
    shows("{\"version\":\"0.1.0\",\"java\":\"17.0.15\",\"pid\":4711}\n", "version", "--json");
  }

  @Test
  void programsGetTheDaemonsJson() {
    assertThat(vxctl("--json", "fdb").out()).startsWith("[{\"network\":\"blue\"").endsWith("}]\n");
    assertThat(vxctl("network", "list", "--json").out()).startsWith("[{\"name\":\"blue\"");
  }

  @Test
  void aNetworkIsDefinedOnceAndDeleted() {
    NetworkName red = new NetworkName("r%d; ü");
    shows(
        "Network r%d; ü is defined, autostarted and started: VNI 7, bridge br7.\n",
        "network", "define", "r%d; ü", "--vni", "7");
    shows(
        "Network r%d; ü already exists: VNI 7, bridge br7.\n",
        "network", "define", "r%d; ü", "--vni=7", "--template", "bridge");
    assertThat(operations.definedNetworks()).containsEntry(red, new Vni(7));
    assertThat(vxctl("network", "show", "r%d; ü").exit()).isEqualTo(0);
    shows(
        "Network r%d; ü is stopped and undefined; VNI 7 is free.\n", "network", "delete", "r%d; ü");
    assertThat(operations.definedNetworks()).doesNotContainKey(red);
  }

  @Test
  void printingGivesTheXmlAloneAndDefinesNothing() {
    shows(
        "<network>\n  <name>red</name>\n</network>\n",
        "network",
        "define",
        "red",
        "--vni",
        "7",
        "--print");
    assertThat(operations.definedNetworks())
        .isEqualTo(Map.of(new NetworkName("blue"), new Vni(5001)));
  }

  @Test
  void aNetworkInUseIsDeletedByForceOnly() {
    assertThat(vxctl("network", "delete", "blue"))
        .isEqualTo(
            new Outcome(1, "", "vxctl: network 'blue' is used by VM 'web'; --force deletes it\n"));
    assertThat(vxctl("network", "delete", "blue", "--force").exit()).isEqualTo(0);
    assertThat(operations.definedNetworks()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          1 | network define red --vni 5001 | VNI 5001 belongs to network 'blue'; choose another
          1 | network show none | there is no network 'none' on this host
          1 | fdb --network none | there is no network 'none' on this host
          2 | network define red --vni 1e3 | VNI '1e3' is not a number from 1 to 16777215
          2 | network define red --vni 0 | VNI '0' is not a number from 1 to 16777215
          2 | network define red --vni 16777216 | VNI '16777216' is not a number from 1 to 16777215
          2 | network define a/b --vni 7 | network name 'a/b' is not 1 to 64 characters without '/' and control characters
          2 | network define red --vni 7 --template vlan | template 'vlan' is unknown; use 'bridge' or 'ovs-tun'
          2 | network show | Missing required parameter: 'NAME' (see vxctl network show --help)
          2 | network | 'network' needs one of these commands: define, list, show, delete (see vxctl network --help)
          2 | frobnicate | Unmatched argument at index 2: 'frobnicate' (see vxctl --help)
          2 | status --frob | Unknown option: '--frob' (see vxctl status --help)
          2 | peers more | Unmatched argument at index 3: 'more' (see vxctl peers --help)
          """)
  void aFailureIsOneLineAndAnExitCode(int exit, String arguments, String message) {
    assertThat(vxctl(arguments.split(" ", -1)))
        .isEqualTo(new Outcome(exit, "", "vxctl: " + message + "\n"));
    assertThat(operations.definedNetworks()).containsOnlyKeys(new NetworkName("blue"));
  }

  @Test
  void noCommandIsAUsageError() {
    assertThat(vxctl())
        .isEqualTo(new Outcome(2, "", "vxctl: a command is missing (see vxctl --help)\n"));
  }

  @Test
  void helpIsPrintedOnDemand() {
    Outcome outcome = vxctl("network", "define", "--help");
    assertThat(outcome.exit()).isEqualTo(0);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).startsWith("Usage: vxctl network define ").contains("--print");
  }

  @Test
  void withoutADaemonItSaysWhatToDo() throws Exception {
    Path none = directory.resolve("none.sock");
    assertThat(vxctl("--socket", none.toString()).exit()).isEqualTo(2);
    socket = none;
    assertThat(vxctl("status"))
        .isEqualTo(
            new Outcome(
                3,
                "",
                "vxctl: vxland is not running: there is no socket "
                    + none
                    + " (systemctl start vxland)\n"));
    socket = directory.resolve("gone/api.sock");
    assertThat(vxctl("status").err())
        .as("systemd takes the directory away with the daemon")
        .startsWith("vxctl: vxland is not running: there is no socket " + socket);
    socket = Files.createFile(directory.resolve("file"));
    Outcome outcome = vxctl("status");
    assertThat(outcome.exit()).isEqualTo(3);
    assertThat(outcome.err())
        .startsWith("vxctl: vxland is not running: nothing answers on " + socket);
  }

  @Test
  void aBugOfTheDaemonIsItsNumber() {
    operations.throwFromNowOn(new IllegalStateException("secret"));
    Outcome outcome = vxctl("status");
    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.err())
        .matches("vxctl: a bug in vxland, number [0-9a-f]{6}; see its log: .*\n");
  }
}

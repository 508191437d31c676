package io.vxland.tests.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A wrong configuration, no uplink, no libvirt, no disk, no daemon. */
class BadDaysTest {
  private static final String GOOD =
      """
      [host]
      address = 10.99.0.1
      [control]
      peers = 10.99.0.2
      """;

  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("baddays", 1));

  private final OneHost host = new OneHost(LAB.lab());

  @BeforeEach
  void aNetworkStands() {
    host.configure(GOOD);
    LAB.lab().daemon(1, "reload").must();
    host.start("blue", "5001", "br5001").must();
    host.awaitStatus("blue stands", status -> status.contains("in sync since"));
    assertThat(replicas()).containsExactly("10.99.0.2");
  }

  @AfterEach
  void tidy() {
    host.run("virsh", "net-destroy", "blue");
    host.run("virsh", "net-undefine", "blue");
  }

  private String[] replicas() {
    return host.sh("bridge fdb show dev vxlan5001")
        .lines()
        .filter(line -> line.startsWith("00:00:00:00:00:00"))
        .map(line -> line.replaceAll(".* dst (\\S+) .*", "$1"))
        .toArray(String[]::new);
  }

  @Test
  void allMistakesOfAConfigurationAreToldAtOnceAndTheFormerStays() {
    host.configure(
        """
        [host]
        address = 10.99.0.1
        adress = 10.99.0.1
        [control]
        peers = hv2.example.org, 10.99.0.1
        [network blue]
        mtu = 70000
        """);
    String[] mistakes = {
      "/etc/vxland/vxland.conf:3: [host]: unknown key 'adress'; did you mean 'address'?",
      "/etc/vxland/vxland.conf:5: [control] peers: 'hv2.example.org' is not an IPv4 or IPv6 address"
          + " (host names are not looked up)",
      "/etc/vxland/vxland.conf:5: [control] peers: 10.99.0.1 is this host's own address; list"
          + " only the other hosts",
      "/etc/vxland/vxland.conf:7: [network blue] mtu: MTU '70000' is not a number from 576 to 65535"
    };
    Result check = host.run("vxland", "--check-config");
    assertThat(check.exit()).isEqualTo(1);
    assertThat(check.err().lines()).containsExactly(mistakes);

    String before = host.kernel();
    Result reload = LAB.lab().daemon(1, "reload");
    assertThat(reload.ok()).isFalse();
    assertThat(reload.err()).contains(mistakes);
    host.awaitStatus("the daemon goes on as before", status -> status.contains("in sync since"));

    host.run("kill", "-HUP", Long.toString(host.pid())).must();
    host.awaitStatus(
        "who tells the daemon all the same finds it there",
        status ->
            Stream.of(mistakes).allMatch(status::contains)
                && status.contains("configuration: not reloaded")
                && status.contains("the running one stays in force"));
    assertThat(host.log()).contains(mistakes);
    assertThat(host.kernel()).isEqualTo(before);

    host.configure(GOOD);
    LAB.lab().daemon(1, "reload").must();
    assertThat(host.status()).doesNotContain("not reloaded");
  }

  @Test
  void afterACrashTheLastGoodConfigurationIsUsedWhereThePresentOneIsRefused() {
    host.sh("mkdir -p /etc/vxland/networks.d");
    host.sh("printf '[network side]\\nvni = 5002\\n' > /etc/vxland/networks.d/side.conf");
    LAB.lab().daemon(1, "reload").must();
    host.awaitStatus("both stand", status -> status.matches("(?s).*Networks: +2\\n.*"));
    LAB.lab()
        .guest(1, "kept", "--network", "blue", "--ip", "10.50.0.11/24", "--mtu", "1450")
        .must();
    LAB.lab()
        .endpoint(1, "p", "--bridge", "br5001", "--mtu", "1450", "--ip", "10.50.0.9/24")
        .must();
    // The bridge has learned by then all who are going to speak.
    LAB.lab().waitGuest(1, "kept").must();
    LAB.lab().inEndpoint(1, "p", "ping", "-c", "3", "-i", "0.2", "-W", "5", "10.50.0.11").must();
    String before = host.kernel();
    host.configure("[host]\naddress = 10.99.0.1\n[control]\npeers = 10.99.0.3\nmode = statisch\n");
    host.sh("printf '[network side]\\nvni = no\\n' > /etc/vxland/networks.d/side.conf");
    try {
      LAB.lab().daemon(1, "kill9").must();
      LAB.lab().daemon(1, "start").must();

      String[] told = {
        "/etc/vxland/vxland.conf:5: [control] mode: mode 'statisch'",
        "/etc/vxland/networks.d/side.conf:2: [network side] vni",
        "the last good one, read at "
      };
      host.awaitStatus("it is told", status -> Stream.of(told).allMatch(status::contains));
      assertThat(host.run("vxctl", "status").exit()).isEqualTo(4);
      assertThat(host.kernel()).isEqualTo(before);
      assertThat(replicas()).containsExactly("10.99.0.2");
      assertThat(host.sh("stat -c %a /var/lib/vxland/configuration.json").strip()).isEqualTo("600");
      LAB.lab().inEndpoint(1, "p", "ping", "-c", "3", "-i", "0.2", "-W", "5", "10.50.0.11").must();

      host.sh("rm /etc/vxland/networks.d/side.conf");
      host.configure(GOOD);
      LAB.lab().daemon(1, "reload").must();
      host.awaitStatus("the problem is gone", status -> !status.contains("last good one"));
    } finally {
      host.sh("rm -rf /etc/vxland/networks.d");
      host.run("virsh", "destroy", "kept");
    }
  }

  @Test
  void withoutALastGoodConfigurationItEndsWithTheStatusThatTheUnitDoesNotRestart() {
    host.sh("mkdir -p /etc/vxland-other; echo '[hosts]' > /etc/vxland-other/vxland.conf");
    host.sh("mkdir -p /tmp/none && mount --bind /tmp/none /var/lib/vxland");
    try {
      Result ended = host.run("vxland", "--config", "/etc/vxland-other");
      assertThat(ended.exit()).isEqualTo(78);
      assertThat(ended.err())
          .contains("/etc/vxland-other/vxland.conf:1: [hosts]")
          .contains("there is no /var/lib/vxland/configuration.json");
    } finally {
      host.sh("umount /var/lib/vxland; rm -rf /tmp/none /etc/vxland-other");
    }
  }

  @Test
  void theOwnAddressAmongThePeersIsSaidAlsoWhenItIsFoundByTheDefaultRoute() {
    host.sh("ip route add default via 10.99.0.254");
    host.configure("[control]\npeers = 10.99.0.1, 10.99.0.2\n");
    LAB.lab().daemon(1, "reload").must();
    String said = "[control] peers: 10.99.0.1 is this host's own address";
    host.awaitStatus("the mistake is told", status -> status.contains(said));
    assertThat(host.log()).contains(said);
    assertThat(replicas()).containsExactly("10.99.0.2");
    host.sh("ip route del default");
  }

  @Test
  void withoutAnUplinkTheNetworksStayAndComeRightWhenItComes() {
    String before = host.kernel();
    host.configure("[host]\naddress = 10.99.0.55\n[control]\npeers = 10.99.0.2, 10.99.0.3\n");
    LAB.lab().daemon(1, "reload").must();
    host.awaitStatus(
        "the missing address is told",
        status -> status.contains("underlay: no device has the address 10.99.0.55"));
    assertThat(host.kernel()).isEqualTo(before);
    Result refused = host.start("late", "5005", "br5005");
    assertThat(refused.err()).contains("no device has the address 10.99.0.55");

    host.sh("ip addr add 10.99.0.55/24 dev eth0");
    host.awaitStatus("it comes right", status -> !status.contains("problem"));
    assertThat(replicas()).containsExactlyInAnyOrder("10.99.0.2", "10.99.0.3");
    assertThat(host.sh("ip -d link show vxlan5001")).contains("local 10.99.0.55");
    host.sh("ip addr del 10.99.0.55/24 dev eth0");
  }

  @Test
  void withoutLibvirtdNothingIsSweptAndItIsSaid() {
    String before = host.kernel();
    LAB.lab().libvirtd(1, "stop").must();
    try {
      host.awaitStatus("libvirt is missed", status -> status.contains("not up yet, waited for"));
      LAB.lab().daemon(1, "restart").must();
      assertThat(host.status())
          .contains("not up yet, waited for since ", ": connect to qemu:///system");
      assertThat(host.run("vxctl", "status").exit()).as("libvirt may be starting").isZero();
      assertThat(host.run("vxctl", "status", "--wait", "1").exit()).isEqualTo(4);
      assertThat(host.log()).contains("networks stay as they are, trying again");
      assertThat(host.kernel()).isEqualTo(before);
    } finally {
      LAB.lab().libvirtd(1, "start").must();
    }
    host.awaitStatus("libvirt is back", status -> status.contains("qemu:///system, connected"));
  }

  @Test
  void readersWhoAskBackToBackKeepNoNetworkAndNoVmWaiting() throws Exception {
    try (Readers readers =
        Readers.of(
            host.socket(), 8, "/v1/plan", "/v1/status?diff=true", "/v1/fdb", "/v1/networks")) {
      readers.awaitAnswers(50);
      for (int i = 1; i <= 3; i++) {
        String bridge = "br700" + i;
        host.start("crowd" + i, "700" + i, bridge).must();
        assertThat(host.run("ip", "link", "show", bridge))
            .as("when virsh returns")
            .matches(Result::ok);
      }
      assertStarts("beside", "--network", "crowd1");
      host.awaitStatus(
          "a pass goes by", status -> status.matches("(?s).*in sync.*Networks: +4\\n.*"));
      readers.awaitAnswers(50);
    }
    for (int i = 1; i <= 3; i++) {
      host.run("virsh", "net-destroy", "crowd" + i).must();
      host.run("virsh", "net-undefine", "crowd" + i).must();
    }
  }

  @Test
  void aSecondDaemonRefusesAndTouchesNothing() {
    String before = host.kernel();
    host.sh(
        "mkdir -p /etc/vxland-other; printf '[host]\\naddress = 10.99.0.1\\n[network own]\\n"
            + "vni = 777\\n' > /etc/vxland-other/vxland.conf");
    Result second = host.run("vxland", "--config", "/etc/vxland-other");
    assertThat(second.exit()).isEqualTo(1);
    assertThat(second.err())
        .contains("another vxland answers on /run/vxland/api.sock; stop it first");
    assertThat(host.kernel()).isEqualTo(before);
    assertThat(host.status()).contains("in sync since");
  }

  @Test
  void aBrokenMemoryIsKeptAsideAndSaid() {
    LAB.lab().daemon(1, "stop").must();
    host.sh("echo '{garbage' > /var/lib/vxland/memory.json");
    LAB.lab().daemon(1, "start").must();
    assertThat(host.log())
        .contains("/var/lib/vxland/memory.json cannot be used")
        .contains("kept as /var/lib/vxland/memory.json.unreadable");
    assertThat(host.sh("cat /var/lib/vxland/memory.json.unreadable")).isEqualTo("{garbage\n");
    host.awaitStatus("libvirt tells of blue", status -> status.matches("(?s).*Networks: +1\\n.*"));
    assertThat(replicas()).containsExactly("10.99.0.2");
  }

  @Test
  void aFullOrReadOnlyDiskIsSaidAndTheDaemonGoesOn() {
    host.sh("mount -t tmpfs -o size=4k tmpfs /var/lib/vxland");
    try {
      host.sh("head -c 4096 /dev/zero > /var/lib/vxland/full");
      assertGoesOn("No space left on device");
      host.sh("mount -o remount,ro /var/lib/vxland");
      assertGoesOn("Read-only file system");
      assertThat(host.status()).doesNotContain("No space left on device");
    } finally {
      host.sh("umount /var/lib/vxland");
    }
    host.run("virsh", "net-destroy", "blue").must();
    host.awaitStatus("it is written again", status -> !status.contains("cannot write"));
  }

  /** A network that is stopped is one that is to be remembered otherwise than before. */
  private void assertGoesOn(String why) {
    host.run("virsh", "net-destroy", "blue").must();
    host.awaitStatus(
        why,
        status ->
            status.contains("memory: cannot write /var/lib/vxland/memory.json")
                && status.contains(why));
    assertThat(replicas()).containsExactly("10.99.0.2");
    host.run("virsh", "net-start", "blue").must();
  }

  @Test
  void aVmOnAPlainBridgeStartsWhateverTheDaemonDoes() {
    host.sh("ip link add brplain type bridge; ip link set brplain up");
    long pid = host.pid();
    host.run("kill", "-STOP", Long.toString(pid)).must();
    try {
      assertStarts("hung", "--bridge", "brplain");
      assertStarts("ours", "--network", "blue");
      for (String operation : new String[] {"start", "reconnect", "stopped"}) {
        assertThat(
                host.run(
                    "timeout",
                    "4",
                    "sh",
                    "-c",
                    "echo '<domain/>' | /etc/libvirt/hooks/qemu.d/50-vxland vm "
                        + operation
                        + " begin -"))
            .as(operation)
            .matches(Result::ok, "ends in time, with success");
      }
    } finally {
      host.run("kill", "-CONT", Long.toString(pid)).must();
    }
    host.awaitStatus("the card is taken in", status -> status.matches("(?s).*Ports: +1\\n.*"));
    host.run("virsh", "destroy", "ours").must();

    LAB.lab().daemon(1, "stop").must();
    assertThat(host.run("vxctl", "status").err()).contains("vxland is not running");
    assertStarts("down", "--bridge", "brplain");
    LAB.lab().daemon(1, "start").must();

    assertThat(host.start("bad", "0", "brbad").ok()).isFalse();
    assertStarts("refusing", "--bridge", "brplain");
    host.sh("ip link del brplain");
  }

  private void assertStarts(String guest, String... options) {
    LAB.lab().guest(1, guest, options).must();
    assertThat(host.run("virsh", "list", "--name").must()).contains(guest);
    if (!guest.equals("ours")) {
      host.run("virsh", "destroy", guest).must();
    }
  }

  @Test
  void whoeverSendsFromHalfAMillionMacsEndsNeitherTheDaemonNorItsAnswers() {
    long pid = host.pid();
    host.sh(
        """
        awk 'BEGIN { for (i = 0; i < 500000; i++)
          printf "fdb add 52:54:%02x:%02x:%02x:01 dev vxlan5001 dst 10.99.0.2 dynamic\\n",
            i / 65536, i / 256 % 256, i % 256 }' >/tmp/learned
        bridge -force -batch /tmp/learned >/dev/null 2>&1 || :
        rm /tmp/learned
        """);
    Result listed = host.run("vxctl", "fdb");
    assertThat(listed.exit()).as(listed.err()).isZero();
    assertThat(listed.out().lines().reduce((one, last) -> last))
        .hasValueSatisfying(
            last -> assertThat(last).matches("and 22\\d{3} more that vxlan5001 has learned"));
    assertThat(host.pid()).isEqualTo(pid);
    long kib =
        Long.parseLong(
            host.sh("awk '/^VmRSS/ { print $2 }' /proc/%d/status".formatted(pid)).strip());
    assertThat(kib).as("resident memory in KiB").isLessThan(200 * 1024);
  }

  @Test
  void aStrangersVxlanIsDroppedAndNamedUntilItIsAccepted() {
    String send =
        """
        ip address replace 10.99.0.77/32 dev lo
        printf '\\010\\0\\0\\0\\0\\023\\211\\0' | socat - UDP:10.99.0.1:4789,bind=10.99.0.77
        """;
    host.sh(send);
    LAB.lab().daemon(1, "reload").must();
    host.awaitStatus(
        "the stranger is named",
        status ->
            status.contains(
                "Dropped: 1 VXLAN packet from 10.99.0.77, which is not a known host; if it is"
                    + " yours, add it to 'peers'"));
    host.configure(GOOD + "accept = 10.99.0.64/26\n");
    LAB.lab().daemon(1, "reload").must();
    host.awaitStatus("all is well", status -> status.contains("in sync since"));
    host.sh(send);
    assertThat(host.sh("nft -j list counter inet vxland_vteps dropped"))
        .contains("\"packets\": 1,");
    host.sh("ip address del 10.99.0.77/32 dev lo");
  }
}

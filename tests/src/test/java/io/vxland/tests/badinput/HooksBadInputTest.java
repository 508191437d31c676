package io.vxland.tests.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What libvirt, or somebody in its place, may hand to the installed hooks; and what virsh says. */
class HooksBadInputTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("badhooks", 1));

  private final OneHost host = new OneHost(LAB.lab());
  private String before;

  @BeforeEach
  void startFromNothing() {
    host.awaitSwept();
    remember();
  }

  private void remember() {
    before = host.kernel();
  }

  private void assertNothingChanged() {
    assertThat(host.kernel()).isEqualTo(before);
    assertThat(host.status()).contains("in sync");
  }

  static Stream<Arguments> hostile() {
    String bomb =
        "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
            + "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><domain><name>&c;</name></domain>";
    return Stream.of(
        input("nothing", "", "Premature end of file"),
        input("no end", "<domain><name>x</name>", "must start and end within the same entity"),
        input("no XML", "GET / HTTP/1.1\r\n\r\n", "not allowed in prolog"),
        input("NULs", "\0".repeat(1000), "not allowed in prolog"),
        input("NULs inside", "<domain><name>a\0b</name></domain>", "invalid XML character"),
        input("a bomb", bomb, "<!DOCTYPE>"),
        input(
            "a file's contents",
            "<!DOCTYPE d [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><domain>&f;</domain>",
            "<!DOCTYPE>"),
        input("another entity", "<domain>&none;</domain>", "entity"),
        input("50 MB", "<domain><name>" + "a".repeat(50 << 20), "more than 8388608 bytes"));
  }

  private static Arguments input(String name, String text, String message) {
    return Arguments.of(Named.of(name, text), message);
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void aHookThatMayRefuseRefusesHostileXmlWithAReason(String input, String message) {
    for (String operation : new String[] {"start", "migrate", "restore"}) {
      Result result = host.hook("qemu", "vm", operation, input);
      assertThat(result.exit()).as("%s", result).isEqualTo(1);
      assertThat(result.out()).isEmpty();
      assertThat(result.err()).startsWith("vxland: ").contains(message).hasLineCount(1);
    }
    assertNothingChanged();
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void aHookThatMayNotRefuseIsSilentAndSucceeds(String input, String message) {
    for (String operation : new String[] {"stopped", "reconnect"}) {
      Result result = host.hook("qemu", "vm", operation, input);
      assertThat(result.exit()).as("%s, %s", message, result).isZero();
      assertThat(result.out() + result.err()).isEmpty();
    }
    assertNothingChanged();
  }

  @ParameterizedTest
  @CsvSource({
    "qemu, frobnicate",
    "qemu, prepare",
    "qemu, started",
    "qemu, release",
    "qemu, ''",
    "qemu, ../../status",
    "qemu, 'a b'",
    "network, frobnicate",
    "network, 'start '",
    "daemon, frobnicate"
  })
  void anOperationThatNobodyKnowsIsPassedOver(String driver, String operation) {
    Result result = host.hook(driver, "x", operation, "<domain/>");
    assertThat(result.exit()).isZero();
    assertThat(result.out() + result.err()).isEmpty();
    assertNothingChanged();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "16777216", "1e3", "-1", "+5", "", "five"})
  void aNetworkOfSuchAVniIsNotStartedAndVirshSaysWhy(String vni) {
    Result result = host.start("bad", vni, "brbad");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err())
        .contains("network 'bad': VNI '" + vni + "' is not a number from 1 to 16777215");
    assertNothingChanged();
  }

  @Test
  void aBridgeNameOf16BytesIsRefusedByName() {
    Result result = host.start("long", "5002", "br34567890123456");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("network 'long'", "'br34567890123456'", "1 to 15");
    assertNothingChanged();
  }

  @Test
  void aVniOrBridgeUsedTwiceNamesTheOwner() {
    host.start("blue", "5001", "tenant0").must();
    try {
      remember();
      assertThat(host.start("red", "5001", "brred").err())
          .contains("network 'red': VNI 5001 already belongs to network 'blue'");
      assertThat(host.start("green", "5003", "tenant0").err())
          .contains("network 'green': bridge tenant0 already belongs to network 'blue'");
      assertThat(host.start("green", "5003", "br5001").err())
          .contains("network 'green': VNI 5003 contradicts bridge 'br5001'");
      assertNothingChanged();
    } finally {
      host.run("virsh", "net-destroy", "blue");
      host.run("virsh", "net-undefine", "blue");
    }
  }

  @Test
  void aDeviceThatStandsInTheWayIsNamedAndStays() {
    host.sh("ip link add vxlan5004 type bridge");
    try {
      remember();
      Result result = host.start("blocked", "5004", "br5004");
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.err()).contains("network 'blocked'", "device vxlan5004 exists");
      assertThat(host.kernel()).isEqualTo(before);
    } finally {
      host.sh("ip link del vxlan5004");
    }
  }

  @Test
  void aCardUsedTwiceIsRefusedWithTheNamesOfBothVms() {
    host.start("blue", "5001", "br5001").must();
    try {
      LAB.lab().guest(1, "one", "--network", "blue", "--mac", "52:54:00:00:00:0a").must();
      Result second = LAB.lab().guest(1, "two", "--network", "blue", "--mac", "52:54:00:00:00:0a");
      assertThat(second.ok()).isFalse();
      assertThat(second.err())
          .contains("'two'", "52:54:00:00:00:0a on VNI 5001 already belongs to VM 'one'");
      assertThat(host.run("virsh", "list", "--name").must().strip()).isEqualTo("one");
      LAB.lab().guest(1, "three", "--network", "blue", "--mac", "52:54:00:00:00:0b").must();
    } finally {
      host.run("virsh", "destroy", "one");
      host.run("virsh", "destroy", "three");
      host.run("virsh", "net-destroy", "blue");
      host.run("virsh", "net-undefine", "blue");
    }
  }

  @Test
  void aGroupAddressOnACardIsRefused() {
    Result libvirt = LAB.lab().guest(1, "group", "--bridge", "x", "--mac", "53:54:00:00:00:0a");
    assertThat(libvirt.err()).contains("expected unicast mac address");
    String domain =
        """
        <domain><name>group</name><uuid>00000000-0000-0000-0000-000000000001</uuid><devices>
        <interface type='network'><mac address='53:54:00:00:00:0a'/><source network='blue'/>
        </interface></devices></domain>
        """;
    Result hook = host.hook("qemu", "group", "start", domain);
    assertThat(hook.exit()).isEqualTo(1);
    assertThat(hook.err()).contains("'group'", "53:54:00:00:00:0a", "multicast");
    assertNothingChanged();
  }
}

package io.vxland.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Golden texts: what an admin reads who made a mistake. */
final class ConfigurationErrorsTest {
  @TempDir private Path directory;

  /** Each: the lines of vxland.conf, and the problems without the file's name. */
  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake(
            "address = 10.0.0.1",
            "1: 'address = 10.0.0.1' comes before any section; begin with a section such as [host]"),
        mistake(
            "[host",
            "1: section header '[host' does not end with ']'; a comment goes on a line of its own"),
        mistake(
            "[host] # this one",
            "1: section header '[host] # this one' does not end with ']'; a comment goes on a line of its own"),
        mistake(
            "[ host ]", "1: section header '[ host ]' has no name, or spaces next to the brackets"),
        mistake("[hots]|address = x", "1: [hots]: unknown section; did you mean [host]?"),
        mistake("[networks]", "1: [networks]: unknown section; did you mean [network NAME]?"),
        mistake(
            "[zookeeper]",
            "1: [zookeeper]: unknown section; known sections: [host], [control], [etcd], [evpn], [libvirt], [ovs], [network NAME]"),
        mistake("[etcd]", "1: [etcd]: needs 'endpoints', such as https://10.98.0.1:2379"),
        mistake(
            "[etcd]|endpoints = 10.98.0.1:2379",
            "2: [etcd] endpoints: '10.98.0.1:2379' is not an endpoint of etcd, such as https://10.98.0.1:2379"),
        mistake(
            "[etcd]|endpoints = http://10.98.0.1:2379/v3",
            "2: [etcd] endpoints: 'http://10.98.0.1:2379/v3' is not an endpoint of etcd, such as https://10.98.0.1:2379"),
        mistake(
            "[etcd]|endpoints = https://10.98.0.1:2379",
            "2: [etcd] endpoints: needs 'ca', which holds the CA of their certificates"),
        mistake(
            "[etcd]|endpoints = http://h1:2379, https://h2:2379|ca = /ca.pem",
            "2: [etcd] endpoints: use https for all endpoints, or for none"),
        mistake(
            "[etcd]|endpoints = http://10.98.0.1:2379|ca = /ca.pem",
            "3: [etcd] ca: applies only to https endpoints; remove it"),
        mistake(
            "[etcd]|endpoints = https://h1:2379|ca = /ca.pem|certificate = /h1.pem",
            "4: [etcd] certificate: needs 'key', which belongs to it"),
        mistake(
            "[etcd]|endpoints = http://h1:2379|user = h1",
            "3: [etcd] user: needs 'password-file', which has the password"),
        mistake(
            "[etcd]|endpoints = http://h1:2379|user = h1|password-file = secret",
            "4: [etcd] password-file: 'secret' is not the absolute path of a file"),
        mistake(
            "[etcd]|endpoints = http://h1:2379|prefix = vxland",
            "3: [etcd] prefix: 'vxland' is not a key prefix that begins and ends with a slash, such as /vxland/"),
        mistake(
            "[etcd]|endpoints = http://h1:2379|lease = 1",
            "3: [etcd] lease: lease '1' is not a number from 2 to 3600"),
        mistake("[host]|[host]", "2: [host]: the section already begins in line 1"),
        mistake(
            "[host]|adress = 10.0.0.1", "2: [host]: unknown key 'adress'; did you mean 'address'?"),
        mistake(
            "[host]|Address = 10.0.0.1",
            "2: [host]: unknown key 'Address'; did you mean 'address'?"),
        mistake(
            "[host]|frobnicate = 1",
            "2: [host]: unknown key 'frobnicate'; known keys: address, port, bridge-name-fallback, mss-clamp, port-security, udp-checksum, udp6-zero-checksum"),
        mistake(
            "[host]|include = /etc/passwd",
            "2: [host]: unknown key 'include'; known keys: address, port, bridge-name-fallback, mss-clamp, port-security, udp-checksum, udp6-zero-checksum"),
        mistake(
            "[network a]|vni = 5|udp6-zero-checksum = yes",
            "3: [network a] udp6-zero-checksum: udp6-zero-checksum 'yes' is unknown; use 'no', 'tx', 'rx' or 'both'"),
        mistake(
            "[network a]|vni = 5|checksum = yes|udp-checksum = no",
            "3: [network a] checksum: is the older name of 'udp-checksum'; set only one"),
        mistake("[host]|address", "2: [host]: 'address' is not KEY = VALUE"),
        mistake("[host]|address: 10.0.0.1", "2: [host]: 'address: 10.0.0.1' is not KEY = VALUE"),
        mistake("[host]|= 1", "2: [host]: '= 1' is not KEY = VALUE"),
        mistake(
            "[host]|address =",
            "2: [host] address: has no value; for the default, remove the line"),
        mistake("[host]|port = 1|port = 2", "3: [host] port: is already set in line 2"),
        mistake(
            "[host]|port = 1 \\|",
            "2: [host]: contains a backslash; lines cannot be continued, and no value needs one"),
        mistake("[host]|port = 4\u00007", "2: contains a control character; write plain text only"),
        mistake(
            "[host]|port = 1e3", "2: [host] port: UDP port '1e3' is not a number from 1 to 65535"),
        mistake(
            "[host]|port = ${env:HOME}",
            "2: [host] port: UDP port '${env:HOME}' is not a number from 1 to 65535"),
        mistake(
            "[host]|address = hypervisor1.example.org",
            "2: [host] address: 'hypervisor1.example.org' is neither an address, nor a subnet, nor the name of a network device (host names are not looked up)"),
        mistake(
            "[host]|address = 10.99.0.1/24",
            "2: [host] address: 10.99.0.1/24 is neither an address nor a subnet: write 10.99.0.1 or 10.99.0.0/24"),
        mistake(
            "[host]|address = 127.0.0.1",
            "2: [host] address: address 127.0.0.1 is multicast, unspecified or loopback; no host can be reached at it"),
        mistake(
            "[host]|bridge-name-fallback = true",
            "2: [host] bridge-name-fallback: 'true' is not a VNI range, such as 10000-65535"),
        mistake(
            "[control]|mode = etcd",
            "2: [control] mode: needs a section [etcd] with 'endpoints = https://HOST:2379'"),
        mistake(
            "[control]|mode = evpn",
            "2: [control] mode: needs a section [evpn] with 'as = 65000' and 'peers'"),
        mistake(
            "[host]|address = fd99::1|[control]|mode = evpn|[evpn]|as = 65000|peers = fd99::2",
            "4: [control] mode: FRR's EVPN supports only IPv4 VTEPs, but [host] address is fd99::1"),
        mistake(
            "[evpn]|peers = 10.99.0.2",
            "1: [evpn]: needs 'as', the same number on all hosts, such as 65000"),
        mistake(
            "[evpn]|as = 65000",
            "1: [evpn]: needs 'peers', the other hosts or the route reflectors, or 'manage = no'"),
        mistake(
            "[host]|address = 10.99.0.1|[evpn]|as = 65000|peers = 10.99.0.1",
            "5: [evpn] peers: 10.99.0.1 is this host's own address; list only the other hosts"),
        mistake(
            "[evpn]|as = 0|manage = no",
            "2: [evpn] as: autonomous system '0' is not a number from 1 to 4294967294"),
        mistake(
            "[evpn]|as = 1|manage = no|vtysh = vtysh",
            "4: [evpn] vtysh: 'vtysh' is not the absolute path of a program"),
        mistake(
            "[control]|mode = magic",
            "2: [control] mode: mode 'magic' is unknown; use 'static', 'etcd' or 'evpn'"),
        mistake(
            "[control]|peers = 10.0.0.2, hv3",
            "2: [control] peers: 'hv3' is not an IPv4 or IPv6 address (host names are not looked up)"),
        mistake(
            "[control]|peers = 10.0.0.2,",
            "2: [control] peers: '' is not an IPv4 or IPv6 address (host names are not looked up)"),
        mistake(
            "[control]|peers = 10.0.0.2|peers = 10.0.0.2",
            "3: [control] peers: 10.0.0.2 is already listed in line 2"),
        mistake(
            "[control]|peers = 10.0.0.2, fd00::2",
            "2: [control] peers: fd00::2 and 10.0.0.2 are of different families; the underlay is either IPv4 or IPv6"),
        mistake(
            "[host]|address = 10.0.0.1|[control]|peers = 10.0.0.1",
            "4: [control] peers: 10.0.0.1 is this host's own address; list only the other hosts"),
        mistake(
            "[host]|address = fd00::1|[control]|peers = 10.0.0.2",
            "4: [control] peers: 10.0.0.2 and fd00::1 are of different families; the underlay is either IPv4 or IPv6"),
        mistake(
            "[libvirt]|uri = qemu+ssh://hv2/system",
            "2: [libvirt] uri: 'qemu+ssh://hv2/system' is not a URI of the local libvirt, such as qemu:///system"),
        mistake(
            "[network ]",
            "1: section header '[network ]' has no name, or spaces next to the brackets"),
        mistake(
            "[network a/b]",
            "1: [network a/b]: network name 'a/b' is not 1 to 64 characters without '/' and control characters"),
        mistake(
            "[network a]|vni = 0",
            "2: [network a] vni: VNI '0' is not a number from 1 to 16777215"),
        mistake(
            "[network a]|vni = 16777216",
            "2: [network a] vni: VNI '16777216' is not a number from 1 to 16777215"),
        mistake(
            "[network a]|vni = 5|bridge = sixteen-letters-",
            "3: [network a] bridge: interface name 'sixteen-letters-' is not 1 to 15 bytes long, without spaces, '/', ':' and control characters"),
        mistake(
            "[network a]|bridge = br0",
            "2: [network a] bridge: without 'vni' this is a network of libvirt, whose definition names the bridge"),
        mistake(
            "[network a]|mtu = 100",
            "2: [network a] mtu: MTU '100' is not a number from 576 to 65535"),
        mistake(
            "[network a]|ageing = 0",
            "2: [network a] ageing: ageing '0' is not a number from 1 to 1000000"),
        mistake(
            "[network a]|ttl = 256", "2: [network a] ttl: ttl '256' is not a number from 1 to 255"),
        mistake(
            "[network a]|vni = 5|bridge = none|suppress = yes",
            "4: [network a] suppress: suppression needs a bridge, and 'bridge = none' makes none"),
        mistake(
            "[network a]|vni = 5|bridge = none|flood = broadcast",
            "4: [network a] flood: 'broadcast' needs a bridge, and 'bridge = none' makes none"),
        mistake(
            "[network a]|remote = 10.0.0.2|peers = 10.0.0.3",
            "2: [network a] remote: 'peers' is set in line 3; set only one of peers, remote and group"),
        mistake(
            "[network a]|group = 10.0.0.2",
            "2: [network a] group: group 10.0.0.2 is not a multicast address"),
        mistake(
            "[host]|address = 10.0.0.1|[network a]|group = ff05::1",
            "4: [network a] group: ff05::1 and 10.0.0.1 are of different families; the underlay is either IPv4 or IPv6"),
        mistake(
            "[host]|address = 10.0.0.1|[network a]|remote = 10.0.0.1",
            "4: [network a] remote: 10.0.0.1 is this host's own address; list only the other hosts"),
        mistake(
            "[network a]|address = 10.1.0.1/33",
            "2: [network a] address: prefix length '33' is not a number from 0 to 32"),
        mistake(
            "[network a]|address = 224.0.0.1/24",
            "2: [network a] address: address 224.0.0.1/24 is not one that a host can have, such as 10.1.0.1/24"),
        mistake(
            "[network a]|entry = 52:54:00:00:00:01",
            "2: [network a] entry: static entry '52:54:00:00:00:01' is not MAC VTEP [ADDRESS...]"),
        mistake(
            "[network a]|entry = 01:00:5e:00:00:01 10.0.0.2",
            "2: [network a] entry: MAC address 01:00:5e:00:00:01 is a multicast address or zero; no NIC has it"),
        mistake(
            "[network a]|entry = 52:54:00:00:00:01 10.0.0.2|entry = 52:54:00:00:00:01 10.0.0.3",
            "3: [network a] entry: 52:54:00:00:00:01 is already listed in line 2"),
        mistake(
            "[network a]|entry = 52:54:00:00:00:01 10.0.0.2 7.7.7.2|entry = 52:54:00:00:00:02 10.0.0.3 7.7.7.2",
            "3: [network a] entry: 7.7.7.2 is already listed in line 2"),
        mistake(
            "[network a]|vni = 5|[network b]|vni = 5",
            "4: [network b] vni: VNI 5 is already used by [network a] at FILE:2"),
        mistake(
            "[network a]|vni = 5|bridge = br0|[network b]|vni = 6|bridge = br0",
            "6: [network b] bridge: device 'br0' is already used by [network a] at FILE:3"),
        mistake(
            "[network a]|vni = 5|bridge = vxlan5",
            "3: [network a] bridge: device 'vxlan5' is already used by [network a] at FILE:2"));
  }

  private static Arguments mistake(String lines, String... problems) {
    return Arguments.of(lines.replace('|', '\n'), Arrays.asList(problems));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMistakeIsNamedWithItsPlaceAndWhatWouldBeRight(String text, List<String> expected)
      throws IOException {
    Path main = Files.writeString(directory.resolve("vxland.conf"), text);

    assertThat(problems())
        .containsExactlyElementsOf(
            expected.stream()
                .map(each -> main + ":" + each.replace("FILE", main.toString()))
                .toList());
  }

  @Test
  void allMistakesOfAllFilesComeAtOnceInTheirOrder() throws IOException {
    Path main =
        Files.writeString(
            directory.resolve("vxland.conf"),
            "[host]\nport = x\n[control]\nmode = evpn\npeers = hv2, 10.0.0.2, 10.0.0.2\n");
    Path networks = Files.createDirectory(directory.resolve("networks.d"));
    Path second = Files.writeString(networks.resolve("20.conf"), "[network a]\nvni = 5\n");
    Path first =
        Files.writeString(networks.resolve("10.conf"), "[host]\n[network b]\nvni = 5\nvnj = 6\n");
    Files.writeString(networks.resolve("ignored.conf.rpmnew"), "[nonsense");
    Files.writeString(networks.resolve(".hidden.conf"), "[nonsense");

    assertThat(problems())
        .containsExactly(
            first
                + ":1: [host]: belongs in vxland.conf; this file can have only sections [network NAME]",
            first + ":4: [network b]: unknown key 'vnj'; did you mean 'vni'?",
            second + ":2: [network a] vni: VNI 5 is already used by [network b] at " + first + ":3",
            main + ":2: [host] port: UDP port 'x' is not a number from 1 to 65535",
            main + ":4: [control] mode: needs a section [evpn] with 'as = 65000' and 'peers'",
            main
                + ":5: [control] peers: 'hv2' is not an IPv4 or IPv6 address"
                + " (host names are not looked up)",
            main + ":5: [control] peers: 10.0.0.2 is already listed in line 5");
  }

  @Test
  void oneNetworkInTwoFilesNamesBoth() throws IOException {
    Path main = Files.writeString(directory.resolve("vxland.conf"), "[network a]\nvni = 5\n");
    Path networks = Files.createDirectory(directory.resolve("networks.d"));
    Path other = Files.writeString(networks.resolve("a.conf"), "\n[network a]\nmtu = 1400\n");

    assertThat(problems())
        .containsExactly(other + ":2: [network a]: the section already begins at " + main + ":1");
  }

  @Test
  void aMissingFileIsNotTakenForTheDefaults() {
    assertThat(problems())
        .containsExactly(
            directory.resolve("vxland.conf")
                + ": does not exist; for the defaults, create an empty file");
  }

  @Test
  void aFileThatIsNoTextIsRefused() throws IOException {
    Path main = Files.write(directory.resolve("vxland.conf"), new byte[] {(byte) 0xC3, 0x28});

    assertThat(problems()).containsExactly(main + ": is not UTF-8 text");
  }

  @Test
  void aFileBeyondTheLimitIsRefused() throws IOException {
    Path main =
        Files.write(
            directory.resolve("vxland.conf"), new byte[ConfigurationReader.MAX_FILE_BYTES + 1]);

    assertThat(problems())
        .containsExactly(main + ": cannot be read: it is larger than 8388608 bytes; split it");
  }

  @Test
  void aDirectoryInPlaceOfAFileIsRefused() throws IOException {
    Path main = Files.createDirectory(directory.resolve("vxland.conf"));

    assertThat(problems()).containsExactly(main + ": cannot be read: it is not a regular file");
  }

  @Test
  void tooManyAddressesAreRefused() throws IOException {
    String addresses =
        IntStream.rangeClosed(1, 65)
            .mapToObj(i -> "address = 10.1." + i + ".1/24\n")
            .collect(Collectors.joining());
    Path main = Files.writeString(directory.resolve("vxland.conf"), "[network a]\n" + addresses);

    assertThat(problems())
        .containsExactly(main + ":66: [network a] address: more than 64 addresses");
  }

  @Test
  void problemsBeyondTheTwoHundredthAreCounted() throws IOException {
    Path main = Files.writeString(directory.resolve("vxland.conf"), "[host]\n" + "x\n".repeat(300));

    assertThat(problems()).hasSize(201).last().isEqualTo(main + ": and 100 more problems");
  }

  private List<String> problems() {
    List<String> found = new ArrayList<>();
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> ConfigurationReader.read(directory))
        .satisfies(e -> e.problems().forEach(problem -> found.add(problem.toString())))
        .satisfies(e -> assertThat(e).hasMessage(String.join("\n", found)));
    return found;
  }
}

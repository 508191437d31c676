package io.vxland.tests.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.networks.Host;
import io.vxland.tests.networks.Sent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Addresses of VMs, told to other hosts, whose bridges answer for them. */
final class AddressesTest {
  @RegisterExtension
  static final LabExtension LAB =
      new LabExtension(() -> Lab.up("addresses", 3, "--control", "etcd"));

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A VM that has ended is told of for some seconds: it may be on its way. */
  private static final Duration GONE = Duration.ofSeconds(30);

  private static final String NETWORK =
      """
      <network>
        <name>blue</name>
        <metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='5001'/></metadata>
        <forward mode='bridge'/>
        <bridge name='br5001'/>
      </network>
      """;

  @BeforeAll
  static void defineTheNetwork() {
    for (int host = 1; host <= 3; host++) {
      LAB.lab().hostWithInput(host, NETWORK, "virsh", "-q", "net-define", "/dev/stdin").must();
      LAB.lab().host(host, "virsh", "-q", "net-start", "blue").must();
      LAB.lab()
          .endpoint(
              host, "p", "--bridge", "br5001", "--mtu", "1450", "--ip", "10.50.0.10" + host + "/24")
          .must();
    }
  }

  private final Lab lab = LAB.lab();

  @AfterEach
  void endAllVms() {
    for (int host = 1; host <= 3; host++) {
      lab.host(
              host,
              "sh",
              "-c",
              "for vm in $(virsh list --name); do virsh -q destroy $vm; done;"
                  + " for vm in $(virsh list --all --name); do virsh -q undefine $vm; done")
          .must();
    }
    await("nobody knows any")
        .atMost(GONE)
        .until(() -> neighbours(1).isEmpty() && neighbours(2).isEmpty() && neighbours(3).isEmpty());
  }

  private static String mac(int number) {
    return "52:54:00:00:01:%02x".formatted(number);
  }

  private void define(int host, String name, int number, String ports) {
    lab.guest(
            host,
            name,
            "--network",
            "blue",
            "--mac",
            mac(number),
            "--ip",
            "10.50.0." + number + "/24",
            "--define-only")
        .must();
    lab.host(
            host,
            "virsh",
            "-q",
            "metadata",
            name,
            "urn:vxland:port:1",
            "--key",
            "vx",
            "--set",
            "<ports>" + ports + "</ports>",
            "--config")
        .must();
  }

  /** A VM that is there and does not run. */
  private void startPaused(int host, String name, int number, String ports) {
    define(host, name, number, ports);
    lab.host(host, "virsh", "-q", "start", name, "--paused").must();
  }

  private static String port(int number, String addresses) {
    return "<port mac='" + mac(number) + "' addresses='" + addresses + "'/>";
  }

  private void startVm(int host, String name, int number) {
    lab.guest(
            host,
            name,
            "--network",
            "blue",
            "--mac",
            mac(number),
            "--ip",
            "10.50.0." + number + "/24")
        .must();
    lab.waitGuest(host, name).must();
  }

  /** The entries for which a host's bridge answers, of the test's own addresses. */
  private List<String> neighbours(int host) {
    List<String> entries = new ArrayList<>();
    for (JsonNode entry :
        new Host(lab, host)
            .json("ip", "-j", "neigh", "show", "dev", "br5001", "nud", "permanent")) {
      if (!entry.path("dst").asText().startsWith("fe80")) {
        entries.add(entry.path("dst").asText() + " " + entry.path("lladdr").asText());
      }
    }
    return entries;
  }

  private void awaitNeighbours(int host, String... entries) {
    await("h" + host + " knows " + List.of(entries))
        .atMost(Host.SOON)
        .untilAsserted(() -> assertThat(neighbours(host)).containsExactlyInAnyOrder(entries));
  }

  private List<String> addresses(int host, String vm) {
    List<String> addresses = new ArrayList<>();
    for (JsonNode port : new Host(lab, host).answer("/v1/ports")) {
      if (port.path("domain").asText().equals(vm)) {
        port.path("addresses").forEach(address -> addresses.add(address.asText()));
      }
    }
    return addresses;
  }

  private List<String> problems(int host) {
    List<String> problems = new ArrayList<>();
    parse(lab.answer(host, "/v1/status"))
        .path("problems")
        .forEach(
            problem ->
                problems.add(
                    problem.path("subject").asText() + ": " + problem.path("message").asText()));
    return problems;
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  private String resolved(String address) {
    return lab.inEndpoint(2, "p", "ip", "neigh", "show", address).must();
  }

  @Test
  void aVmThatIsSilentIsAnsweredForByTheAddressesOfItsMetadata() {
    startPaused(1, "a", 1, port(1, "10.50.0.1, fd50::1"));
    String[] entries = {"10.50.0.1 " + mac(1), "fd50::1 " + mac(1)};
    awaitNeighbours(2, entries);
    awaitNeighbours(3, entries);
    assertThat(neighbours(1)).as("here it answers itself").isEmpty();
    assertThat(addresses(1, "a")).containsExactly("10.50.0.1", "fd50::1");
    assertThat(Sent.whileLookingFor(lab, 2, "10.50.0.1")).noneMatch(line -> line.contains("ARP"));
    assertThat(resolved("10.50.0.1")).contains(mac(1));
  }

  private void changeMetadata(String vm, String... change) {
    List<String> command =
        new ArrayList<>(List.of("virsh", "-q", "metadata", vm, "urn:vxland:port:1", "--live"));
    command.addAll(List.of(change));
    lab.host(1, command.toArray(String[]::new)).must();
  }

  @Test
  void whatIsChangedWhileAVmRunsCountsAtOnce() {
    startPaused(1, "i", 13, port(13, "10.50.0.13"));
    awaitNeighbours(2, "10.50.0.13 " + mac(13));
    String ports = "<ports>" + port(13, "10.50.0.113") + "</ports>";
    changeMetadata("i", "--key", "vx", "--set", ports);
    awaitNeighbours(2, "10.50.0.113 " + mac(13));
    changeMetadata("i", "--remove");
    awaitNeighbours(2);
  }

  @Test
  void aVmWithoutMetadataIsAnsweredForOnceItWasSeen() {
    startVm(1, "b", 2);
    lab.inGuest(1, "b", "ping -c 1 -W 10 10.50.0.102 >/dev/null").must();
    awaitNeighbours(2, "10.50.0.2 " + mac(2));
    assertThat(addresses(1, "b")).contains("10.50.0.2");
    assertThat(Sent.whileLookingFor(lab, 2, "10.50.0.2")).noneMatch(line -> line.contains("ARP"));

    // It says nothing more; who knew it from before a restart knows it still.
    lab.host(1, "virsh", "-q", "suspend", "b").must();
    lab.daemon(1, "restart").must();
    assertThat(addresses(1, "b")).contains("10.50.0.2");
    awaitNeighbours(2, "10.50.0.2 " + mac(2));

    // It takes them along, although it does not say them there either.
    lab.host(1, "virsh", "-q", "resume", "b").must();
    lab.migrate(1, 2, "b").must();
    awaitNeighbours(1, "10.50.0.2 " + mac(2));
    awaitNeighbours(3, "10.50.0.2 " + mac(2));
    assertThat(addresses(2, "b")).contains("10.50.0.2");
    assertThat(addresses(1, "b")).isEmpty();
  }

  /** As VRRP does it. The VM that had it says nothing of it any more, and has not ended. */
  @Test
  void anAddressThatAnotherVmTakesOverGoesThere() {
    startVm(1, "g", 11);
    startVm(3, "h", 12);
    String take =
        "ip address add 10.50.0.99/32 dev eth0; arping -U -c 1 -I eth0 10.50.0.99 >/dev/null; true";
    lab.inGuest(1, "g", take).must();
    await("h2 knows where it is")
        .atMost(Host.SOON)
        .until(() -> neighbours(2).contains("10.50.0.99 " + mac(11)));
    lab.inGuest(1, "g", "ip address del 10.50.0.99/32 dev eth0").must();
    lab.inGuest(3, "h", take).must();
    await("h2 knows where it is now")
        .atMost(Host.SOON)
        .until(() -> neighbours(2).contains("10.50.0.99 " + mac(12)));
    assertThat(addresses(1, "g")).doesNotContain("10.50.0.99");
    assertThat(addresses(3, "h")).contains("10.50.0.99");
    assertThat(problems(2)).isEmpty();
  }

  @Test
  void whatTheMetadataNameIsAllThatAVmGets() {
    define(1, "c", 3, port(3, "10.50.0.33"));
    lab.host(1, "virsh", "-q", "start", "c").must();
    lab.waitGuest(1, "c").must();
    lab.inGuest(1, "c", "ping -c 1 -W 10 10.50.0.102 >/dev/null").must();
    awaitNeighbours(2, "10.50.0.33 " + mac(3));
    assertThat(addresses(1, "c")).containsExactly("10.50.0.33");
    assertThat(Sent.whileLookingFor(lab, 2, "10.50.0.3"))
        .as("the other one is asked for")
        .anyMatch(line -> line.contains("who-has 10.50.0.3 "));
  }

  private void awaitProblem(int host, String text) {
    await("h" + host + " shows it").atMost(Host.SOON).until(() -> problems(host).contains(text));
  }

  @Test
  void anAddressThatTwoCardsHaveIsShownWithBothOwners() {
    startPaused(1, "d", 4, port(4, "10.50.0.4"));
    startPaused(2, "e", 5, port(5, "10.50.0.4"));
    String belongs = "network 'blue': 10.50.0.4 is claimed by two ports, ";
    awaitProblem(1, belongs + "VM 'd' (" + mac(4) + ") and " + mac(5) + " at 10.99.0.2");
    awaitProblem(2, belongs + "VM 'e' (" + mac(5) + ") and " + mac(4) + " at 10.99.0.1");
    awaitProblem(3, belongs + mac(4) + " at 10.99.0.1 and " + mac(5) + " at 10.99.0.2");
    await("h3 answers for neither")
        .atMost(Host.SOON)
        .until(() -> neighbours(3).stream().noneMatch(line -> line.startsWith("10.50.0.4 ")));
    lab.host(2, "virsh", "-q", "destroy", "e").must();
    await("it is settled").atMost(GONE).until(() -> problems(3).isEmpty());
    awaitNeighbours(3, "10.50.0.4 " + mac(4));
  }

  @Test
  void wrongMetadataHarmNothingElseAndAreShown() {
    startPaused(
        1, "f", 6, "<port mac='" + mac(7) + "' addresses='10.50.0.7'/>" + port(6, "10.50.0.6"));
    awaitNeighbours(2, "10.50.0.6 " + mac(6));
    assertThat(problems(1))
        .containsExactly("VM 'f': <metadata>, <port> 1 is ignored: the VM has no NIC " + mac(7));
    lab.host(1, "virsh", "-q", "destroy", "f").must();
    await("it is over").atMost(Host.SOON).until(() -> problems(1).isEmpty());
  }
}

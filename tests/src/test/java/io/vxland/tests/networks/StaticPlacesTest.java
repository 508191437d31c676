package io.vxland.tests.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Machines with a fixed place: static FDB and neighbour entries from the configuration. */
final class StaticPlacesTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("places", 2));

  private static final String MAC_2 = "52:54:00:07:07:02";
  private static final String MAC_3 = "52:54:00:07:07:03";

  /** The other host's machine, as each host's configuration says it. */
  private static String entry(Host host) {
    return host.index() == 1
        ? "entry = " + MAC_3 + " 10.99.0.2 7.7.7.3 fd07::3\n"
        : "entry = " + MAC_2 + " 10.99.0.1 7.7.7.2 fd07::2\n";
  }

  private final List<Endpoint> endpoints = new ArrayList<>();
  private Host one;
  private Host two;

  @BeforeEach
  void nameTheHosts() {
    one = new Host(LAB.lab(), 1);
    two = new Host(LAB.lab(), 2);
  }

  @AfterEach
  void removeTheNetworks() {
    endpoints.forEach(Endpoint::remove);
    for (Host host : List.of(one, two)) {
      host.configure("");
      await(host + " is as before").atMost(Host.SOON).until(() -> host.overlayDevices().isEmpty());
    }
  }

  private Endpoint plug(Host host, String name, String mac, String bridge, int last) {
    Endpoint endpoint =
        Endpoint.plug(
            host,
            name,
            "--bridge",
            bridge,
            "--mac",
            mac,
            "--mtu",
            "1450",
            "--ip",
            "7.7.7." + last + "/24",
            "--ip",
            "fd07::" + last + "/64");
    endpoints.add(endpoint);
    return endpoint;
  }

  @Test
  void withoutFloodingThePingWorksBecauseOfTheStaticEntries() {
    String network =
        """
        [network blog]
        vni = 42
        flood = no
        proxy = yes
        learning = yes
        mtu = 1450
        """;
    configureEach(network, "vxlan42");
    Endpoint second = plug(one, "second", MAC_2, "br42", 2);
    Endpoint third = plug(two, "third", MAC_3, "br42", 3);

    second.mustPing("7.7.7.3");
    third.mustPing("7.7.7.2");
    second.mustHaveMtu(1450, "7.7.7.3");
    JsonNode data = one.link("vxlan42").at("/linkinfo/info_data");
    assertThat(data.path("proxy").asBoolean()).isTrue();
    assertThat(data.path("learning").asBoolean()).isTrue();
    assertThat(one.link("vxlan42").path("mtu").asInt()).isEqualTo(65_000);
    assertThat(one.fixed("vxlan42")).containsExactly(Fdb.placed(MAC_3, "10.99.0.2"));
    assertThat(two.fixed("vxlan42")).containsExactly(Fdb.placed(MAC_2, "10.99.0.1"));
    assertThat(one.neighbours("vxlan42"))
        .containsExactlyInAnyOrder("7.7.7.3 " + MAC_3, "fd07::3 " + MAC_3);
    one.awaitEmptyPlan();

    configure(network, "vxlan42");
    for (Host host : List.of(one, two)) {
      await(host + " has no entries")
          .atMost(Host.SOON)
          .until(() -> host.fixed("vxlan42").isEmpty() && host.neighbours("vxlan42").isEmpty());
    }
    forgetWhatWasLearned();
    assertThat(second.reaches("7.7.7.3")).isFalse();
    assertThat(third.reaches("7.7.7.2")).isFalse();

    // Whoever knows the other's MAC still cannot reach it: nobody says where it is.
    second.run("ip", "neigh", "replace", "7.7.7.3", "lladdr", MAC_3, "dev", "eth0").must();
    third.run("ip", "neigh", "replace", "7.7.7.2", "lladdr", MAC_2, "dev", "eth0").must();
    assertThat(second.reaches("7.7.7.3")).isFalse();
    assertThat(one.learned("vxlan42")).isEmpty();
    assertThat(two.learned("vxlan42")).isEmpty();

    // One side's entries are enough as long as the other learns from what it receives, and no
    // longer.
    two.configure(network + entry(two));
    await().atMost(Host.SOON).until(() -> !two.fixed("vxlan42").isEmpty());
    assertThat(second.reaches("7.7.7.3")).isFalse();
    third.mustPing("7.7.7.2");
    assertThat(one.learned("vxlan42")).containsExactly(new Fdb(MAC_3, "10.99.0.2", "", true));
    second.mustPing("7.7.7.3");
    forgetWhatWasLearned();
    assertThat(second.reaches("7.7.7.3")).isFalse();

    configureEach(network, "vxlan42");
    await().atMost(Host.SOON).until(() -> !one.fixed("vxlan42").isEmpty());
    second.run("ip", "neigh", "flush", "nud", "permanent", "dev", "eth0").must();
    third.run("ip", "neigh", "flush", "nud", "permanent", "dev", "eth0").must();
    forgetWhatWasLearned();
    second.mustPing("7.7.7.3");
    third.mustPing("7.7.7.2");
    assertThat(one.learned("vxlan42")).isEmpty();
  }

  @Test
  void withSuppressionTheBridgeAnswersForAnotherHostsMachine() {
    String network = "[network quiet]\nvni = 43\n";
    configureEach(network, "vxlan43");
    Endpoint second = plug(one, "second", MAC_2, "br43", 2);
    plug(two, "third", MAC_3, "br43", 3);

    String asked = overTheUnderlay(second);
    assertThat(asked).contains("ARP, Request who-has 7.7.7.3", "neighbor solicitation");

    configureEach(network + "suppress = yes\n", "vxlan43");
    await()
        .atMost(Host.SOON)
        .until(
            () -> one.link("vxlan43").at("/linkinfo/info_slave_data/neigh_suppress").asBoolean());
    one.awaitEmptyPlan();
    two.awaitEmptyPlan();

    String answered = overTheUnderlay(second);
    assertThat(answered).contains("ICMP echo request", "ICMP6, echo request");
    assertThat(answered).doesNotContain("who-has 7.7.7.3").doesNotContain("who has fd07::3");

    // It answers for what it knows behind the tunnel, so that is put back when somebody deletes it.
    String behind = "52:54:00:07:07:03 extern_learn master br43";
    assertThat(one.sh("bridge fdb show dev vxlan43")).contains(behind);
    one.run("bridge", "fdb", "del", MAC_3, "dev", "vxlan43", "master").must();
    await().atMost(Host.SOON).until(() -> one.sh("bridge fdb show dev vxlan43").contains(behind));
    configureEach(network, "vxlan43");
    await()
        .atMost(Host.SOON)
        .until(() -> !one.sh("bridge fdb show dev vxlan43").contains("extern_learn"));
    one.awaitEmptyPlan();
  }

  /** What h1 sends to h2 while the endpoint, which knows nothing, pings the machine there. */
  private String overTheUnderlay(Endpoint from) {
    forgetWhatWasLearned();
    try (Background capture =
        Background.in(one, "tcpdump -l -n -i eth0 --immediate-mode -Q out udp dst port 4789")) {
      capture.awaitOutput("listening on");
      from.mustPing("7.7.7.3");
      from.mustPing("fd07::3");
      capture.awaitOutput("ICMP6, echo request");
      return capture.stop();
    }
  }

  private void configureEach(String network, String device) {
    for (Host host : List.of(one, two)) {
      host.configure(network + entry(host));
      host.awaitLink(device);
    }
  }

  private void configure(String networks, String device) {
    for (Host host : List.of(one, two)) {
      host.configure(networks);
      host.awaitLink(device);
    }
  }

  /** Learned entries of VXLAN devices, bridges and endpoints go. */
  private void forgetWhatWasLearned() {
    for (Endpoint endpoint : endpoints) {
      endpoint.run("ip", "neigh", "flush", "dev", "eth0").must();
    }
    for (Host host : List.of(one, two)) {
      for (String device : host.overlayDevices()) {
        if (device.startsWith("br")) {
          host.run("ip", "link", "set", device, "type", "bridge", "fdb_flush").must();
        }
      }
      for (String device : host.overlayDevices()) {
        if (device.startsWith("vxlan")) {
          for (Fdb entry : host.learned(device)) {
            host.run("bridge", "fdb", "del", entry.mac(), "dev", device, "dst", entry.dst());
          }
          assertThat(host.learned(device)).isEmpty();
        }
      }
    }
  }
}

package io.vxland.tests.evpn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.tests.lab.Lab;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Two hosts with vxland, whose FRR it configures, and a stranger: a host with FRR and devices that
 * its operator has made by hand. The stranger reflects routes.
 */
final class EvpnHosts {
  static final int STRANGER = 3;
  static final Duration SOON = Duration.ofSeconds(30);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REFLECTOR =
      """
      hostname h3
      router bgp 65000
       bgp router-id 10.99.0.3
       no bgp default ipv4-unicast
       neighbor fabric peer-group
       neighbor fabric remote-as 65000
       bgp listen range 10.99.0.0/24 peer-group fabric
       address-family l2vpn evpn
        neighbor fabric activate
        neighbor fabric route-reflector-client
        advertise-all-vni
       exit-address-family
      """;

  private final Lab lab;

  private EvpnHosts(Lab lab) {
    this.lab = lab;
  }

  /** In a lab of three without daemons: network blue, VNI 5001, and an endpoint p on each. */
  static EvpnHosts in(Lab lab) {
    EvpnHosts hosts = new EvpnHosts(lab);
    lab.frrConfiguration(STRANGER, REFLECTOR).must();
    lab.frr(STRANGER, "segment", "5001").must();
    lab.frr(STRANGER, "start").must();
    for (int host = 1; host < STRANGER; host++) {
      hosts.configure(host, "mode = evpn\n[evpn]\nas = 65000\npeers = 10.99.0.3\n");
      lab.frr(host, "start").must();
      lab.daemon(host, "start").must();
      lab.host(host, "vxctl", "network", "define", "blue", "--vni", "5001").must();
    }
    for (int host = 1; host <= STRANGER; host++) {
      lab.endpoint(
              host, "p", "--bridge", "br5001", "--mtu", "1450", "--ip", "10.50.0.10" + host + "/24")
          .must();
    }
    hosts.mustBeWell();
    for (int host = 1; host <= STRANGER; host++) {
      int there = host;
      await("h" + host + " hears of both others")
          .atMost(SOON)
          .until(() -> hosts.flood(there, "vxlan5001").size() == 2);
    }
    return hosts;
  }

  /** Writes the part of vxland.conf that begins in {@code [control]}. */
  void configure(int host, String control) {
    lab.hostWithInput(
            host,
            "[host]\naddress = 10.99.0." + host + "\n[control]\n" + control,
            "tee",
            "/etc/vxland/vxland.conf")
        .must();
  }

  void mustBeWell() {
    for (int host = 1; host < STRANGER; host++) {
      int there = host;
      await("h" + host + " is well")
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(status(there).path("problems"))
                      .as("problems of h%d", there)
                      .isEmpty());
      mustPlanNothing(host);
    }
  }

  void mustPlanNothing(int host) {
    await("h" + host + " is as it shall be")
        .atMost(SOON)
        .until(() -> lab.answer(host, "/v1/plan"), "{\"changes\":[],\"problems\":[]}"::equals);
  }

  JsonNode status(int host) {
    return json(lab.answer(host, "/v1/status"));
  }

  List<String> problems(int host) {
    List<String> problems = new ArrayList<>();
    status(host)
        .path("problems")
        .forEach(
            each ->
                problems.add(each.path("subject").asText() + ": " + each.path("message").asText()));
    return problems;
  }

  /** A session that was just configured stands, and has brought the other's routes. */
  void awaitRoutes(int host, int from) {
    String neighbour = "10.99.0." + from;
    await("h" + host + " has routes of h" + from + " itself")
        .atMost(SOON)
        .until(
            () ->
                json(lab.host(host, "vtysh", "-c", "show bgp l2vpn evpn summary json").must())
                    .path("peers")
                    .path(neighbour)
                    .path("pfxRcd")
                    .asInt(),
            routes -> routes > 0);
  }

  /** What zebra knows of a card in network blue; missing where it knows none. */
  JsonNode card(int host, String mac) {
    return json(lab.host(host, "vtysh", "-c", "show evpn mac vni 5001 json").must())
        .path("macs")
        .path(mac);
  }

  /** The host behind which a host's VXLAN device has a card; "" for none. */
  String place(int host, String mac) {
    for (JsonNode entry : fdb(host, "vxlan5001")) {
      if (entry.path("mac").asText().equals(mac) && entry.has("dst")) {
        return entry.path("dst").asText();
      }
    }
    return "";
  }

  /** For which card a host answers who looks for an address, and who says so; "" for none. */
  String neighbour(int host, String address) {
    for (JsonNode entry :
        json(lab.host(host, "ip", "-j", "neigh", "show", "dev", "br5001").must())) {
      if (entry.path("dst").asText().equals(address)) {
        boolean routed = entry.has("extern_learn");
        return entry.path("lladdr").asText() + (routed ? " zebra" : " " + entry.path("state"));
      }
    }
    return "";
  }

  /** Whose zebra says an address is: "local", "remote", or "" for nobody's. */
  String owner(int host, String address) {
    return json(lab.host(host, "vtysh", "-c", "show evpn arp-cache vni 5001 json").must())
        .path(address)
        .path("type")
        .asText();
  }

  /** Where a host sends what has no known place. */
  List<String> flood(int host, String device) {
    List<String> hosts = new ArrayList<>();
    for (JsonNode entry : fdb(host, device)) {
      if (entry.path("mac").asText().equals("00:00:00:00:00:00")) {
        hosts.add(entry.path("dst").asText());
      }
    }
    return hosts.stream().sorted().toList();
  }

  /** All that is said of other hosts. */
  List<String> remote(int host) {
    List<String> entries = new ArrayList<>();
    fdb(host, "vxlan5001")
        .forEach(
            entry -> {
              if (!entry.path("state").asText().equals("permanent") || entry.has("dst")) {
                entries.add(
                    entry.path("mac").asText()
                        + " "
                        + entry.path("dst").asText()
                        + " "
                        + entry.path("flags"));
              }
            });
    return entries.stream().sorted().toList();
  }

  private JsonNode fdb(int host, String device) {
    return json(lab.host(host, "bridge", "-j", "fdb", "show", "dev", device).must());
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.vxland.tests.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.tests.lab.Lab;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The hosts of a lab with etcd, and what their kernels and libvirts have. */
final class EtcdHosts {
  static final int COUNT = 3;

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Lab lab;

  EtcdHosts(Lab lab) {
    this.lab = lab;
  }

  static IntStream all() {
    return IntStream.rangeClosed(1, COUNT);
  }

  static String vtep(int host) {
    return "10.99.0." + host;
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException broken) {
      throw new AssertionError(text, broken);
    }
  }

  String virsh(int host, String... command) {
    String[] words = new String[command.length + 1];
    words[0] = "virsh";
    System.arraycopy(command, 0, words, 1, command.length);
    return lab.host(host, words).out();
  }

  /** Whether libvirt has a network of this name, started, and starts it by itself. */
  boolean hasNetwork(int host, String name) {
    String info = virsh(host, "net-info", name);
    return info.matches("(?s).*Active:\\s+yes.*Autostart:\\s+yes.*");
  }

  void awaitNetworkOnAll(String name) {
    all()
        .forEach(
            host ->
                await(name + " is on h" + host)
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(hasNetwork(host, name)).isTrue()));
  }

  void awaitNetworkGone(String name) {
    all()
        .forEach(
            host ->
                await(name + " is not on h" + host)
                    .atMost(SOON)
                    .untilAsserted(
                        () ->
                            assertThat(virsh(host, "net-list", "--all", "--name").lines())
                                .doesNotContain(name)));
  }

  /**
   * Puts an endpoint p into a network on each host, with the address {@code .101} and so on.
   *
   * @param prefix the first three numbers of the addresses
   */
  void endpoints(int vni, String prefix) {
    all()
        .forEach(
            host ->
                lab.endpoint(
                        host,
                        "p",
                        "--bridge",
                        "br" + vni,
                        "--mtu",
                        "1450",
                        "--ip",
                        prefix + ".10" + host + "/24")
                    .must());
  }

  /** The VNI of a network, as the host's libvirt has it. */
  int vni(int host, String name) {
    String xml = lab.host(host, "virsh", "net-dumpxml", name).must();
    return Integer.parseInt(xml.replaceAll("(?s).*vni=.([0-9]+)..*", "$1"));
  }

  /** Where a host's kernel sends frames for cards, by MAC; floods are not among them. */
  Map<String, String> places(int host, int vni) {
    JsonNode entries =
        json(lab.host(host, "bridge", "-j", "fdb", "show", "dev", "vxlan" + vni).must());
    Map<String, String> places = new TreeMap<>();
    for (JsonNode entry : entries) {
      if (entry.has("dst") && !entry.get("mac").asText().equals("00:00:00:00:00:00")) {
        places.put(entry.get("mac").asText(), entry.get("dst").asText());
      }
    }
    return places;
  }

  /** Who says where a host sends frames for a card, or what is flooded, as its daemon tells it. */
  JsonNode told(int host, String network, String mac, int at) {
    for (JsonNode entry : json(lab.answer(host, "/v1/fdb?network=" + network))) {
      if (entry.get("mac").asText().equals(mac) && entry.get("vtep").asText().equals(vtep(at))) {
        return entry;
      }
    }
    throw new AssertionError(mac + " is not at h" + at + " for the daemon of h" + host);
  }

  void awaitPlace(int host, int vni, String mac, int at) {
    await("h" + host + " knows that " + mac + " is at h" + at)
        .atMost(SOON)
        .untilAsserted(() -> assertThat(places(host, vni)).containsEntry(mac, vtep(at)));
  }

  void awaitNoPlace(int host, int vni, String mac) {
    await("h" + host + " does not know " + mac)
        .atMost(SOON)
        .untilAsserted(() -> assertThat(places(host, vni)).doesNotContainKey(mac));
  }

  /** All hosts are as they should be, and say so. */
  void awaitHealthy() {
    all()
        .forEach(
            host ->
                await("h" + host + " is healthy")
                    .atMost(SOON)
                    .untilAsserted(
                        () -> {
                          JsonNode status = json(lab.answer(host, "/v1/status"));
                          assertThat(status.path("problems")).as("%s", status).isEmpty();
                          assertThat(status.path("inSync").asBoolean()).isTrue();
                          assertThat(status.at("/libvirt/connected").asBoolean()).isTrue();
                        }));
    all()
        .forEach(
            host ->
                assertThat(lab.daemon(host, "log").must().lines())
                    .as("log of h%d", host)
                    .noneMatch(line -> line.contains(" ERROR ") || line.contains("bug in vxland")));
  }

  /** Whether a host says that it cannot reach etcd. */
  boolean missesEtcd(int host) {
    return json(lab.answer(host, "/v1/status"))
        .path("problems")
        .findValuesAsText("subject")
        .contains("etcd");
  }
}

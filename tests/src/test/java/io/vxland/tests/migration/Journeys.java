package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Migrations between three hosts: how they are begun, and what must be true in the end. */
final class Journeys {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern COUNTS =
      Pattern.compile("(\\d+) packets transmitted, (\\d+) received");

  private final Lab lab;
  private final ThreeHosts hosts;

  Journeys(Lab lab) {
    this.lab = lab;
    hosts = new ThreeHosts(lab);
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      lab.host(host, "vxctl", "network", "define", "green", "--vni", "5002").must();
      lab.endpoint(host, "g", "--bridge", "br5002", "--ip", "10.60.0.10" + host + "/24").must();
    }
  }

  void start(Vm vm, int host) {
    hosts.startVm(vm.name(), vm.number(), host);
    lab.waitGuest(host, vm.name()).must();
  }

  /** Runs {@code virsh migrate}; a failure is the caller's. */
  Result migrate(Vm vm, int from, int to, String... options) {
    List<String> command = new ArrayList<>(List.of("virsh", "migrate"));
    command.addAll(List.of(options));
    command.add(vm.name());
    command.add("qemu+tcp://10.98.0." + to + "/system");
    if (!List.of(options).contains("--tunnelled")) {
      command.add("tcp://10.98.0." + to);
    }
    return lab.host(from, command.toArray(String[]::new));
  }

  CompletableFuture<Result> migrating(Vm vm, int from, int to, String... options) {
    return CompletableFuture.supplyAsync(() -> migrate(vm, from, to, options));
  }

  /** The pid of a VM's QEMU, once it runs there. */
  long awaitQemu(Vm vm, int host) {
    String file = "/run/libvirt/qemu/" + vm.name() + ".pid";
    await(vm + " has a QEMU on h" + host)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> lab.host(host, "test", "-s", file).ok());
    return Long.parseLong(lab.host(host, "cat", file).must().strip());
  }

  /** Waits until memory of a VM goes over to another host. */
  void awaitCopying(Vm vm, int host) {
    await(vm + " is copied away from h" + host)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> lab.host(host, "virsh", "domjobinfo", vm.name()).out().contains("Iteration"));
  }

  void awaitState(Vm vm, int host, String state) {
    await(vm + " is " + state + " on h" + host)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> state(vm, host), state::equals);
  }

  /** {@code running (migrated)} and the like; empty if there is none. */
  String state(Vm vm, int host) {
    return lab.host(host, "virsh", "domstate", "--reason", vm.name()).out().strip();
  }

  /** The hosts on which it has a QEMU. */
  Set<Integer> placesOf(Vm vm) {
    Set<Integer> places = new TreeSet<>();
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      List<String> names = lab.host(host, "virsh", "list", "--name").must().lines().toList();
      if (names.stream().anyMatch(line -> line.strip().equals(vm.name()))) {
        places.add(host);
      }
    }
    return places;
  }

  /** Pings a VM every 2 ms until it is closed, from a host's endpoint. */
  Watch pinging(int host, Vm vm) {
    Watch ping =
        Watch.of(lab.startInEndpoint(host, "p", "ping", "-i", "0.002", "-W", "5", vm.address()));
    return ping.await("pings are answered", line -> line.contains("icmp_seq=20 "));
  }

  /** Ends such a ping, once it is answered again, and says how many were not. */
  int lost(Watch ping) {
    long answered = ping.lines().size();
    await("pings are answered")
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> ping.lines().size() > answered + 100);
    String summary = String.join("\n", ping.interrupt());
    Matcher counts = COUNTS.matcher(summary);
    assertThat(counts.find()).as("counts of a ping").isTrue();
    int sent = Integer.parseInt(counts.group(1));
    assertThat(sent).as("pings sent").isGreaterThan(200);
    assertThat(summary).as("no ping is answered twice").doesNotContain("duplicates", "DUP!");
    return sent - Integer.parseInt(counts.group(2));
  }

  /** What every test ends with: the VM is reached where it runs, and nothing else is left. */
  void mustHaveEndedOn(int host, Vm vm) {
    assertThat(placesOf(vm)).as("where %s runs", vm).containsExactly(host);
    mustBeReached(host, vm);
    mustHaveLeftNothing();
    mustBeReached(host, vm);
  }

  /** All hosts get every answer of it, and their kernels know where it is. */
  void mustBeReached(int host, Vm vm) {
    hosts.mustReach(vm.number());
    mustBeKnownOn(host, vm.mac(), 5001);
  }

  /** The kernels of all hosts know a MAC to be on a host. */
  void mustBeKnownOn(int host, String mac, int vni) {
    for (int other = 1; other <= ThreeHosts.COUNT; other++) {
      Set<String> places = placesKnownTo(other, mac, vni);
      if (other == host) {
        assertThat(places)
            .as("where h%d has %s", other, mac)
            .hasSize(1)
            .allMatch(place -> place.startsWith("vnet"));
      } else {
        assertThat(places)
            .as("where h%d has %s", other, mac)
            .containsExactly("vxlan" + vni, "vxlan" + vni + " 10.99.0." + host);
      }
    }
  }

  /**
   * Where a host's kernel has a MAC: {@code DEVICE} of the bridge, {@code DEVICE VTEP} of a VXLAN
   * device. On the host where it runs, what the VXLAN device remembers does not count: the bridge
   * sends nothing there.
   */
  private Set<String> placesKnownTo(int host, String mac, int vni) {
    Set<String> bridge = new TreeSet<>();
    Set<String> tunnel = new TreeSet<>();
    for (JsonNode entry : json(lab.host(host, "bridge", "-j", "fdb", "show").must())) {
      String device = entry.path("ifname").asText();
      if (!entry.path("mac").asText().equals(mac)) {
        continue;
      }
      if (entry.has("dst")) {
        if (device.equals("vxlan" + vni)) {
          tunnel.add(device + " " + entry.path("dst").asText());
        }
      } else if (entry.path("master").asText().equals("br" + vni)) {
        bridge.add(device);
      }
    }
    if (bridge.contains("vxlan" + vni)) {
      bridge.addAll(tunnel);
    }
    return bridge;
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  /** No device, table, entry or queue length of a migration is left, and the logs are calm. */
  void mustHaveLeftNothing() {
    hosts.awaitNothingLeft();
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      assertThat(lab.daemon(host, "log").must().lines())
          .as("log of h%d", host)
          .noneMatch(line -> line.contains(" ERROR ") || line.contains("bug in vxland"));
      assertThat(lab.host(host, "sh", "-c", "cat /sys/class/net/vnet*/tx_queue_len").out().lines())
          .as("queue lengths of h%d", host)
          .allMatch("1000"::equals);
    }
  }
}

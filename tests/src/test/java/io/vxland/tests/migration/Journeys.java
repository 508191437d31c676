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
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Migrations between three hosts: how they are begun, and what must be true in the end. */
final class Journeys {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FEW = 10;

  /** What is not as it is without any migration, a line each. */
  private static final String LEFTOVERS =
      """
      rules=$(nft list ruleset)
      for vni in 5001 5002; do
        taps=$(ls /sys/class/net/br$vni/brif | grep -c '^vnet')
        devices=$(ls /sys/class/net | grep -c "^vxmig$vni$")
        outlets=$(ls /sys/class/net/br$vni/brif | grep -c "^vxout$vni$")
        chains=$(grep -c "chain vxmig$vni " <<<"$rules")
        [ $((taps > 0)) = $devices ] || echo "$taps taps in $vni, $devices tunnels"
        [ $devices = $outlets ] || echo "$devices tunnels of $vni, $outlets ways into them"
        [ ! -e /sys/class/net/br$vni/brif/vxmig$vni ] || echo "what comes out of vxmig$vni is bridged"
        [ $devices = $chains ] || echo "$devices tunnels of $vni, $chains chains"
      done
      grep 'fwd to' <<<"$rules"
      bridge fdb show | grep extern_learn | grep -v -E "$1"
      grep -vx 1000 /sys/class/net/vnet*/tx_queue_len 2>/dev/null
      true
      """;

  /** How hosts get to know where a VM is. */
  enum Places {
    /** From frames: nothing is said to a bridge but for a migration. */
    LEARNED("^$"),
    /** By a control plane, before the VM has sent any. */
    TOLD("dev (vxlan|vnet)");

    /** The entries that stay. */
    private final String stay;

    Places(String stay) {
      this.stay = stay;
    }
  }

  private final Lab lab;
  private final Places told;
  private final ThreeHosts hosts;

  Journeys(Lab lab) {
    this(lab, Places.LEARNED);
  }

  Journeys(Lab lab, Places told) {
    this.lab = lab;
    this.told = told;
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

  /**
   * Starts a guest anew that runs, but does not write to its console any more.
   *
   * @return the host on which it is then; empty if it is well
   */
  OptionalInt replaceIfHung(Vm vm) {
    return HungGuests.replaced(lab, ThreeHosts.COUNT, vm.name());
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

  /** Waits for a state; the reason after it may be any. */
  void awaitState(Vm vm, int host, String state, Duration bound) {
    await(vm + " is " + state + " on h" + host)
        .atMost(bound)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> state(vm, host).startsWith(state));
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

  /** Pings a VM every 5 ms until it is closed, from a host's endpoint. */
  Watch pinging(int host, Vm vm) {
    return pinging(host, "p", vm.address());
  }

  Watch pinging(int host, String endpoint, String address) {
    Watch ping =
        Watch.of(lab.startInEndpoint(host, endpoint, "ping", "-i", "0.005", "-W", "5", address));
    return ping.await("pings are answered", line -> line.contains("icmp_seq=20 "));
  }

  /**
   * Ends such a ping, once it is answered again, and says how many were not answered before the
   * last that was.
   */
  int lost(Watch ping) {
    return answers(ping).lost();
  }

  /** Ends such a ping; few may be lost, see {@link Answers#areFewLost}. */
  void mustHaveLostFew(Watch ping) {
    Answers answers = answers(ping);
    assertThat(answers.areFewLost(FEW, Duration.ofMillis(5))).as("%s", answers).isTrue();
  }

  private static Answers answers(Watch ping) {
    int enough = Math.max(ping.lines().size() + 20, 150);
    await("pings are answered")
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> ping.lines().size() > enough);
    Answers answers = Answers.of("a ping", ping.interrupt());
    assertThat(answers.twice()).as("%s", answers).isZero();
    return answers;
  }

  /** What every test ends with: the VM is reached where it runs, and nothing else is left. */
  void mustHaveEndedOn(int host, Vm vm) {
    assertThat(placesOf(vm)).as("where %s runs", vm).containsExactly(host);
    mustBeReached(host, vm);
    mustHaveLeftNothing();
    mustBeReached(host, vm);
  }

  /**
   * All hosts get every answer of it, and their kernels know where it is. A host that gives up an
   * entry of its own, as it does when a migration to it has failed, takes what the kernel has
   * learned in its place along; the next answer brings it back.
   */
  void mustBeReached(int host, Vm vm) {
    hosts.mustReach(vm.number());
    await("all hosts know where " + vm + " is")
        .atMost(SOON)
        .untilAsserted(
            () -> {
              hosts.mustReach(vm.number());
              mustBeKnownOn(host, vm.mac(), 5001);
            });
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

  /**
   * Nothing of a migration is left: a tunnel only where there are VMs, nothing delivered or
   * redirected, no long queue, no plan, and no complaint in the logs.
   */
  void mustHaveLeftNothing() {
    // Who was cut off from its control plane for a moment delivers until it is sure again.
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      int one = host;
      await("h" + host + " hears of the others")
          .atMost(SOON)
          .until(() -> json(lab.answer(one, "/v1/status")).at("/control/current").asBoolean());
    }
    await("nothing of a migration is left")
        .atMost(SOON)
        .untilAsserted(
            () -> {
              List<String> all = new ArrayList<>();
              for (int host = 1; host <= ThreeHosts.COUNT; host++) {
                String prefix = "h" + host + ": ";
                lab.host(host, "bash", "-c", LEFTOVERS, "bash", told.stay)
                    .must()
                    .lines()
                    .map(prefix::concat)
                    .forEach(all::add);
              }
              assertThat(all).isEmpty();
            });
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      int one = host;
      await("h" + host + " has nothing to do")
          .atMost(SOON)
          .until(() -> lab.answer(one, "/v1/plan"), "{\"changes\":[],\"problems\":[]}"::equals);
      assertThat(lab.daemon(host, "log").must().lines())
          .as("log of h%d", host)
          .noneMatch(line -> line.contains(" ERROR ") || line.contains("bug in vxland"));
    }
  }
}

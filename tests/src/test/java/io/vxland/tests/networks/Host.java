package io.vxland.tests.networks;

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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** One host of a lab, read back with the tools of iproute2 and libvirt. */
public final class Host {
  /** Longer than any change needs to reach the kernel, on a machine that does other things. */
  public static final Duration SOON = Duration.ofSeconds(30);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Lab lab;
  private final int index;

  public Host(Lab lab, int index) {
    this.lab = lab;
    this.index = index;
  }

  public static List<Host> all(Lab lab, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(index -> new Host(lab, index)).toList();
  }

  public int index() {
    return index;
  }

  /** Its address on an IPv4 underlay. */
  public String vtep() {
    return "10.99.0." + index;
  }

  public Lab lab() {
    return lab;
  }

  public Result run(String... command) {
    return lab.host(index, command);
  }

  /** Runs a shell command that must succeed. */
  public String sh(String script) {
    return run("sh", "-c", script).must();
  }

  public JsonNode json(String... command) {
    return parse(run(command).must());
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  /** Has vxctl define and start a network on a Linux bridge, and waits for its VXLAN device. */
  public void defineNetwork(String name, int vni) {
    run("vxctl", "network", "define", name, "--vni", Integer.toString(vni)).must();
    awaitLink("vxlan" + vni);
  }

  /** Replaces the networks of the configuration and reloads it. */
  public void configure(String networks) {
    lab.hostWithInput(
            index,
            networks,
            "sh",
            "-c",
            "mkdir -p /etc/vxland/networks.d && cat >/etc/vxland/networks.d/test.conf")
        .must();
    lab.daemon(index, "reload").must();
  }

  /** {@code ip -j -d link show} of a device. */
  public JsonNode link(String device) {
    return json("ip", "-j", "-d", "link", "show", "dev", device).get(0);
  }

  public boolean has(String device) {
    return run("ip", "link", "show", "dev", device).ok();
  }

  public void awaitLink(String device) {
    await(this + " has " + device).atMost(SOON).until(() -> has(device) && isUp(device));
  }

  public void awaitNoLink(String device) {
    await(this + " has no " + device).atMost(SOON).until(() -> !has(device));
  }

  private boolean isUp(String device) {
    return run("ip", "link", "show", "dev", device, "up").out().contains(device);
  }

  /** All devices of bridges and VXLAN. */
  public Set<String> overlayDevices() {
    Set<String> names = new TreeSet<>();
    for (String kind : List.of("bridge", "vxlan", "macvlan")) {
      for (JsonNode link : json("ip", "-j", "-d", "link", "show", "type", kind)) {
        if (link.has("ifname")) {
          names.add(link.get("ifname").asText());
        }
      }
    }
    return names;
  }

  /** {@code bridge -j fdb show} of a device. */
  public Set<Fdb> fdb(String device) {
    return StreamSupport.stream(
            json("bridge", "-j", "fdb", "show", "dev", device).spliterator(), false)
        .map(Host::entry)
        .collect(Collectors.toSet());
  }

  /** Entries of a VXLAN device itself that the kernel has not learned. */
  public Set<Fdb> fixed(String vxlan) {
    return fdb(vxlan).stream()
        .filter(entry -> entry.self() && !entry.state().isEmpty())
        .collect(Collectors.toSet());
  }

  /** Entries of a VXLAN device itself that the kernel has learned. */
  public Set<Fdb> learned(String vxlan) {
    return fdb(vxlan).stream()
        .filter(entry -> entry.self() && entry.state().isEmpty())
        .collect(Collectors.toSet());
  }

  private static Fdb entry(JsonNode node) {
    boolean self =
        StreamSupport.stream(node.path("flags").spliterator(), false)
            .anyMatch(flag -> flag.asText().equals("self"));
    return new Fdb(
        node.path("mac").asText(), node.path("dst").asText(), node.path("state").asText(), self);
  }

  /** Addresses of a device as ADDRESS/LENGTH. */
  public Set<String> addresses(String device) {
    Set<String> found = new TreeSet<>();
    for (JsonNode info :
        json("ip", "-j", "address", "show", "dev", device).get(0).get("addr_info")) {
      found.add(info.get("local").asText() + "/" + info.get("prefixlen").asText());
    }
    return found;
  }

  /** Permanent neighbour entries of a device as ADDRESS MAC. */
  public Set<String> neighbours(String device) {
    Set<String> found = new TreeSet<>();
    for (JsonNode node : json("ip", "-j", "neigh", "show", "dev", device, "nud", "permanent")) {
      found.add(node.get("dst").asText() + " " + node.get("lladdr").asText());
    }
    return found;
  }

  public void mustPing(String address) {
    run("ping", "-c", "2", "-i", "0.05", "-W", "10", address).must();
  }

  /** Defines and starts a network of libvirt as an administrator does. */
  public void define(String xml, String name) {
    lab.hostWithInput(index, xml, "virsh", "-q", "net-define", "/dev/stdin").must();
    run("virsh", "-q", "net-start", name).must();
  }

  public boolean isActive(String network) {
    return run("virsh", "net-info", network).out().matches("(?s).*Active:\\s+yes.*");
  }

  public JsonNode vxctl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("vxctl", "--json"));
    command.addAll(List.of(arguments));
    return json(command.toArray(String[]::new));
  }

  /** What the daemon answers, as {@code vxctl --json} prints it. */
  public JsonNode answer(String path) {
    String answer = lab.answer(index, path);
    if (answer.isEmpty()) {
      throw new AssertionError(this + " does not answer " + path);
    }
    return parse(answer);
  }

  /** Whether the daemon is connected to libvirt; {@code vxctl status} exits 4 when it is not. */
  public boolean seesLibvirt() {
    return parse(lab.answer(index, "/v1/status")).at("/libvirt/connected").asBoolean();
  }

  /** The daemon wants no change and knows of no problem. */
  public void awaitEmptyPlan() {
    await(this + " has nothing to do")
        .atMost(SOON)
        .until(() -> lab.answer(index, "/v1/plan"), "{\"changes\":[],\"problems\":[]}"::equals);
  }

  @Override
  public String toString() {
    return "h" + index;
  }
}

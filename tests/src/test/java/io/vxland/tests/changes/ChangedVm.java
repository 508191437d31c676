package io.vxland.tests.changes;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.Result;
import io.vxland.tests.networks.Host;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A VM whose NICs are changed with virsh while it runs, and what libvirt, the kernel and vxland say
 * of them.
 *
 * @param name the VM's
 * @param onSwitch whether its networks are on Open vSwitch
 */
record ChangedVm(String name, boolean onSwitch) {
  private static final int SLOTS = 6;

  /**
   * A NIC's place.
   *
   * @param network the network of ours; "" for none
   * @param tap the device
   * @param bridge its bridge
   */
  record Place(String network, String tap, String bridge) {}

  /** Defines and starts it; it can take more NICs later. */
  void start(Host host, String mac, String address) {
    Lab lab = host.lab();
    lab.guest(
            host.index(),
            name,
            "--network",
            "blue",
            "--mac",
            mac,
            "--ip",
            address,
            "--mtu",
            "1450",
            "--define-only")
        .must();
    String slots =
        "<controller type='pci' index='0' model='pcie-root'/>"
            + "<controller type='pci' model='pcie-root-port'/>".repeat(SLOTS);
    String xml =
        host.run("virsh", "dumpxml", "--inactive", name)
            .must()
            .replaceAll("(?s)<controller type='pci'[^>]*?(/>|>.*?</controller>)", "")
            .replaceAll("<address type='pci'[^>]*/>", "")
            .replace("<devices>", "<devices>" + slots);
    lab.hostWithInput(host.index(), xml, "virsh", "-q", "define", "/dev/stdin").must();
    host.run("virsh", "-q", "start", name).must();
  }

  /** Runs a command of virsh that changes the VM, with a NIC's description as its file. */
  Result virsh(Host host, String command, String nic, String... options) {
    String[] words = new String[5 + options.length];
    words[0] = "virsh";
    words[1] = "-q";
    words[2] = command;
    words[3] = name;
    words[4] = "/dev/stdin";
    System.arraycopy(options, 0, words, 5, options.length);
    return host.lab().hostWithInput(host.index(), nic, words);
  }

  void attach(Host host, String nic) {
    virsh(host, "attach-device", nic, "--live").must();
  }

  void update(Host host, String nic) {
    virsh(host, "update-device", nic, "--live").must();
  }

  /** Detaches a NIC, and waits for the guest, which has to let it go. */
  void detach(Host host, String mac) {
    virsh(host, "detach-device", document(host, mac), "--live").must();
    await("the guest has let " + mac + " go").atMost(Host.SOON).until(() -> !has(host, mac));
  }

  /** Whether libvirt has a NIC now. */
  boolean has(Host host, String mac) {
    return host.run("virsh", "dumpxml", name).must().contains(mac);
  }

  /** A NIC of a network. */
  String onNetwork(String mac, String network, String more) {
    return nic("network", mac, "<source network='" + network + "'/>" + more);
  }

  /** A NIC on a bridge that no network names. */
  String onBridge(String mac, String bridge, String more) {
    boolean ovs = onSwitch && !bridge.startsWith("lan");
    String port = ovs ? "<virtualport type='openvswitch'/>" : "";
    return nic("bridge", mac, "<source bridge='" + bridge + "'/>" + port + more);
  }

  /** Open vSwitch in user space does not finish checksums, as tests/lab/guest knows. */
  private String nic(String type, String mac, String content) {
    String driver =
        onSwitch
            ? "<driver name='qemu'><host csum='off' gso='off' tso4='off' tso6='off' ecn='off'"
                + " ufo='off'/></driver>"
            : "";
    return """
        <interface type='%s'><mac address='%s'/>%s<model type='virtio'/>%s
        <mtu size='1450'/><rom enabled='no'/></interface>"""
        .formatted(type, mac, content, driver);
  }

  /** A NIC as libvirt has it now. */
  String document(Host host, String mac) {
    Matcher nics =
        Pattern.compile("(?s)<interface .*?</interface>")
            .matcher(host.run("virsh", "dumpxml", name).must());
    while (nics.find()) {
      if (nics.group().contains(mac)) {
        return nics.group();
      }
    }
    throw new AssertionError("VM " + name + " has no NIC " + mac);
  }

  /** The tap of a NIC, as libvirt has it now. */
  String tap(Host host, String mac) {
    return document(host, mac).replaceAll("(?s).*<target dev='([^']*)'.*", "$1");
  }

  /** The VM's NICs in networks of ours by their MAC addresses, as vxland says. */
  Map<String, Place> said(Host host) {
    Map<String, Place> places = new TreeMap<>();
    for (JsonNode port : host.answer("/v1/ports")) {
      if (port.path("domain").asText().equals(name)) {
        places.put(
            port.path("mac").asText(),
            new Place(
                port.path("network").asText(),
                port.path("tap").asText(),
                port.path("bridge").asText()));
      }
    }
    return places;
  }

  /** Waits until vxland says so, and prints how long that took since virsh had returned. */
  void awaitSaid(Host host, String what, Map<String, Place> expected) {
    long since = System.nanoTime();
    try {
      await(what)
          .atMost(Duration.ofSeconds(10))
          .pollDelay(Duration.ZERO)
          .until(() -> said(host), expected::equals);
    } catch (ConditionTimeoutException never) {
      throw new AssertionError(what + ": expected " + expected + ", vxland says " + said(host));
    }
    System.out.printf(
        "%s: said %d ms after virsh, the question included%n",
        what, (System.nanoTime() - since) / 1_000_000);
  }
}

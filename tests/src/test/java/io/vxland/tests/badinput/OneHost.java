package io.vxland.tests.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** What these tests do to the one host of their lab. */
final class OneHost {
  private final Lab lab;

  OneHost(Lab lab) {
    this.lab = lab;
  }

  Lab lab() {
    return lab;
  }

  Result run(String... command) {
    return lab.host(1, command);
  }

  String sh(String script) {
    return lab.host(1, "sh", "-ec", script).must();
  }

  /** Runs a hook script as libvirt does. */
  Result hook(String driver, String object, String operation, String input) {
    return lab.hostWithInput(
        1, input, "/etc/libvirt/hooks/" + driver + ".d/50-vxland", object, operation, "begin", "-");
  }

  static String network(String name, String vni, String bridge) {
    return """
    <network><name>%s</name>
    <metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='%s' template='bridge'/></metadata>
    <forward mode='bridge'/><bridge name='%s'/></network>
    """
        .formatted(name, vni, bridge);
  }

  /** Defines a network and tries to start it; undefined again if that fails. */
  Result start(String name, String vni, String bridge) {
    lab.hostWithInput(1, network(name, vni, bridge), "virsh", "net-define", "/dev/stdin").must();
    Result started = run("virsh", "net-start", name);
    if (!started.ok()) {
      run("virsh", "net-undefine", name).must();
    }
    return started;
  }

  void configure(String text) {
    lab.hostWithInput(1, text, "sh", "-c", "cat > /etc/vxland/vxland.conf").must();
  }

  /** Links, entries and addresses as iproute2 shows them, without ages. */
  String kernel() {
    return sh("ip -o link; bridge fdb | sort; ip -o addr; ip neigh show nud permanent")
        .replaceAll("(valid_lft|preferred_lft) \\S+", "")
        // The host's own cards end their duplicate address detection some time after it is up.
        .replace(" tentative", "");
  }

  String status() {
    return run("vxctl", "status").out();
  }

  String log() {
    return lab.daemon(1, "log").must();
  }

  long pid() {
    String first = lab.daemon(1, "status").must().lines().findFirst().orElseThrow();
    return Long.parseLong(first.replace("running ", "").strip());
  }

  /** The daemon's socket, as it is seen from outside the host. */
  Path socket() {
    return Path.of("/proc", Long.toString(pid()), "root/run/vxland/api.sock");
  }

  /** Waits until no device of vxland is left. */
  void awaitSwept() {
    Awaitility.await("all networks gone")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(sh("ip link")).doesNotContain("vxland:vni="));
  }

  /** Waits until the status page is as wanted; its last text is in the failure. */
  void awaitStatus(String what, Predicate<String> wanted) {
    Awaitility.await(what)
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(status()).matches(wanted));
  }
}

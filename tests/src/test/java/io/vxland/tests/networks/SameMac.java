package io.vxland.tests.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import java.util.List;

/** Two VMs of two hosts with one MAC address on network blue. */
public final class SameMac {
  public static final String MAC = "52:54:00:00:00:0a";

  private final Lab lab;

  public SameMac(Lab lab) {
    this.lab = lab;
  }

  /** Starts one, with its link down if that is said. */
  public void start(int host, String name, String address, boolean linked) {
    lab.guest(
            host,
            name,
            "--network",
            "blue",
            "--mac",
            MAC,
            "--ip",
            address,
            "--mtu",
            "1450",
            "--define-only")
        .must();
    String xml = lab.host(host, "virsh", "dumpxml", name).must();
    String mac = "<mac address='" + MAC + "'/>";
    assertThat(xml).contains(mac);
    lab.hostWithInput(
            host,
            linked ? xml : xml.replace(mac, mac + "<link state='down'/>"),
            "virsh",
            "-q",
            "define",
            "/dev/stdin")
        .must();
    lab.host(host, "virsh", "-q", "start", name).must();
    await("h" + host + " has port " + name)
        .atMost(Host.SOON)
        .until(() -> lab.host(host, "vxctl", "port", "list").out().contains(name));
  }

  /** What a host's daemon says of the MAC address. */
  public List<String> said(int host) {
    return lab.host(host, "vxctl", "status")
        .out()
        .lines()
        .filter(line -> line.contains(MAC))
        .toList();
  }

  public void awaitSaidOn(int... hosts) {
    for (int host : hosts) {
      await("h" + host + " says that " + MAC + " is on two hosts")
          .atMost(Host.SOON)
          .until(() -> !said(host).isEmpty());
    }
  }

  public void mustBeQuiet(int... hosts) {
    for (int host : hosts) {
      await("h" + host + " says nothing of " + MAC)
          .atMost(Host.SOON)
          .until(() -> said(host).isEmpty());
    }
  }

  /** How often the kernel of a host has said that an entry for the MAC address changed. */
  public static long changes(String monitor) {
    return monitor.lines().filter(line -> line.contains(MAC)).count();
  }
}

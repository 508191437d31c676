package io.vxland.tests.networks;

import java.util.List;

/**
 * An address that machines of a network hand to each other together with its MAC address, as
 * keepalived with use_vmac does (RFC 5798, section 7.3): libvirt knows nothing of either.
 */
public final class FloatingAddress {
  /** That of VRRP's virtual router 10. */
  private static final String MAC = "00:00:5e:00:01:0a";

  private final String address;
  private final List<Endpoint> clients;

  /**
   * Creates one that nobody has yet.
   *
   * @param address with its prefix length
   * @param clients those that talk to it; all have talked to it before it moves
   */
  public FloatingAddress(String address, List<Endpoint> clients) {
    this.address = address;
    this.clients = clients;
  }

  /**
   * A machine becomes the master, and the kernel announces the address. Within two seconds each
   * client reaches it, within one if this machine has nothing else to do: Open vSwitch looks twice
   * a second whether what its datapath does is still right. Without a cure it takes as long as a
   * bridge's ageing, 300 s.
   */
  public void mustBeReachedAt(Endpoint master) {
    sh(
        master,
        // Nobody but the virtual device answers for the address, as keepalived(8) has it.
        "echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore"
            + " && echo 2 >/proc/sys/net/ipv4/conf/all/arp_announce"
            + " && ip link add vrrp10 link eth0 address "
            + MAC
            + " type macvlan mode private && ip addr add "
            + address
            + " dev vrrp10 && echo 1 >/proc/sys/net/ipv4/conf/vrrp10/arp_notify"
            + " && ip link set vrrp10 up");
    for (Endpoint client : clients) {
      client.run("ping", "-c", "10", "-i", "0.2", "-W", "1", plain()).must();
    }
  }

  /** A machine is the master no more, and does not say so. */
  public void endAt(Endpoint master) {
    sh(master, "ip link delete vrrp10");
  }

  private String plain() {
    return address.substring(0, address.indexOf('/'));
  }

  private static void sh(Endpoint endpoint, String script) {
    endpoint.run("sh", "-c", script).must();
  }
}

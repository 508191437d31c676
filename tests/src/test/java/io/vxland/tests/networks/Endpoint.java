package io.vxland.tests.networks;

import io.vxland.tests.lab.Result;

/**
 * A network namespace with a veth into a host, in place of a VM.
 *
 * @param host where it is plugged in
 * @param name of the namespace, and of the veth in the host
 */
public record Endpoint(Host host, String name) {
  /** Makes it; options are those of {@code tests/lab/ns}. */
  public static Endpoint plug(Host host, String name, String... options) {
    host.lab().endpoint(host.index(), name, options).must();
    return new Endpoint(host, name);
  }

  public Result run(String... command) {
    return host.lab().inEndpoint(host.index(), name, command);
  }

  public void mustPing(String address) {
    run("ping", "-c", "2", "-i", "0.05", "-W", "10", address).must();
  }

  /** Whether one of three pings is answered within a second each. */
  public boolean reaches(String address) {
    return run("ping", "-c", "3", "-i", "0.1", "-W", "1", address).ok();
  }

  /** The largest packet that the network's MTU lets through arrives, one byte more does not. */
  public void mustHaveMtu(int mtu, String address) {
    boolean six = address.contains(":");
    int headers = six ? 48 : 28;
    run("ping", "-c", "1", "-W", "10", "-M", "do", "-s", "" + (mtu - headers), address).must();
    Result larger =
        run("ping", "-c", "1", "-W", "1", "-M", "do", "-s", "" + (mtu - headers + 1), address);
    if (larger.ok()) {
      throw new AssertionError("more than " + mtu + " bytes went through: " + larger);
    }
  }

  public void remove() {
    host.lab().endpoint(host.index(), name, "--delete").must();
  }
}

package io.vxland.libvirt;

import java.util.List;

/**
 * All that libvirt has, at the moment it is delivered: it holds what all events delivered before it
 * have changed.
 *
 * @param networks all networks, ordered by name
 * @param domains all running VMs, ordered by name
 * @param began {@link System#nanoTime} before libvirt was asked: what changed since, events tell
 */
public record Inventory(List<KnownNetwork> networks, List<RunningDomain> domains, long began) {
  /** Copies the lists. */
  public Inventory {
    networks = List.copyOf(networks);
    domains = List.copyOf(domains);
  }
}

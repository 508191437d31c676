package io.vxland.api;

import java.util.List;

/**
 * Another host.
 *
 * @param vtep its address in the underlay
 * @param source who told of it, such as {@code configuration}
 * @param networks the names of the networks that use it
 * @param entries entries of ours in the kernel that point to it
 */
public record Peer(String vtep, String source, List<String> networks, int entries) {
  /** Copies the list. */
  public Peer {
    networks = List.copyOf(networks);
  }
}

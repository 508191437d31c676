package io.vxland.api;

import java.util.List;

/**
 * Another host.
 *
 * @param vtep its address in the underlay
 * @param name its name; empty if it is not known
 * @param source who told of it: {@code configuration} or the control plane
 * @param state whether it is there
 * @param goneSeconds since when it is gone; 0 if it is not
 * @param networks the names of the networks that use it
 * @param entries entries of ours in the kernel that point to it
 */
public record Peer(
    String vtep,
    String name,
    String source,
    State state,
    long goneSeconds,
    List<String> networks,
    int entries) {

  /** Whether a host is there. */
  public enum State {
    /** Nobody tells. */
    UNKNOWN,
    /** It says so. */
    ALIVE,
    /** It has fallen silent. */
    GONE;

    @Override
    public String toString() {
      return Words.of(this);
    }
  }

  /** Copies the list. */
  public Peer {
    networks = List.copyOf(networks);
  }
}

package io.vxland.libvirt;

import java.time.Instant;
import java.util.UUID;

/**
 * A change in the life of a network (libvirt-network.h: virConnectNetworkEventLifecycleCallback).
 *
 * @param network the network's UUID
 * @param name its name
 * @param kind what happened
 * @param time when it came in from libvirt
 */
public record NetworkEvent(UUID network, String name, Kind kind, Instant time) {
  /** virNetworkEventLifecycleType. */
  public enum Kind {
    DEFINED,
    UNDEFINED,
    STARTED,
    STOPPED,
    /** One that a newer libvirt has. */
    UNKNOWN;

    static Kind of(int number) {
      return switch (number) {
        case 0 -> DEFINED;
        case 1 -> UNDEFINED;
        case 2 -> STARTED;
        case 3 -> STOPPED;
        default -> UNKNOWN;
      };
    }
  }
}

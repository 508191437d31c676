package io.vxland.daemon;

import io.vxland.model.LocalPort;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Network ports that a hook of libvirt has announced and that libvirt's document of the VM does not
 * have yet: libvirt is about to plug a NIC, or to move one. Not thread-safe: it is the {@link
 * Cards}'.
 */
final class AwaitedPorts {
  /** One that is not there by then does not come: libvirt has failed, and no hook said so. */
  static final Duration LIMIT = Duration.ofSeconds(15);

  private final Map<UUID, Awaited> ports = new HashMap<>();

  private record Awaited(LocalPort.Key port, long since) {}

  /** A port is announced. */
  void add(UUID id, LocalPort.Key port, long now) {
    ports.values().removeIf(each -> isOver(each, now));
    ports.put(id, new Awaited(port, now));
  }

  /** The port is there, or has gone. */
  void remove(UUID id) {
    ports.remove(id);
  }

  /** The VM has ended. */
  void remove(LocalPort.Key port) {
    ports.values().removeIf(each -> each.port().equals(port));
  }

  /** The id by which a port is awaited. */
  Optional<UUID> idOf(LocalPort.Key port, long now) {
    return ports.entrySet().stream()
        .filter(each -> each.getValue().port().equals(port) && !isOver(each.getValue(), now))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Whether a VM is still to get one. */
  boolean any(UUID domain, long now) {
    return ports.values().stream()
        .anyMatch(each -> each.port().domain().equals(domain) && !isOver(each, now));
  }

  private static boolean isOver(Awaited awaited, long now) {
    return now - awaited.since() > LIMIT.toNanos();
  }
}

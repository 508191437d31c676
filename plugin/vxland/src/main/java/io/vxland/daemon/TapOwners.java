package io.vxland.daemon;

import io.vxland.libvirt.xml.DomainDescription;
import io.vxland.libvirt.xml.Nic;
import io.vxland.model.InterfaceName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Which VM has which tap, as libvirt said last, also of VMs on no network of ours: one of them may
 * turn up in a bridge of ours. Thread-safe.
 */
final class TapOwners {
  private final Map<InterfaceName, UUID> owners = new HashMap<>();

  /** What libvirt says of a VM. */
  synchronized void of(DomainDescription domain) {
    Set<InterfaceName> taps =
        domain.nics().stream()
            .map(Nic::tap)
            .flatMap(Optional::stream)
            .collect(Collectors.toCollection(HashSet::new));
    owners.entrySet().removeIf(each -> each.getValue().equals(domain.uuid()));
    taps.forEach(tap -> owners.put(tap, domain.uuid()));
  }

  /** A VM has ended. */
  synchronized void gone(UUID domain) {
    owners.values().removeIf(domain::equals);
  }

  /** Those that are not among these VMs have ended. */
  synchronized void retain(Set<UUID> domains) {
    owners.values().retainAll(domains);
  }

  /** Whether a VM has any tap. */
  synchronized boolean isRunning(UUID domain) {
    return owners.containsValue(domain);
  }

  /** The VM that has a tap; empty if it is none's. */
  synchronized Optional<UUID> of(InterfaceName tap) {
    return Optional.ofNullable(owners.get(tap));
  }
}

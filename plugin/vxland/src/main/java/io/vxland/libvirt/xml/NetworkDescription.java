package io.vxland.libvirt.xml;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A network of libvirt, ours or not, as written. {@link Overlays} says whether it is ours.
 *
 * @param name the network's name
 * @param uuid its UUID; empty in a definition that libvirt has not seen yet
 * @param forwardMode the mode of {@code <forward>}, {@code nat} if it has none (libvirt's default);
 *     empty without {@code <forward>}: an isolated network
 * @param bridge the name of its bridge
 * @param virtualPort the type of {@code <virtualport>}
 * @param vlan the one VLAN tag of {@code <vlan>}; empty without, and for a trunk
 * @param overlay the attributes of our element in {@code <metadata>}; empty without that element
 */
public record NetworkDescription(
    String name,
    Optional<UUID> uuid,
    Optional<String> forwardMode,
    Optional<String> bridge,
    Optional<String> virtualPort,
    Optional<String> vlan,
    Optional<Map<String, String>> overlay) {

  /** Copies the attributes. */
  public NetworkDescription {
    overlay = overlay.map(Map::copyOf);
  }
}

package io.vxland.libvirt.xml;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
 * @param ports what it says of its ports besides
 * @param overlay the attributes of our element in {@code <metadata>}; empty without that element
 */
public record NetworkDescription(
    String name,
    Optional<UUID> uuid,
    Optional<String> forwardMode,
    Optional<String> bridge,
    Optional<String> virtualPort,
    Optional<String> vlan,
    Ports ports,
    Optional<Map<String, String>> overlay) {

  /**
   * What a network says of its ports, as far as it can be at odds with an overlay.
   *
   * @param macTable the value of {@code macTableManager}; empty: the kernel learns
   * @param vlan whether it has {@code <vlan>} with tags
   * @param nativeVlan whether one of these is a trunk's native VLAN
   * @param groups the tags of each {@code <portgroup>} that has some, by its name
   */
  public record Ports(
      Optional<String> macTable,
      boolean vlan,
      boolean nativeVlan,
      SortedMap<String, List<String>> groups) {
    /** Nothing. */
    public static final Ports PLAIN = new Ports(Optional.empty(), false, false, new TreeMap<>());

    /** Copies the groups. */
    public Ports {
      groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
    }
  }

  /** Copies the attributes. */
  public NetworkDescription {
    overlay = overlay.map(Map::copyOf);
  }
}

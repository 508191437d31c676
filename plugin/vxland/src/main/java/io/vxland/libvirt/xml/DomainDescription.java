package io.vxland.libvirt.xml;

import java.util.List;
import java.util.UUID;

/**
 * What vxland needs to know of a VM.
 *
 * @param uuid the VM's UUID, the same on every host it moves to
 * @param name its name
 * @param nics its cards on networks and bridges, in the order of the document; cards of other kinds
 *     ({@code user}, {@code direct}, {@code hostdev}, ...) are left out
 * @param remarks what is wrong with its metadata, and what would be right; what they say of other
 *     cards counts all the same
 */
public record DomainDescription(UUID uuid, String name, List<Nic> nics, List<String> remarks) {
  /** The namespace of our elements in a domain's {@code <metadata>}. */
  public static final String NAMESPACE = PortMetadata.NAMESPACE;

  /** Copies the lists. */
  public DomainDescription {
    nics = List.copyOf(nics);
    remarks = List.copyOf(remarks);
  }
}

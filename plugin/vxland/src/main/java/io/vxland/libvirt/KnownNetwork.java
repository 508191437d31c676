package io.vxland.libvirt;

import io.vxland.libvirt.xml.LibvirtXmlException;
import io.vxland.libvirt.xml.NetworkDescription;
import java.util.Optional;
import java.util.UUID;

/**
 * A network that libvirt has, ours or not.
 *
 * @param uuid its UUID
 * @param name its name
 * @param active whether VMs can plug into it
 * @param persistent whether it has a stored definition
 * @param autostart whether libvirt starts it by itself
 * @param xml its document: the live one while it is active; empty if libvirt did not give it
 * @param description what the document says; empty if it could not be read
 * @param next what the stored definition of an active network says, which counts when it is started
 *     anew; empty if there is none, or it could not be read
 * @param problem why it could not be read; such a network exists, and nothing of it is to be taken
 *     down
 */
public record KnownNetwork(
    UUID uuid,
    String name,
    boolean active,
    boolean persistent,
    boolean autostart,
    String xml,
    Optional<NetworkDescription> description,
    Optional<NetworkDescription> next,
    Optional<LibvirtXmlException> problem) {

  /** Checks that it is either read or has a problem. */
  public KnownNetwork {
    if (description.isPresent() == problem.isPresent()) {
      throw new IllegalArgumentException("either a description or a problem");
    }
  }
}

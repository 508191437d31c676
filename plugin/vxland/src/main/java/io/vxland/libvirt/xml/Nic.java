package io.vxland.libvirt.xml;

import io.vxland.model.Allowance;
import io.vxland.model.Barriers;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.NetworkName;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * A card of a VM that is plugged into a network of libvirt or into a bridge.
 *
 * <p>What libvirt shows depends on the moment. Before the tap exists (hooks {@code migrate}, {@code
 * restore}, {@code prepare}) and after the VM's end ({@code stopped}, {@code release}) a card of a
 * network has the network's name only. While the VM runs it is of type {@code bridge} if the
 * network has {@code <forward mode='bridge'/>}, and has network, bridge, port and tap (libvirt,
 * domain_conf.c: virDomainNetDefFormat).
 *
 * @param type how it is attached, as written
 * @param mac its address
 * @param network the network of libvirt; empty for a card on a bridge that no network names
 * @param bridge the bridge, where it is known
 * @param portId libvirt's id of the network port, where there is one
 * @param tap the tap device on this host, while there is one
 * @param model the kind of card, such as {@code virtio}
 * @param addresses those that the VM's metadata names for it, ascending
 * @param mtu what {@code <mtu size>} says; empty where there is none, and QEMU tells the guest of
 *     none (libvirt, qemu_command.c: host_mtu)
 * @param allowance what the VM's metadata let it send
 * @param barriers what libvirt keeps it from
 * @param linked whether its link is up; {@code <link state='down'/>} says that it is not
 */
public record Nic(
    Type type,
    MacAddress mac,
    Optional<NetworkName> network,
    Optional<InterfaceName> bridge,
    Optional<UUID> portId,
    Optional<InterfaceName> tap,
    Optional<String> model,
    List<IpAddress> addresses,
    OptionalInt mtu,
    Allowance allowance,
    Barriers barriers,
    boolean linked) {

  /** What an Ethernet NIC has that was told of none (ETH_DATA_LEN of linux/if_ether.h). */
  public static final int ETHERNET_MTU = 1500;

  /** A card of which the metadata name no addresses. */
  public Nic(
      Type type,
      MacAddress mac,
      Optional<NetworkName> network,
      Optional<InterfaceName> bridge,
      Optional<UUID> portId,
      Optional<InterfaceName> tap,
      Optional<String> model) {
    this(
        type,
        mac,
        network,
        bridge,
        portId,
        tap,
        model,
        List.of(),
        OptionalInt.empty(),
        Allowance.NONE,
        Barriers.NONE,
        true);
  }

  /** Copies the list. */
  public Nic {
    addresses = List.copyOf(addresses);
  }

  /** How a card is attached. */
  public enum Type {
    /** {@code <interface type='network'>}. */
    NETWORK,
    /** {@code <interface type='bridge'>}. */
    BRIDGE
  }
}

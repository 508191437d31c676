package io.vxland.plan;

import io.vxland.model.InvalidValueException;
import io.vxland.model.Vni;
import java.util.Optional;

/**
 * How a restarted daemon knows what is its own.
 *
 * <ul>
 *   <li>A <b>link</b> is ours if its alias is {@code vxland:vni=N}. A link that merely has the name
 *       we would give is somebody else's. An administrator hands one over with {@code ip link set
 *       DEVICE alias vxland:vni=N}. The kernel makes a link without its alias, which comes in a
 *       second message; a link that a crash in between has left is known by all of: our name, the
 *       right kind, no alias at all, and the address that we compute from the host's VTEP and the
 *       VNI. It then gets its alias. If its network has gone meanwhile, it stays. A <b>migration
 *       tunnel</b> bears its network's alias; one without is known by the same marks, its own
 *       VTEP's and not the host's, so that it goes also when its network has gone. The <b>bridge's
 *       port</b> into it bears the same alias; one without is ours as the device below it is, with
 *       which it goes.
 *   <li>A <b>unicast FDB entry</b> is ours if it lies on a VXLAN device of ours and is static
 *       (NUD_NOARP). What people type is permanent (NUD_PERMANENT, iproute2's default), what the
 *       kernel learns is neither, and what FRR writes is externally learned.
 *   <li>What a <b>bridge</b> of ours is told to be behind a VXLAN device of ours is ours if it is
 *       externally learned (NTF_EXT_LEARNED), the kernel's mark of a control plane. People type
 *       permanent or static entries. The same holds behind a migration tunnel. The kernel takes the
 *       mark away when it hears the card on another port; then the entry is the kernel's.
 *   <li>What a <b>bridge</b> of ours keeps at others' ports, whoever sends from it, is ours if it
 *       is static and sticky (NTF_STICKY). People type static entries without that.
 *   <li>Where zebra tells other hosts what it finds in our bridges ({@code control.mode = evpn}),
 *       all of what is said of them is zebra's: places, neighbours, and what is behind the VXLAN
 *       device. The replication list is shared: each adds, and takes away nothing of the other's.
 *       Ours is then what a bridge of ours is told to be behind other people's ports, if it is
 *       externally learned: zebra marks so only what is behind a tunnel; and the neighbours that
 *       are our VMs'.
 *   <li>The <b>replication list</b> (the destinations of the all-zeros MAC) on a VXLAN device of
 *       ours is ours as a whole: the kernel keeps one state for all its destinations.
 *   <li>A <b>neighbour entry</b> is ours if it is permanent, on a device of ours, and its protocol
 *       (NDA_PROTOCOL) is {@link #PROTOCOL}; the same mark is on <b>addresses</b> (IFA_PROTO). A
 *       kernel that does not keep the mark (before 5.0, before 5.18) makes them look like somebody
 *       else's: they then stay until their device goes.
 *   <li>Of nftables, <b>table netdev vxland</b> and <b>table bridge vxland</b> are ours as a whole.
 *   <li>Of a VM's <b>tap</b> in a bridge of ours, two things are ours: a queue length of 20000 or
 *       more was raised by 20000, and link-local addresses that the kernel made (IFA_PROTO
 *       kernel_ll; before 5.18 those that are made of the tap's MAC) are not to be.
 * </ul>
 */
public final class Ownership {
  /** Our number in the protocol fields of neighbours, addresses and routes: the letter v. */
  public static final int PROTOCOL = 118;

  private static final String ALIAS_PREFIX = "vxland:vni=";

  private Ownership() {}

  /** Returns the alias of the links of a VNI. */
  public static String alias(Vni vni) {
    return ALIAS_PREFIX + vni;
  }

  /** Returns the VNI of a link of ours by its alias; empty if the link is somebody else's. */
  public static Optional<Vni> vniOf(String alias) {
    if (!alias.startsWith(ALIAS_PREFIX)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Vni.parse(alias.substring(ALIAS_PREFIX.length())));
    } catch (InvalidValueException notOurForm) {
      return Optional.empty();
    }
  }
}

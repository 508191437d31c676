package io.vxland.plan;

import io.vxland.model.LocalPort;
import io.vxland.model.Mtu;
import io.vxland.model.NetworkName;

/**
 * A NIC that sends larger packets than its network carries.
 *
 * @param port the NIC
 * @param sends the largest packet that it sends, in bytes
 * @param network its network
 * @param carried the largest packet that the network carries
 */
public record NicMtu(LocalPort port, int sends, NetworkName network, Mtu carried) {
  /** Whether a NIC is one: only if its MTU is known. */
  public static boolean isTooLarge(LocalPort port, Mtu carried) {
    return port.mtu().orElse(0) > carried.bytes();
  }

  /** What is to be written into the NIC's {@code <interface>}. */
  public static String remedy(Mtu carried) {
    return "<mtu size='" + carried + "'/>";
  }

  /**
   * As a person reads it.
   *
   * @param told whether the sender of a packet that is too large is told so
   */
  public Problem problem(boolean told) {
    return new Problem(
        "VM '" + port.domainName() + "'",
        "NIC "
            + port.mac()
            + " sends packets of up to "
            + sends
            + " bytes, and network '"
            + network
            + "' carries "
            + carried
            + (told ? "" : ": larger ones are lost")
            + "; write "
            + remedy(carried)
            + " into its <interface> (virsh edit "
            + port.domainName()
            + "), then shut the VM down and start it");
  }
}

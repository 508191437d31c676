package io.vxland.netlink4j.model;

/**
 * What a port of a bridge is to have. The kernel takes it only after the device is a port: send it
 * as a later message than the one that sets the master.
 *
 * @param ifindex the port
 * @param port what to set; the rest stays
 */
public record BridgePortSpec(int ifindex, BridgePort port) implements Subject {
  public BridgePortSpec {
    Checks.ifindex(ifindex);
  }
}

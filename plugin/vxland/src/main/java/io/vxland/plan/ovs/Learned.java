package io.vxland.plan.ovs;

import io.vxland.model.MacAddress;
import io.vxland.openflow.Port;

/**
 * What a switch believes of a machine's place.
 *
 * @param port behind which it is
 * @param vlan the VLAN in which it was heard; 0: none
 * @param mac the machine
 * @param byHand whether somebody has said so, and no frame
 */
public record Learned(Port port, int vlan, MacAddress mac, boolean byHand) {}

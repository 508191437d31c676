/** FRR as the control plane: real zebra and bgpd on every host, one of which has no vxland. */
package io.vxland.tests.evpn;

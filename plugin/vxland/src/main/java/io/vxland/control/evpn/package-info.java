/**
 * FRR as the control plane: zebra writes what BGP tells of other hosts (EVPN, RFC 8365) into the
 * kernel, and reads there what is to be told of this one. Here FRR is configured, asked, and
 * listened to.
 */
package io.vxland.control.evpn;

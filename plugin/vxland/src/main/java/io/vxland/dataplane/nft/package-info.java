/** Drives nftables: what comes out of migration tunnels goes into the taps of paused VMs. */
package io.vxland.dataplane.nft;

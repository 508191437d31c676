/**
 * The daemon: wires everything by hand and owns the one thread that reconciles.
 *
 * <p>Every event changes {@link io.vxland.daemon.World} and wakes {@link
 * io.vxland.daemon.Reconciler}; nothing else happens on an event.
 */
package io.vxland.daemon;

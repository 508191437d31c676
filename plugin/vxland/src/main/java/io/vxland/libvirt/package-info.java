/**
 * The connection to libvirt: inventory, events, and the definition of networks. It never logs; a
 * listener gets the words. No hook is answered from here.
 */
package io.vxland.libvirt;

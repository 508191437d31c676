/** The connection to a real libvirtd. */
package io.vxland.tests.libvirt;

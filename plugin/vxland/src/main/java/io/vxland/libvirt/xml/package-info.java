/**
 * Reads what libvirt writes: domains, networks and the input of hooks. Pure: text in, values out.
 * JAXB unmarshals, behind a StAX reader that refuses what libvirt never writes.
 */
package io.vxland.libvirt.xml;

/** The functions of libvirt's client library that libvirt-java lacks. C names, no logic. */
package io.vxland.libvirt.jna;

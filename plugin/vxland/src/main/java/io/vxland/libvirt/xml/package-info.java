/**
 * Reads what libvirt writes: domains, networks and the input of hooks; and writes what it reads.
 * JAXB unmarshals, behind a StAX reader that refuses what libvirt never writes. Nothing here keeps
 * state; only {@link Templates} reads files.
 */
@XmlSchema(xmlns = @XmlNs(prefix = "vx", namespaceURI = Overlays.NAMESPACE))
package io.vxland.libvirt.xml;

import jakarta.xml.bind.annotation.XmlNs;
import jakarta.xml.bind.annotation.XmlSchema;

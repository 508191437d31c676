/** What libvirt's tools do to the NICs of a VM that runs, and what vxland says of them then. */
package io.vxland.tests.changes;

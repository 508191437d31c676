/** Desired state, plan and driver together on the real kernel, read back with iproute2. */
package io.vxland.tests.dataplane;

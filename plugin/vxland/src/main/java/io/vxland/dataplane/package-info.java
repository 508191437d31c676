/** Reads the actual state and applies plans: one driver per kind of data plane. */
package io.vxland.dataplane;

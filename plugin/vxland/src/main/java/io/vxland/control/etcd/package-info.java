/**
 * The control plane {@code etcd}: hosts tell each other by etcd v3 what {@link io.vxland.directory}
 * says. etcd that is gone leaves what was known as it is.
 */
package io.vxland.control.etcd;

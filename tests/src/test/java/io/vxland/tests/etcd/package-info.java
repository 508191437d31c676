/** The control plane etcd, against a real one. */
package io.vxland.tests.etcd;

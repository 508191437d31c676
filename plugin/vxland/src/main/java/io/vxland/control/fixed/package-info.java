/** The control plane {@code static}: everything is in the configuration. */
package io.vxland.control.fixed;

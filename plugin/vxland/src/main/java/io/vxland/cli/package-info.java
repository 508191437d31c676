/** vxctl: the administrator's tool. It talks to the daemon's socket and to nothing else. */
package io.vxland.cli;

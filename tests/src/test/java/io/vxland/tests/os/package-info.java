/** What the daemon asks of the kernel beside netlink. */
package io.vxland.tests.os;

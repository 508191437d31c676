/** rtnetlink for the JVM. */
package io.vxland.netlink4j;

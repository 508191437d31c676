/**
 * rtnetlink for the JVM: a connection to ask and change, a batch to change much, a subscription to
 * be told. Start with {@link io.vxland.netlink4j.RtnetlinkConnection}.
 */
package io.vxland.netlink4j;

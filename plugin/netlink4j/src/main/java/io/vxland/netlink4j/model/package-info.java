/**
 * The values that rtnetlink speaks of: links, FDB entries, neighbours, addresses, routes, changes
 * to them, and the one error. Pure: no I/O, no native code, nothing mutable.
 */
package io.vxland.netlink4j.model;

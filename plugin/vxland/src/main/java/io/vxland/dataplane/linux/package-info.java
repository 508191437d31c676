/**
 * Linux bridges and kernel VXLAN devices, over rtnetlink. Translates between the planner's words
 * and netlink4j's; decides nothing.
 */
package io.vxland.dataplane.linux;

package io.vxland.netlink4j.model;

/**
 * A change that somebody made in nftables.
 *
 * @param table the table that changed
 * @param portId the netlink port id of the socket that asked for it ({@code nlmsg_pid},
 *     netlink(7)). The kernel gives a process that does not choose one its process id, if that is
 *     free; 0 is the kernel itself
 */
public record RulesetChange(RulesetTable table, int portId) {}

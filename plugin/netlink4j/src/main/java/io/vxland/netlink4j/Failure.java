package io.vxland.netlink4j;

import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.NetlinkException;

/**
 * One change of a batch that the kernel refused.
 *
 * @param index its place among the changes, from 0
 * @param change the change
 * @param error why
 */
public record Failure(int index, Change change, NetlinkException error) {}

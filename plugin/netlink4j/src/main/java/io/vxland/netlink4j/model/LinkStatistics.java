package io.vxland.netlink4j.model;

/**
 * What a link counted since it was made: the first of {@code struct rtnl_link_stats64} of
 * linux/if_link.h.
 *
 * @param receivedFrames frames that came in
 * @param sentFrames frames that went out
 * @param receivedBytes bytes that came in
 * @param sentBytes bytes that went out
 * @param receiveErrors frames that came in broken
 * @param sendErrors frames that could not be sent
 * @param receiveDrops frames that came in and were not taken
 * @param sendDrops frames that were to go out and were not taken, a full queue's among them
 */
public record LinkStatistics(
    long receivedFrames,
    long sentFrames,
    long receivedBytes,
    long sentBytes,
    long receiveErrors,
    long sendErrors,
    long receiveDrops,
    long sendDrops) {}

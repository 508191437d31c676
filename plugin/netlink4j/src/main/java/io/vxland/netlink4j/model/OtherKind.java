package io.vxland.netlink4j.model;

/**
 * A kind without details here, such as dummy; hardware and the loopback have an empty kind.
 *
 * @param kind {@code IFLA_INFO_KIND}
 */
public record OtherKind(String kind) implements LinkDetails {}

package io.vxland.netlink4j.model;

/** What a {@link Change} is about. */
public sealed interface Subject
    permits LinkSpec, BridgePortSpec, FdbEntry, Neighbour, InterfaceAddress, Route {}

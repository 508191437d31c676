package io.vxland.api;

/**
 * One step of a plan.
 *
 * @param kind its kind, for programs, such as {@code create-bridge}
 * @param subject the device or entry that changes
 * @param description the step in words
 * @param command the command line that would do the same, such as {@code bridge fdb replace ...}
 */
public record Change(String kind, String subject, String description, String command) {}

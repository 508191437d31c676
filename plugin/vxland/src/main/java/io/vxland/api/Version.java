package io.vxland.api;

/**
 * Which daemon answers.
 *
 * @param version of vxland, such as 0.1.0
 * @param java of the virtual machine that it runs on, such as 17.0.15
 * @param pid the daemon's process
 */
public record Version(String version, String java, long pid) {}

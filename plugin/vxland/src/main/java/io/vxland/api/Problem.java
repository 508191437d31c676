package io.vxland.api;

/**
 * Something that does not work and that an administrator can mend.
 *
 * @param subject the thing: a network, a VM, a device, a peer
 * @param message what is wrong with it, in the words of whoever refused
 * @param advice what to do
 */
public record Problem(String subject, String message, String advice) {}

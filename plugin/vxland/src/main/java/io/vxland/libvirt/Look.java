package io.vxland.libvirt;

import java.util.Optional;
import java.util.UUID;

/**
 * What libvirt has of one VM.
 *
 * @param domain the VM's UUID
 * @param found the VM; empty if it does not run here
 * @param began {@link System#nanoTime} before libvirt was asked: what changed since, events tell
 */
public record Look(UUID domain, Optional<RunningDomain> found, long began) {}

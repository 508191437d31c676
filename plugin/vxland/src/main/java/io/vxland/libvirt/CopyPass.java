package io.vxland.libvirt;

import java.time.Instant;
import java.util.UUID;

/**
 * QEMU begins to copy the memory of a VM that migrates away from here, or begins over with what the
 * VM has changed meanwhile (libvirt-domain.h: virConnectDomainEventMigrationIterationCallback). The
 * VM still runs here. No kind of migration but one that copies memory has it: not --offline.
 *
 * @param domain the VM's UUID
 * @param name the VM's name
 * @param pass 1 for the first
 * @param time when it came in from libvirt
 * @param nanos the same as {@link System#nanoTime} had it, to measure from
 */
public record CopyPass(UUID domain, String name, int pass, Instant time, long nanos) {}

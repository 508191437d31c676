package io.vxland.libvirt;

import java.time.Instant;
import java.util.UUID;

/**
 * QEMU has stopped the CPUs of a VM: its own event STOP, which libvirt hands on before it writes
 * down that the VM is paused. Why it is, comes in a {@link DomainEvent} a few milliseconds later.
 *
 * @param domain the VM's UUID
 * @param name the VM's name
 * @param time when it came in from libvirt
 * @param nanos the same as {@link System#nanoTime} had it, to measure from
 */
public record Halt(UUID domain, String name, Instant time, long nanos) {}

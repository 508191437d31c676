package io.vxland.architecture.broken.plan;

import io.vxland.architecture.broken.dataplane.CallsLibc;

/** A planner that reads the kernel by itself, and so closes a circle. */
public record AsksTheKernel(CallsLibc kernel) {}

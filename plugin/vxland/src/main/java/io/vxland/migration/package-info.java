/**
 * The migration protocol: a pure state machine for each card of each VM, run by source and
 * destination on their own. {@link io.vxland.migration.Event} and {@link io.vxland.migration.Stage}
 * give a {@link io.vxland.migration.Step}. A stage says what the kernel should do for the card
 * ({@link io.vxland.model.Handover}), which is an input of the desired state like any other; only
 * the step's effects are done at once.
 */
package io.vxland.migration;

/**
 * The place of the migration protocol: a pure state machine per VM and card. For now a migration is
 * followed by the state of {@link io.vxland.model.LocalPort} alone: a card that arrives ceases to
 * be somewhere else in the desired state, and the planner does the rest.
 */
package io.vxland.migration;

/**
 * Networks on Open vSwitch: what should be, what is there, and the changes in between. Pure, as
 * {@link io.vxland.plan} is.
 */
package io.vxland.plan.ovs;

/**
 * Who knows where remote machines are. Each control plane turns what it hears into {@link
 * io.vxland.model.Knowledge}; what to do about it is the planner's.
 */
package io.vxland.control;

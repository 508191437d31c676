/**
 * From what is wanted and what the kernel has to an ordered list of changes. Pure: no I/O, no
 * clock, no logger; the same inputs in any order give the same plan, and what is as wanted gives an
 * empty one.
 */
package io.vxland.plan;

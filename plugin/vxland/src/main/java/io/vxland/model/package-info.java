/**
 * The values of the domain: records that cannot hold anything invalid. No I/O, no clock, no logger.
 */
package io.vxland.model;

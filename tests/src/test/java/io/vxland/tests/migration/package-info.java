/** Live migrations between hosts of a lab: all kinds, all failures, and what is left of them. */
package io.vxland.tests.migration;

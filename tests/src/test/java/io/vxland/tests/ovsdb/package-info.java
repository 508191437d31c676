/** The client of OVSDB against a real ovsdb-server, read back with Open vSwitch's own tools. */
package io.vxland.tests.ovsdb;

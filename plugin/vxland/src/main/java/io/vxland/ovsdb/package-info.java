/**
 * A client of the Open vSwitch Database protocol (RFC 7047) over a Unix socket: transactions,
 * monitors, and the notice that the connection ended. It knows OVSDB, not what vxland keeps in it,
 * and it never logs.
 */
package io.vxland.ovsdb;

/** The OpenFlow client against a real ovs-vswitchd, read back with ovs-ofctl and by traffic. */
package io.vxland.tests.openflow;

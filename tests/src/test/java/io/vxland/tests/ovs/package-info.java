/** Networks of vxland on Open vSwitch, on real hosts, from the package to the ping. */
package io.vxland.tests.ovs;

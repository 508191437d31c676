/** Open vSwitch as a data plane: its database tells what is there and takes the changes. */
package io.vxland.dataplane.ovs;

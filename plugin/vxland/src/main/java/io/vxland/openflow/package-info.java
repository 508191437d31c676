/**
 * An OpenFlow client for Open vSwitch, by itself: flows as values, with the text that {@code
 * ovs-ofctl} takes and prints, and a connection to a bridge's management socket. It knows nothing
 * of the rest of vxland.
 *
 * <p>What is spoken is OpenFlow 1.4 (ONF TS-012), which Open vSwitch enables on every bridge since
 * 2.8, with the Nicira extensions that ovs-actions(7) and ovs-fields(7) describe.
 */
package io.vxland.openflow;

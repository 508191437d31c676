/**
 * Values to and from the bytes of netlink messages. Pure: no I/O, no native code. A message that
 * does not keep its own lengths is refused with a {@link
 * io.vxland.netlink4j.model.NetlinkException}; attributes that this library does not know are
 * passed over, for newer kernels add them.
 */
package io.vxland.netlink4j.codec;

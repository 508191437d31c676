/**
 * The only place that touches native code: the C functions, and the descriptors made of them. It
 * moves bytes and knows nothing of what they mean. glibc or musl, 64 bit.
 */
package io.vxland.netlink4j.jna;

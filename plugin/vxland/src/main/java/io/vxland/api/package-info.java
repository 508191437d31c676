/**
 * What the daemon tells and does over its Unix socket: {@link io.vxland.api.Operations}, and the
 * records that are its JSON. Shared by the daemon and vxctl. No I/O.
 *
 * <p>Every key is always present. Text that is not known is empty and a number that is not known is
 * 0, or -1 where 0 can be the number; nothing is null.
 */
package io.vxland.api;

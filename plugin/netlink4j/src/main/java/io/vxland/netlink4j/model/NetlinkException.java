package io.vxland.netlink4j.model;

import java.io.IOException;

/**
 * The one error of this library: what was tried, the error number, and the kernel's own words.
 *
 * <p>It is checked, because it is the world's doing (a device that is gone, a missing privilege)
 * and every caller must have an answer. It is an {@link IOException}, because that is where callers
 * who do I/O have theirs. A caller's own mistake (a closed connection, a value out of range) is
 * unchecked.
 */
public final class NetlinkException extends IOException {
  private final String operation;
  private final int errno;
  private final String kernelText;
  private final int offset;

  /**
   * @param operation what was tried, on what: {@code "create vxlan vxlan5001"}
   * @param errno positive error number
   * @param kernelText the kernel's extended acknowledgement, or this library's explanation; may be
   *     empty
   * @param offset byte of the request that the kernel objected to, counted from the start of its
   *     header; -1 where it did not say
   */
  public NetlinkException(String operation, int errno, String kernelText, int offset) {
    super(
        operation
            + ": "
            + Errno.name(errno)
            + (kernelText.isEmpty() ? "" : " (" + kernelText + ")")
            + (offset < 0 ? "" : ", at byte " + offset + " of the request"));
    this.operation = operation;
    this.errno = errno;
    this.kernelText = kernelText;
    this.offset = offset;
  }

  /** A failure about which the kernel said no more than a number. */
  public NetlinkException(String operation, int errno) {
    this(operation, errno, "", -1);
  }

  /** What was tried, on what. */
  public String operation() {
    return operation;
  }

  /** Positive error number of the kernel or C library; EBADMSG for bytes that cannot be decoded. */
  public int errno() {
    return errno;
  }

  /** Such as {@code ENOENT}. */
  public String errnoName() {
    return Errno.name(errno);
  }

  /** The kernel's extended acknowledgement; empty where there is none. */
  public String kernelText() {
    return kernelText;
  }

  /** Byte of the request that the kernel objected to; -1 where it did not say. */
  public int offset() {
    return offset;
  }

  /**
   * Whether the thing that was to be read, changed or deleted is not there. After a delete this is
   * as good as success.
   */
  public boolean isAbsent() {
    return errno == Errno.ENOENT
        || errno == Errno.ENODEV
        || errno == Errno.ESRCH
        || errno == Errno.ENXIO
        || errno == Errno.EADDRNOTAVAIL;
  }

  /** Whether the thing that was to be created is there already. */
  public boolean isPresent() {
    return errno == Errno.EEXIST;
  }
}

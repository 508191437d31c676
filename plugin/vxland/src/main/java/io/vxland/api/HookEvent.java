package io.vxland.api;

import java.util.Locale;

/**
 * What a libvirt hook script was called with (libvirt, docs/hooks.rst).
 *
 * @param driver whose hook
 * @param operation libvirt's word for it, such as {@code start} or {@code port-created}: 1 to 32
 *     lower-case letters and hyphens, not checked further
 * @param xml its standard input, unchecked, at most 8 MiB; do not log it, it may hold passwords
 */
@SuppressWarnings("ArrayRecordComponent") // 8 MiB is not copied for the looks; nobody compares it
public record HookEvent(Driver driver, String operation, byte[] xml) {

  /** The hook scripts that vxland installs. */
  public enum Driver {
    QEMU,
    NETWORK,
    DAEMON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Leaves the XML out, which may hold passwords. */
  @Override
  public String toString() {
    return driver + " " + operation + " (" + xml.length + " bytes)";
  }
}

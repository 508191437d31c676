package io.vxland.api;

/**
 * The daemon's word on what libvirt is about to do.
 *
 * @param goOn whether libvirt may go on
 * @param reason why not, for the administrator who sees it as libvirt's error; empty if it may
 */
public record HookVerdict(boolean goOn, String reason) {
  /** libvirt may go on. */
  public static final HookVerdict GO_ON = new HookVerdict(true, "");

  /** libvirt may not go on, and why. */
  public static HookVerdict refused(String reason) {
    return new HookVerdict(false, reason);
  }
}

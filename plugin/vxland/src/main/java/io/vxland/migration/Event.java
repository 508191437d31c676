package io.vxland.migration;

/**
 * What a host gets to know of a VM's card. Events come from libvirt's hooks and events, from the
 * kernel and from a clock; they may come twice, late, in another order, or never.
 */
public enum Event {
  /** The destination's {@code migrate} hook: the VM will come, or an offline one was copied. */
  EXPECTED,
  /** Its tap is in its bridge, or libvirt is about to plug it. */
  PLUGGED,
  /** Its QEMU has started here and waits for the VM to come in. */
  WAITING,
  /** QEMU begins another pass over the VM's memory, to copy it away from here. */
  COPYING,
  /** The copy has ended without the VM having been paused. */
  COPY_ENDED,
  /** The VM stands still; if it is being copied away, most likely for that. */
  HALTED,
  /** The VM was paused here to run elsewhere. */
  PAUSED,
  /** The VM runs here, whatever was before. */
  RUNNING,
  /** The VM is paused here by its owner. */
  HELD,
  /** A frame of the card came in by its tap. */
  HEARD_HERE,
  /** A frame of the card came in from another host. */
  HEARD_ELSEWHERE,
  /** libvirt's list has the VM here, paused for a migration, in either direction. */
  FOUND_PAUSED,
  /** The VM, or the card, is gone from here. */
  GONE,
  /** Time has passed. */
  TICK,
  /**
   * Time has passed, and the control plane has told nothing meanwhile: other hosts may not know yet
   * what they should.
   */
  TICK_DEAF
}

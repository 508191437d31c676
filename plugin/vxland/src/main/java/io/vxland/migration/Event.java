package io.vxland.migration;

import io.vxland.model.Vtep;
import java.util.Optional;

/**
 * What a host gets to know of a VM's card. Events come from libvirt's hooks and events, from the
 * kernel and from a clock; they may come twice, late, in another order, or never.
 *
 * @param kind what it is
 * @param vtep where the card was heard, with {@link Kind#HEARD_ELSEWHERE}
 */
public record Event(Kind kind, Optional<Vtep> vtep) {
  /** What can happen to a card. */
  public enum Kind {
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
    TICK
  }

  /** An event that says nothing more than its kind. */
  public static Event of(Kind kind) {
    return new Event(kind, Optional.empty());
  }

  /** The card was heard behind another host. */
  public static Event heardElsewhere(Vtep vtep) {
    return new Event(Kind.HEARD_ELSEWHERE, Optional.of(vtep));
  }
}

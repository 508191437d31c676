package io.vxland.migration;

import java.util.EnumSet;
import java.util.Set;

/**
 * What follows from an event: where the card is then, and what cannot wait for the reconciler.
 *
 * @param stage the stage after the event
 * @param effects what is to be done at once
 */
public record Step(Stage stage, Set<Effect> effects) {
  /** What cannot wait, or is no part of the kernel's state. */
  public enum Effect {
    /** Turn the card's frames into the migration tunnel; a late frame is a lost one. */
    REDIRECT,
    /** Turn them back to the card's tap. */
    TAKE_BACK,
    /** Turn them to the card's tap if the bridge still knows it from when it was elsewhere. */
    RECEIVE,
    /** Tell everybody that the card is here: they may have been told otherwise. */
    ANNOUNCE,
    /** Ask libvirt whether it still copies the VM: it does not tell when it gives up. */
    ASK_COPY,
    /** Ask libvirt what is true. */
    ASK_LIBVIRT
  }

  /** Copies the set. */
  public Step {
    effects = Set.copyOf(effects);
  }

  static Step to(Stage stage) {
    return new Step(stage, Set.of());
  }

  static Step to(Stage stage, Effect first, Effect... more) {
    return new Step(stage, EnumSet.of(first, more));
  }
}

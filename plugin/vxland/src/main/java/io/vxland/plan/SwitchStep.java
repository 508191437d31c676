package io.vxland.plan;

import io.vxland.model.InterfaceName;

/** A step of a plan that another program than the kernel is to take. */
public interface SwitchStep {
  /** The bridge that it changes, or that what it changes is on. */
  InterfaceName bridge();

  /** The device that it changes. */
  default InterfaceName device() {
    return bridge();
  }

  /** The equivalent command. */
  String command();
}

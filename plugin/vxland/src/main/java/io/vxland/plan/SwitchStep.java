package io.vxland.plan;

import io.vxland.model.InterfaceName;

/** A step of a plan that another program than the kernel is to take. */
public interface SwitchStep {
  /** The device that it changes. */
  InterfaceName device();

  /** The equivalent command. */
  String command();
}

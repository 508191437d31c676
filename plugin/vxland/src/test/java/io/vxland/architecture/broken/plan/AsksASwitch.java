package io.vxland.architecture.broken.plan;

import io.vxland.openflow.OpenFlowConnection;

/** A plan that asks a switch. */
public final class AsksASwitch {
  private AsksASwitch() {}

  static boolean isThere(OpenFlowConnection connection) {
    return connection.isOpen();
  }
}

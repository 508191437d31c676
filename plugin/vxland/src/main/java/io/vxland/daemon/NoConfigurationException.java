package io.vxland.daemon;

import io.vxland.config.ConfigException;
import java.io.IOException;

/** There is no configuration to start with: the present one is refused, and no good one is kept. */
final class NoConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  NoConfigurationException(ConfigException refused, IOException noneKept) {
    super(
        refused.getMessage()
            + "\nvxland: no last good configuration can be used instead: "
            + noneKept.getMessage(),
        refused);
  }
}

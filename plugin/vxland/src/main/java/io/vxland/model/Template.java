package io.vxland.model;

import java.util.Locale;

/** The kinds of network that vxland makes; each has an XML template of that name. */
public enum Template {
  /** A Linux bridge and a kernel VXLAN device per VNI: one layer 2 segment over all hosts. */
  BRIDGE;

  /** Finds the template of a name as users write it. */
  public static Template parse(String text) {
    for (Template template : values()) {
      if (template.toString().equals(text)) {
        return template;
      }
    }
    throw new InvalidValueException(
        "template " + InvalidValueException.quote(text) + " is not known; there is 'bridge'");
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.vxland.model;

/** What of the frames without a known place goes to the other hosts that have a network. */
public enum Flooding {
  /** All of them. */
  ALL("yes"),
  /** Broadcasts and multicasts: whoever sends to a machine that nobody knows reaches nobody. */
  BROADCASTS("broadcast"),
  /** Nothing. */
  NOTHING("no");

  private final String text;

  Flooding(String text) {
    this.text = text;
  }

  /** Reads it as users write it. */
  public static Flooding parse(String text) {
    for (Flooding flooding : values()) {
      if (flooding.text.equals(text)) {
        return flooding;
      }
    }
    throw new InvalidValueException(
        "flood " + InvalidValueException.quote(text) + " is not 'yes', 'broadcast' or 'no'");
  }

  /** Refuses what a kind of network cannot do: Open vSwitch floods what it does not know. */
  public void mustSuit(Template template) {
    if (this != ALL && template != Template.BRIDGE) {
      throw new InvalidValueException(
          "flood '"
              + text
              + "' is only for template 'bridge'; '"
              + template
              + "' floods every frame to an unknown address");
    }
  }

  @Override
  public String toString() {
    return text;
  }
}

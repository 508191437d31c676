package io.vxland.model;

/** What a NIC may send. */
public enum PortSecurity {
  /** Everything. */
  NONE("no"),
  /** Everything but the MAC and IP addresses of a port that is known. */
  KNOWN("known"),
  /** Its own MAC addresses and, if any are named for it, its own IP addresses only. */
  STRICT("strict");

  private final String text;

  PortSecurity(String text) {
    this.text = text;
  }

  /** Reads it as users write it. */
  public static PortSecurity parse(String text) {
    for (PortSecurity security : values()) {
      if (security.text.equals(text)) {
        return security;
      }
    }
    throw new InvalidValueException(
        "port-security " + InvalidValueException.quote(text) + " is not 'no', 'known' or 'strict'");
  }

  @Override
  public String toString() {
    return text;
  }
}

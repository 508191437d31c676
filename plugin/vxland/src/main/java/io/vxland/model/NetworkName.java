package io.vxland.model;

/**
 * The name of a network: 1 to 64 characters without controls and '/', and neither "." nor "..", as
 * libvirt makes a file of it (libvirt, network_conf.c: virNetworkDefParseXML).
 */
public record NetworkName(String value) implements Comparable<NetworkName> {
  private static final int MAX_LENGTH = 64;

  /** Checks the name. */
  public NetworkName {
    boolean wellFormed =
        !value.isBlank()
            && value.length() <= MAX_LENGTH
            && !value.equals(".")
            && !value.equals("..")
            && value.codePoints().noneMatch(c -> Character.isISOControl(c) || c == '/');
    if (!wellFormed) {
      throw new InvalidValueException(
          "network name "
              + InvalidValueException.quote(value)
              + " is not 1 to 64 characters without '/' and control characters");
    }
  }

  @Override
  public int compareTo(NetworkName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

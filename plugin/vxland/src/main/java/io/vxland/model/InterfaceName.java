package io.vxland.model;

/**
 * The name of a network device: 1 to 15 printable ASCII characters, no slash, colon or space, and
 * neither "." nor ".." (the kernel's dev_valid_name, narrowed to ASCII).
 */
public record InterfaceName(String value) implements Comparable<InterfaceName> {
  /** IFNAMSIZ of linux/if.h, without the closing NUL. */
  private static final int MAX_LENGTH = 15;

  /** Checks the name. */
  public InterfaceName {
    boolean wellFormed =
        !value.isEmpty()
            && value.length() <= MAX_LENGTH
            && !value.equals(".")
            && !value.equals("..")
            && value.chars().allMatch(c -> c > ' ' && c < 127 && c != '/' && c != ':');
    if (!wellFormed) {
      throw new InvalidValueException(
          "interface name "
              + InvalidValueException.quote(value)
              + " is not 1 to 15 printable ASCII characters without space, '/' and ':'");
    }
  }

  @Override
  public int compareTo(InterfaceName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

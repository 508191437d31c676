package io.vxland.openflow;

/**
 * A port of a bridge, or one of OpenFlow's words for ports.
 *
 * @param number 1 to 65279, which is all that Open vSwitch gives, or one of the constants here
 */
public record Port(int number) {
  private static final int MAX = 0xfeff;

  /** Where the packet came from. */
  public static final Port IN_PORT = new Port(0xfffffff8);

  /** As a learning switch would. */
  public static final Port NORMAL = new Port(0xfffffffa);

  /** All ports but that of arrival and those that are blocked. */
  public static final Port FLOOD = new Port(0xfffffffb);

  /** All ports but that of arrival. */
  public static final Port ALL = new Port(0xfffffffc);

  /** The bridge's own interface. */
  public static final Port LOCAL = new Port(0xfffffffe);

  public Port {
    if (!isValid(number)) {
      throw new IllegalArgumentException(
          Integer.toUnsignedString(number) + " is no port: 1 to " + MAX + ", or a reserved one");
    }
  }

  static boolean isValid(int number) {
    return switch (number) {
      case 0xfffffff8, 0xfffffffa, 0xfffffffb, 0xfffffffc, 0xfffffffe -> true;
      default -> number > 0 && number <= MAX;
    };
  }

  /** Whether packets can come from it. */
  public boolean isPlace() {
    return number > 0 || equals(LOCAL);
  }

  String text() {
    return switch (number) {
      case 0xfffffff8 -> "IN_PORT";
      case 0xfffffffa -> "NORMAL";
      case 0xfffffffb -> "FLOOD";
      case 0xfffffffc -> "ALL";
      case 0xfffffffe -> "LOCAL";
      default -> Integer.toString(number);
    };
  }

  @Override
  public String toString() {
    return text();
  }
}

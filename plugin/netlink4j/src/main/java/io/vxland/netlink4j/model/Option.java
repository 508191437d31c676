package io.vxland.netlink4j.model;

/**
 * One attribute of a kind of device: its name as iproute2 has it, its number in {@code
 * linux/if_link.h}, its form on the wire and its range.
 *
 * @param <K> the kind it belongs to
 * @param <T> Java type of its value
 */
@SuppressWarnings("UnusedTypeParameter") // K keeps the options of one kind out of another.
public final class Option<K, T> {
  /** How a value stands on the wire. */
  public enum Form {
    /** One byte, 0 or 1. */
    BOOL(Boolean.class),
    /** No payload; true by being there. */
    FLAG(Boolean.class),
    /** One byte. */
    U8(Integer.class),
    /** Two bytes of the host's order. */
    U16(Integer.class),
    /** Two bytes of the network's order. */
    U16_BE(Integer.class),
    /** Four bytes of the host's order, up to 2^31-1. */
    U31(Integer.class),
    /** Four bytes of the host's order, up to 2^32-1. */
    U32(Long.class),
    /** Four bytes of the network's order, up to 2^31-1. */
    U31_BE(Integer.class),
    /** Eight bytes of the host's order. */
    U64(Long.class),
    /** Four bytes of IPv4. */
    IPV4(IpAddress.class),
    /** Sixteen bytes of IPv6. */
    IPV6(IpAddress.class),
    /** Two ports of the network's order. */
    PORT_RANGE(PortRange.class),
    /** A MAC address. */
    MAC(LinkAddress.class);

    private final Class<?> javaType;

    Form(Class<?> javaType) {
      this.javaType = javaType;
    }
  }

  private final String name;
  private final int type;
  private final Form form;
  private final long max;

  private Option(String name, int type, Form form, long max) {
    this.name = name;
    this.type = type;
    this.form = form;
    this.max = max;
  }

  static <K> Option<K, Boolean> bool(String name, int type) {
    return new Option<>(name, type, Form.BOOL, 1);
  }

  static <K> Option<K, Boolean> flag(String name, int type) {
    return new Option<>(name, type, Form.FLAG, 1);
  }

  static <K> Option<K, Integer> u8(String name, int type) {
    return new Option<>(name, type, Form.U8, 0xff);
  }

  static <K> Option<K, Integer> u16(String name, int type) {
    return new Option<>(name, type, Form.U16, 0xffff);
  }

  static <K> Option<K, Integer> u16be(String name, int type) {
    return new Option<>(name, type, Form.U16_BE, 0xffff);
  }

  static <K> Option<K, Integer> u31(String name, int type, int max) {
    return new Option<>(name, type, Form.U31, max);
  }

  static <K> Option<K, Integer> u31be(String name, int type, int max) {
    return new Option<>(name, type, Form.U31_BE, max);
  }

  static <K> Option<K, Long> u32(String name, int type) {
    return new Option<>(name, type, Form.U32, 0xffffffffL);
  }

  static <K> Option<K, Long> u64(String name, int type) {
    return new Option<>(name, type, Form.U64, Long.MAX_VALUE);
  }

  static <K> Option<K, IpAddress> ipv4(String name, int type) {
    return new Option<>(name, type, Form.IPV4, 0);
  }

  static <K> Option<K, IpAddress> ipv6(String name, int type) {
    return new Option<>(name, type, Form.IPV6, 0);
  }

  static <K> Option<K, PortRange> portRange(String name, int type) {
    return new Option<>(name, type, Form.PORT_RANGE, 0);
  }

  static <K> Option<K, LinkAddress> mac(String name, int type) {
    return new Option<>(name, type, Form.MAC, 0);
  }

  /** Its name, near to iproute2's. */
  public String name() {
    return name;
  }

  /** Number of the attribute. */
  public int type() {
    return type;
  }

  public Form form() {
    return form;
  }

  /**
   * The value, if it is of this option's type and range.
   *
   * @throws IllegalArgumentException otherwise
   */
  @SuppressWarnings("unchecked") // The factories above pair each form with its Java type.
  public T check(Object value) {
    boolean fits =
        form.javaType.isInstance(value)
            && (!(value instanceof Number number)
                || (number.longValue() >= 0 && number.longValue() <= max))
            && (!(value instanceof IpAddress ip) || ip.isV6() == (form == Form.IPV6))
            && (!(value instanceof LinkAddress address) || address.isMac());
    if (!fits) {
      throw new IllegalArgumentException(name + " cannot be " + value);
    }
    return (T) value;
  }

  @Override
  public String toString() {
    return name;
  }
}

package io.vxland.openflow;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Which packets a flow is for: those with all these fields. What Open vSwitch would refuse cannot
 * be made: a field without its prerequisite, a mask where there can be none.
 *
 * @param fields in the order of {@link Field}
 */
public record Match(Map<Field, Bits> fields) {
  /** Every packet. */
  public static final Match ANY = new Match(Map.of());

  private static final int VLAN_PRESENT = 0x1000;
  private static final int MAX_VLAN = 4095;

  /**
   * What a field is to have.
   *
   * @param value bits beyond the mask are zero
   * @param mask of which bits, not none
   */
  public record Bits(Value value, Value mask) {
    public Bits {
      if (mask.isZero() || !value.within(mask)) {
        throw new IllegalArgumentException("mask without bits, or value beyond its mask");
      }
    }

    boolean isExact() {
      return mask.isOnes();
    }
  }

  public Match {
    Map<Field, Bits> copy = new EnumMap<>(Field.class);
    copy.putAll(fields);
    fields = Collections.unmodifiableMap(copy);
    copy.forEach(Match::check);
    for (Field field : copy.keySet()) {
      if (!field.prerequisite().holds(copy)) {
        throw new IllegalArgumentException(
            field.matchName() + " needs " + field.prerequisite().words() + " in the match");
      }
    }
  }

  private static void check(Field field, Bits bits) {
    field.check(bits.value());
    if (!field.isMatchable()) {
      throw new IllegalArgumentException(field.setName() + " can only be set");
    }
    if (!bits.isExact() && !field.isMaskable()) {
      throw new IllegalArgumentException(field.matchName() + " is matched whole or not at all");
    }
    int low = (int) bits.value().low();
    if (field == Field.IN_PORT && !(Port.isValid(low) && new Port(low).isPlace())) {
      throw new IllegalArgumentException(
          "nothing comes from port " + Integer.toUnsignedString(low));
    }
    if (field == Field.VLAN_VID && !vlanForms(bits)) {
      throw new IllegalArgumentException("a VLAN is matched as no tag, any tag or one number");
    }
  }

  private static boolean vlanForms(Bits bits) {
    boolean untagged = bits.isExact() && bits.value().isZero();
    boolean one = bits.isExact() && (bits.value().low() & VLAN_PRESENT) != 0;
    boolean tagged = bits.value().low() == VLAN_PRESENT && bits.mask().low() == VLAN_PRESENT;
    return untagged || one || tagged;
  }

  /**
   * This, and a field that is exactly so; it takes the place of what the field had to be before.
   *
   * @throws IllegalArgumentException if the field cannot have the value, or lacks a prerequisite
   */
  public Match with(Field field, Value value) {
    return with(field, value, Value.ones(value.bytes()));
  }

  /**
   * This, and a field whose bits under the mask are so.
   *
   * @throws IllegalArgumentException if the field cannot be so
   */
  public Match with(Field field, Value value, Value mask) {
    Map<Field, Bits> more = new EnumMap<>(Field.class);
    more.putAll(fields);
    more.put(field, new Bits(value, mask));
    return new Match(more);
  }

  /** From a port of the bridge, {@link Port#LOCAL} among them. */
  public Match inPort(Port port) {
    return with(Field.IN_PORT, Value.u32(port.number()));
  }

  /** To a MAC address, its first byte the highest of six. */
  public Match ethDst(long mac) {
    return with(Field.ETH_DST, Value.mac(mac));
  }

  /** From a MAC address, its first byte the highest of six. */
  public Match ethSrc(long mac) {
    return with(Field.ETH_SRC, Value.mac(mac));
  }

  /** Of an Ethernet type, such as {@link EthType#ARP}. */
  public Match ethType(int type) {
    return with(Field.ETH_TYPE, Value.u16(type));
  }

  /** Out of a tunnel, with this key. */
  public Match tunnelId(long key) {
    return with(Field.TUNNEL_ID, Value.u64(key));
  }

  /** With a tag of this VLAN, 0 to 4095. */
  public Match vlan(int vlan) {
    if (vlan < 0 || vlan > MAX_VLAN) {
      throw new IllegalArgumentException("VLAN " + vlan + " is not within 0 to " + MAX_VLAN);
    }
    return with(Field.VLAN_VID, Value.u16(VLAN_PRESENT | vlan));
  }

  /** With a tag of whatever VLAN. */
  public Match tagged() {
    return with(Field.VLAN_VID, Value.u16(VLAN_PRESENT), Value.u16(VLAN_PRESENT));
  }

  /** Without a tag. */
  public Match untagged() {
    return with(Field.VLAN_VID, Value.u16(0));
  }

  /** As {@code ovs-ofctl} prints it, empty for every packet. */
  public String text() {
    return MatchText.of(this);
  }

  @Override
  public String toString() {
    return text();
  }
}

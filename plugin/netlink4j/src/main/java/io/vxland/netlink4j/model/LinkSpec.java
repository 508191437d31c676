package io.vxland.netlink4j.model;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a link is to be, to create it, change it or delete it. What is not said is left alone.
 * Immutable; each method answers a copy.
 *
 * <pre>{@code
 * LinkSpec.named("vxlan5001").details(Vxlan.of(5001).local(vtep)).mtu(1450).up(true)
 * }</pre>
 *
 * @param index the link to change or delete; 0 where it is found by its name
 * @param name its name; with an index, its new name. Empty only where an index is given
 * @param details kind and what the kind has, to create or change
 * @param mtu bytes
 * @param address link layer address
 * @param alias free text of up to 255 bytes, shown by {@code ip link}; empty removes it
 * @param master index of the bridge to become a port of; 0 leaves it
 * @param link index of the device below, for kinds that stand on one (not VXLAN, see {@link
 *     Vxlan#LINK})
 * @param up whether the administrator has it up
 * @param txQueueLength packets
 * @param addrGenMode how its IPv6 link-local address is made
 * @param netnsFd open descriptor of the namespace to create it in or move it to
 * @param netnsPid a process whose namespace that is
 */
public record LinkSpec(
    int index,
    String name,
    Optional<LinkDetails> details,
    OptionalInt mtu,
    Optional<LinkAddress> address,
    Optional<String> alias,
    OptionalInt master,
    OptionalInt link,
    Optional<Boolean> up,
    OptionalInt txQueueLength,
    Optional<AddrGenMode> addrGenMode,
    OptionalInt netnsFd,
    OptionalInt netnsPid)
    implements Subject {
  /** {@code IFALIASZ} less one. */
  private static final int MAX_ALIAS_BYTES = 255;

  public LinkSpec {
    if (index != 0) {
      Checks.ifindex(index);
    }
    if (index == 0 || !name.isEmpty()) {
      InterfaceName.check(name);
    }
    alias.ifPresent(LinkSpec::checkAlias);
    mtu.ifPresent(value -> Checks.range("MTU", value, 0, Integer.MAX_VALUE));
    master.ifPresent(value -> Checks.range("master", value, 0, Integer.MAX_VALUE));
  }

  private static void checkAlias(String alias) {
    int length = alias.getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_ALIAS_BYTES || alias.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("alias of " + length + " bytes: '" + alias + "'");
    }
  }

  /** A link by its name, new or there. */
  public static LinkSpec named(String name) {
    return new Draft(0, name).done();
  }

  /** A link that is there, by its index. */
  public static LinkSpec index(int index) {
    Checks.ifindex(index);
    return new Draft(index, "").done();
  }

  /** With a (new) name. */
  public LinkSpec name(String value) {
    Draft draft = new Draft(this);
    draft.name = value;
    return draft.done();
  }

  public LinkSpec details(LinkDetails value) {
    Draft draft = new Draft(this);
    draft.details = Optional.of(value);
    return draft.done();
  }

  public LinkSpec mtu(int value) {
    Draft draft = new Draft(this);
    draft.mtu = OptionalInt.of(value);
    return draft.done();
  }

  public LinkSpec address(LinkAddress value) {
    Draft draft = new Draft(this);
    draft.address = Optional.of(value);
    return draft.done();
  }

  public LinkSpec alias(String value) {
    Draft draft = new Draft(this);
    draft.alias = Optional.of(value);
    return draft.done();
  }

  /** With a master; 0 leaves the one it has. */
  public LinkSpec master(int value) {
    Draft draft = new Draft(this);
    draft.master = OptionalInt.of(value);
    return draft.done();
  }

  public LinkSpec link(int value) {
    Draft draft = new Draft(this);
    draft.link = OptionalInt.of(value);
    return draft.done();
  }

  public LinkSpec up(boolean value) {
    Draft draft = new Draft(this);
    draft.up = Optional.of(value);
    return draft.done();
  }

  public LinkSpec txQueueLength(int value) {
    Draft draft = new Draft(this);
    draft.txQueueLength = OptionalInt.of(value);
    return draft.done();
  }

  public LinkSpec addrGenMode(AddrGenMode value) {
    Draft draft = new Draft(this);
    draft.addrGenMode = Optional.of(value);
    return draft.done();
  }

  /** Into the namespace of an open descriptor, which must stay open until the message is sent. */
  public LinkSpec netnsFd(int value) {
    Draft draft = new Draft(this);
    draft.netnsFd = OptionalInt.of(value);
    return draft.done();
  }

  /** Into the namespace of a process. */
  public LinkSpec netnsPid(int value) {
    Draft draft = new Draft(this);
    draft.netnsPid = OptionalInt.of(value);
    return draft.done();
  }

  /** What a create message can bring: all but alias, addrgenmode and up. */
  public LinkSpec early() {
    Draft draft = new Draft(this);
    draft.alias = Optional.empty();
    draft.up = Optional.empty();
    draft.addrGenMode = Optional.empty();
    return draft.done();
  }

  /** Alias and addrgenmode, for the link that was made. */
  public LinkSpec late(int newIndex) {
    Draft draft = new Draft(newIndex, "");
    draft.alias = alias;
    draft.addrGenMode = addrGenMode;
    return draft.done();
  }

  /** The fields of one that is being made. */
  private static final class Draft {
    private final int index;
    private String name;
    private Optional<LinkDetails> details = Optional.empty();
    private OptionalInt mtu = OptionalInt.empty();
    private Optional<LinkAddress> address = Optional.empty();
    private Optional<String> alias = Optional.empty();
    private OptionalInt master = OptionalInt.empty();
    private OptionalInt link = OptionalInt.empty();
    private Optional<Boolean> up = Optional.empty();
    private OptionalInt txQueueLength = OptionalInt.empty();
    private Optional<AddrGenMode> addrGenMode = Optional.empty();
    private OptionalInt netnsFd = OptionalInt.empty();
    private OptionalInt netnsPid = OptionalInt.empty();

    Draft(int index, String name) {
      this.index = index;
      this.name = name;
    }

    Draft(LinkSpec from) {
      this(from.index, from.name);
      details = from.details;
      mtu = from.mtu;
      address = from.address;
      alias = from.alias;
      master = from.master;
      link = from.link;
      up = from.up;
      txQueueLength = from.txQueueLength;
      addrGenMode = from.addrGenMode;
      netnsFd = from.netnsFd;
      netnsPid = from.netnsPid;
    }

    LinkSpec done() {
      return new LinkSpec(
          index,
          name,
          details,
          mtu,
          address,
          alias,
          master,
          link,
          up,
          txQueueLength,
          addrGenMode,
          netnsFd,
          netnsPid);
    }
  }

  /** What is said, and nothing of the rest. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("link ");
    text.append(name.isEmpty() ? "#" + index : index == 0 ? name : "#" + index + " " + name);
    details.ifPresent(value -> text.append(' ').append(value));
    mtu.ifPresent(value -> text.append(" mtu ").append(value));
    address.ifPresent(value -> text.append(" address ").append(value));
    alias.ifPresent(value -> text.append(" alias '").append(value).append('\''));
    master.ifPresent(value -> text.append(" master #").append(value));
    link.ifPresent(value -> text.append(" link #").append(value));
    up.ifPresent(value -> text.append(value ? " up" : " down"));
    txQueueLength.ifPresent(value -> text.append(" txqueuelen ").append(value));
    addrGenMode.ifPresent(value -> text.append(" addrgenmode ").append(value));
    netnsFd.ifPresent(value -> text.append(" netns of descriptor ").append(value));
    netnsPid.ifPresent(value -> text.append(" netns of process ").append(value));
    return text.toString();
  }
}

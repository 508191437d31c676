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

  private static LinkSpec of(int index, String name) {
    return new LinkSpec(
        index,
        name,
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty());
  }

  /** A link by its name, new or there. */
  public static LinkSpec named(String name) {
    return of(0, name);
  }

  /** A link that is there, by its index. */
  public static LinkSpec index(int index) {
    Checks.ifindex(index);
    return of(index, "");
  }

  /** With a (new) name. */
  public LinkSpec name(String value) {
    return new LinkSpec(
        index,
        value,
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

  public LinkSpec details(LinkDetails value) {
    return new LinkSpec(
        index,
        name,
        Optional.of(value),
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

  public LinkSpec mtu(int value) {
    return new LinkSpec(
        index,
        name,
        details,
        OptionalInt.of(value),
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

  public LinkSpec address(LinkAddress value) {
    return new LinkSpec(
        index,
        name,
        details,
        mtu,
        Optional.of(value),
        alias,
        master,
        link,
        up,
        txQueueLength,
        addrGenMode,
        netnsFd,
        netnsPid);
  }

  public LinkSpec alias(String value) {
    return new LinkSpec(
        index,
        name,
        details,
        mtu,
        address,
        Optional.of(value),
        master,
        link,
        up,
        txQueueLength,
        addrGenMode,
        netnsFd,
        netnsPid);
  }

  /** With a master; 0 leaves the one it has. */
  public LinkSpec master(int value) {
    return new LinkSpec(
        index,
        name,
        details,
        mtu,
        address,
        alias,
        OptionalInt.of(value),
        link,
        up,
        txQueueLength,
        addrGenMode,
        netnsFd,
        netnsPid);
  }

  public LinkSpec link(int value) {
    return new LinkSpec(
        index,
        name,
        details,
        mtu,
        address,
        alias,
        master,
        OptionalInt.of(value),
        up,
        txQueueLength,
        addrGenMode,
        netnsFd,
        netnsPid);
  }

  public LinkSpec up(boolean value) {
    return new LinkSpec(
        index,
        name,
        details,
        mtu,
        address,
        alias,
        master,
        link,
        Optional.of(value),
        txQueueLength,
        addrGenMode,
        netnsFd,
        netnsPid);
  }

  public LinkSpec txQueueLength(int value) {
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
        OptionalInt.of(value),
        addrGenMode,
        netnsFd,
        netnsPid);
  }

  public LinkSpec addrGenMode(AddrGenMode value) {
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
        Optional.of(value),
        netnsFd,
        netnsPid);
  }

  /** Into the namespace of an open descriptor, which must stay open until the message is sent. */
  public LinkSpec netnsFd(int value) {
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
        OptionalInt.of(value),
        netnsPid);
  }

  /** Into the namespace of a process. */
  public LinkSpec netnsPid(int value) {
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
        OptionalInt.of(value));
  }

  /** What a create message can bring: all but alias, addrgenmode and up. */
  public LinkSpec early() {
    return new LinkSpec(
        index,
        name,
        details,
        mtu,
        address,
        Optional.empty(),
        master,
        link,
        Optional.empty(),
        txQueueLength,
        Optional.empty(),
        netnsFd,
        netnsPid);
  }

  /** Alias and addrgenmode, for the link that was made. */
  public LinkSpec late(int newIndex) {
    return new LinkSpec(
        newIndex,
        "",
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        alias,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        addrGenMode,
        OptionalInt.empty(),
        OptionalInt.empty());
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

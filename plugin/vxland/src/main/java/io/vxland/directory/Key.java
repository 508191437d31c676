package io.vxland.directory;

import io.vxland.model.InvalidValueException;
import io.vxland.model.MacAddress;
import io.vxland.model.NetworkName;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.Optional;

/** Under which name something is stored, relative to the store's prefix. */
public sealed interface Key {
  /** Of this version of the schema; a later one that differs has another. */
  String SCHEMA = "1";

  /** The longest key, in characters. */
  int MAX_LENGTH = 256;

  /** As it is stored. */
  String text();

  /** The host that writes it; empty: any does. */
  default Optional<Vtep> owner() {
    return Optional.empty();
  }

  /** A host that lives: {@code hosts/10.99.0.1}. It goes with the host's lease. */
  record Host(Vtep vtep) implements Key {
    @Override
    public String text() {
      return "hosts/" + vtep;
    }

    @Override
    public Optional<Vtep> owner() {
      return Optional.of(vtep);
    }
  }

  /** A host's part in a network: {@code members/10.99.0.1/5001}. */
  record Member(Vtep vtep, Vni vni) implements Key {
    @Override
    public String text() {
      return "members/" + vtep + "/" + vni;
    }

    @Override
    public Optional<Vtep> owner() {
      return Optional.of(vtep);
    }
  }

  /** A host's claim to have a card: {@code ports/10.99.0.1/5001/52:54:00:00:00:01}. */
  record Port(Vtep vtep, Vni vni, MacAddress mac) implements Key {
    @Override
    public String text() {
      return "ports/" + vtep + "/" + vni + "/" + mac;
    }

    @Override
    public Optional<Vtep> owner() {
      return Optional.of(vtep);
    }
  }

  /**
   * How often a card was claimed: {@code sequences/5001/52:54:00:00:00:01}. A claim goes on from
   * what its host has read there, so that one that is late is refused.
   */
  record Sequence(Vni vni, MacAddress mac) implements Key {
    @Override
    public String text() {
      return "sequences/" + vni + "/" + mac;
    }
  }

  /** A network that all hosts have: {@code networks/blue}. */
  record Network(NetworkName name) implements Key {
    @Override
    public String text() {
      return "networks/" + name;
    }
  }

  /** What a VNI is used for: {@code vnis/5001}. */
  record Allocation(Vni vni) implements Key {
    @Override
    public String text() {
      return "vnis/" + vni;
    }
  }

  /**
   * Reads a key.
   *
   * @throws InvalidValueException if it is none of this schema, or not written as {@link #text}
   *     writes it
   */
  static Key parse(String text) {
    return parse(text, new Names());
  }

  /**
   * Reads a key, as {@link #parse(String)}.
   *
   * @param names of hosts and networks that were read before
   */
  static Key parse(String text, Names names) {
    if (text.length() > MAX_LENGTH) {
      throw new InvalidValueException("a key of more than " + MAX_LENGTH + " characters");
    }
    String[] parts = text.split("/", -1);
    Key key =
        switch (parts[0] + " " + parts.length) {
          case "hosts 2" -> new Host(names.vtep(parts[1]));
          case "members 3" -> new Member(names.vtep(parts[1]), names.vni(parts[2]));
          case "ports 4" ->
              new Port(
                  names.vtep(parts[1]), names.vni(parts[2]), MacAddress.parseUnicast(parts[3]));
          case "sequences 3" ->
              new Sequence(names.vni(parts[1]), MacAddress.parseUnicast(parts[2]));
          case "networks 2" -> new Network(new NetworkName(parts[1]));
          case "vnis 2" -> new Allocation(names.vni(parts[1]));
          default ->
              throw new InvalidValueException(
                  "key " + InvalidValueException.quote(text) + " is none of this schema");
        };
    // One thing has one name, or two hosts could own it.
    if (!key.text().equals(text)) {
      throw new InvalidValueException(
          "key "
              + InvalidValueException.quote(text)
              + " is not written as "
              + InvalidValueException.quote(key.text()));
    }
    return key;
  }
}

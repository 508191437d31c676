package io.vxland.directory;

import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.NetworkName;
import io.vxland.model.SharedNetwork;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.List;
import java.util.UUID;

/** Something that is stored. */
public sealed interface Entry {
  /** Most addresses of one card. */
  int MAX_ADDRESSES = 64;

  /** The longest name of a host or a VM, in characters. */
  int MAX_NAME = 256;

  /** Under which name it is stored. */
  Key key();

  /**
   * A host that lives.
   *
   * @param vtep its tunnel end point
   * @param name for people
   */
  record Host(Vtep vtep, String name) implements Entry {
    /** Refuses a name that is too long. */
    public Host {
      checkName(name);
    }

    @Override
    public Key key() {
      return new Key.Host(vtep);
    }
  }

  /** A host has a network and gets what is flooded in it. */
  record Member(Vtep vtep, Vni vni) implements Entry {
    @Override
    public Key key() {
      return new Key.Member(vtep, vni);
    }
  }

  /**
   * A host has a card.
   *
   * @param vtep the host
   * @param vni the card's network
   * @param mac the card
   * @param sequence one more than that of the host that had it before; from 1
   * @param domain the VM
   * @param vm its name, for people
   * @param addresses of the card, ascending
   * @param named whether an administrator names the addresses; else a guest was seen to use them
   */
  record Port(
      Vtep vtep,
      Vni vni,
      MacAddress mac,
      long sequence,
      UUID domain,
      String vm,
      List<IpAddress> addresses,
      boolean named)
      implements Entry {
    /** A card with addresses that nobody has named. */
    public Port(
        Vtep vtep,
        Vni vni,
        MacAddress mac,
        long sequence,
        UUID domain,
        String vm,
        List<IpAddress> addresses) {
      this(vtep, vni, mac, sequence, domain, vm, addresses, false);
    }

    /** Checks the ranges, and sorts the addresses. */
    public Port {
      checkName(vm);
      addresses = addresses.stream().sorted().distinct().toList();
      if (!mac.isUnicast()) {
        throw new InvalidValueException("MAC address " + mac + " is not that of a NIC");
      }
      checkSequence(sequence);
      if (addresses.size() > MAX_ADDRESSES) {
        throw new InvalidValueException(
            addresses.size() + " addresses of one NIC; at most " + MAX_ADDRESSES);
      }
    }

    @Override
    public Key key() {
      return new Key.Port(vtep, vni, mac);
    }

    /** As the planner takes it. */
    public Location location() {
      return new Location(mac, vtep, addresses, named);
    }
  }

  /**
   * How often a card was claimed.
   *
   * @param vni the card's network
   * @param mac the card
   * @param number the last claim's; from 1
   */
  record Sequence(Vni vni, MacAddress mac, long number) implements Entry {
    /** Checks the range. */
    public Sequence {
      checkSequence(number);
    }

    @Override
    public Key key() {
      return new Key.Sequence(vni, mac);
    }
  }

  /**
   * A network that all hosts have, or had.
   *
   * @param network the network
   * @param deleted whether no host is to have it any more. That is said, for what is merely missing
   *     may have been lost
   */
  record Network(SharedNetwork network, boolean deleted) implements Entry {
    @Override
    public Key key() {
      return new Key.Network(network.name());
    }
  }

  /** A VNI is a network's, and so nobody else's. */
  record Allocation(Vni vni, NetworkName network) implements Entry {
    @Override
    public Key key() {
      return new Key.Allocation(vni);
    }
  }

  private static void checkSequence(long sequence) {
    if (sequence < 1) {
      throw new InvalidValueException("sequence " + sequence + " is less than 1");
    }
  }

  private static void checkName(String name) {
    if (name.length() > MAX_NAME) {
      throw new InvalidValueException("a name of more than " + MAX_NAME + " characters");
    }
  }
}

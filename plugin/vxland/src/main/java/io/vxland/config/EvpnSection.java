package io.vxland.config;

import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.Numbers;
import io.vxland.model.Vtep;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the section {@code [evpn]}. */
final class EvpnSection {
  private static final Path VTYSH = Path.of("/usr/bin/vtysh");

  /** The last but one of 32 bits; the last is reserved (RFC 7300). */
  private static final long MAX_AS = 4_294_967_294L;

  private final SectionReader reader;
  private final Optional<Vtep> own;

  EvpnSection(SectionReader reader, Optional<Vtep> own) {
    this.reader = reader;
    this.own = own;
  }

  Configuration.Evpn parse() {
    Optional<Long> as = reader.value(Key.EVPN_AS, EvpnSection::as);
    if (reader.place(Key.EVPN_AS).isEmpty()) {
      reader.problem("needs 'as', the same number on all hosts, such as 65000");
    }
    boolean manage = reader.value(Key.EVPN_MANAGE, SectionReader::yesOrNo).orElse(true);
    return new Configuration.Evpn(
        as.orElse(1L),
        peers(manage),
        reader.value(Key.EVPN_REFLECTOR, SectionReader::yesOrNo).orElse(false),
        manage,
        reader.value(Key.EVPN_VTYSH, EvpnSection::program).orElse(VTYSH));
  }

  private List<IpAddress> peers(boolean manage) {
    List<SectionReader.Placed<Vtep>> peers = reader.list(Key.EVPN_PEERS, Vtep::parse);
    for (SectionReader.Placed<Vtep> peer : peers) {
      if (own.equals(Optional.of(peer.value()))) {
        reader.problem(peer.setting(), peer.value() + " " + OwnAddress.IS_OWN);
      }
    }
    if (manage && reader.place(Key.EVPN_PEERS).isEmpty()) {
      reader.problem("needs 'peers', the other hosts or the route reflectors, or 'manage = no'");
    }
    return peers.stream().map(peer -> peer.value().address()).toList();
  }

  private static Long as(String text) {
    return Numbers.parseLong("autonomous system", text, 1, MAX_AS);
  }

  private static Path program(String text) {
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path;
      }
    } catch (InvalidPathException not) {
      // Said below.
    }
    throw new InvalidValueException(
        InvalidValueException.quote(text) + " is not the absolute path of a program");
  }
}

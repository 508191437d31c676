package io.vxland.config;

import io.vxland.model.Checksums;
import io.vxland.model.HostAddress;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.PortSecurity;
import io.vxland.model.Prefix;
import io.vxland.model.SwitchOptions.Datapath;
import io.vxland.model.UdpPort;
import io.vxland.model.VniRange;
import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes a configuration of the sections of all files. */
final class ConfigurationParser {
  private static final String NETWORK_PREFIX = "network ";
  private static final String DEFAULT_URI = "qemu:///system";

  private final Problems problems;
  private final List<IniFile.Section> networks = new ArrayList<>();
  private Optional<SectionReader> host = Optional.empty();
  private Optional<SectionReader> control = Optional.empty();
  private Optional<SectionReader> etcd = Optional.empty();
  private Optional<SectionReader> evpn = Optional.empty();
  private Optional<SectionReader> libvirt = Optional.empty();
  private Optional<SectionReader> ovs = Optional.empty();

  ConfigurationParser(Problems problems) {
    this.problems = problems;
  }

  /** Takes in the sections of one file. */
  void add(List<IniFile.Section> sections, boolean isMainFile) {
    for (IniFile.Section section : sections) {
      if (section.title().startsWith(NETWORK_PREFIX)) {
        networks.add(section);
        continue;
      }
      Optional<Key.Kind> kind =
          Stream.of(Key.Kind.values())
              .filter(each -> each != Key.Kind.NETWORK)
              .filter(each -> each.title().equals(section.title()))
              .findFirst();
      if (kind.isEmpty()) {
        problems.add(section, unknown(section.title()));
      } else if (!isMainFile) {
        problems.add(
            section,
            "belongs in "
                + ConfigurationReader.MAIN_FILE
                + "; this file can have only sections [network NAME]");
      } else {
        take(kind.get(), new SectionReader(section, kind.get(), problems));
      }
    }
  }

  /** The configuration; of use only if there were no problems. */
  Configuration configuration() {
    Configuration.Host parsedHost = parseHost();
    List<SectionReader.Placed<Vtep>> peers =
        control.map(each -> each.list(Key.CONTROL_PEERS, Vtep::parse)).orElse(List.of());
    Configuration.Control parsedControl =
        new Configuration.Control(
            control
                .flatMap(each -> each.value(Key.MODE, ConfigurationParser::mode))
                .orElse(Configuration.Control.Mode.STATIC),
            peers.stream().map(SectionReader.Placed::value).toList(),
            control
                .map(each -> each.list(Key.ACCEPT, ConfigurationParser::source))
                .orElse(List.of())
                .stream()
                .map(SectionReader.Placed::value)
                .toList());
    Configuration.Libvirt parsedLibvirt =
        new Configuration.Libvirt(
            libvirt
                .flatMap(each -> each.value(Key.URI, ConfigurationParser::uri))
                .orElse(DEFAULT_URI));
    Underlay underlay = new Underlay(parsedHost.address().exact());
    control.ifPresent(each -> underlay.check(each, peers));
    Configuration.Ovs parsedOvs = parseOvs();
    return new Configuration(
        parsedHost,
        parsedControl,
        parseEtcd(parsedControl),
        parseEvpn(parsedControl, parsedHost.address().exact()),
        parsedLibvirt,
        parsedOvs,
        new NetworkSections(
                NetworkSections.defaults(parsedControl, parsedHost, parsedOvs.datapath()),
                underlay,
                problems)
            .parse(networks));
  }

  private static Prefix source(String text) {
    return text.equals("any") ? Prefix.parse("0.0.0.0/0") : Prefix.parse(text);
  }

  /** It may stand there unused, for the day of the change, but then it must be right, too. */
  private Optional<Configuration.Etcd> parseEtcd(Configuration.Control parsedControl) {
    Optional<Configuration.Etcd> parsed = etcd.map(each -> new EtcdSection(each).parse());
    if (parsedControl.mode() != Configuration.Control.Mode.ETCD) {
      return Optional.empty();
    }
    if (parsed.isEmpty()) {
      SectionReader reader = control.orElseThrow();
      reader.problem(
          reader.place(Key.MODE).orElseThrow(),
          "needs a section [etcd] with 'endpoints = https://HOST:2379'");
    }
    return parsed;
  }

  /** Likewise. */
  private Optional<Configuration.Evpn> parseEvpn(
      Configuration.Control parsedControl, Optional<Vtep> own) {
    Optional<Configuration.Evpn> parsed = evpn.map(each -> new EvpnSection(each, own).parse());
    if (parsedControl.mode() != Configuration.Control.Mode.EVPN) {
      return Optional.empty();
    }
    SectionReader reader = control.orElseThrow();
    IniFile.Setting place = reader.place(Key.MODE).orElseThrow();
    if (parsed.isEmpty()) {
      reader.problem(place, "needs a section [evpn] with 'as = 65000' and 'peers'");
    }
    own.filter(vtep -> vtep.address().family() != IpAddress.Family.V4)
        .ifPresent(
            vtep ->
                reader.problem(
                    place, "FRR's EVPN supports only IPv4 VTEPs, but [host] address is " + vtep));
    return parsed;
  }

  private void take(Key.Kind kind, SectionReader reader) {
    switch (kind) {
      case HOST -> host = Optional.of(reader);
      case CONTROL -> control = Optional.of(reader);
      case ETCD -> etcd = Optional.of(reader);
      case EVPN -> evpn = Optional.of(reader);
      case LIBVIRT -> libvirt = Optional.of(reader);
      case OVS -> ovs = Optional.of(reader);
      case NETWORK -> throw new IllegalArgumentException("networks are many");
    }
  }

  private Configuration.Host parseHost() {
    return new Configuration.Host(
        host.flatMap(each -> each.value(Key.HOST_ADDRESS, HostAddress::parse))
            .orElse(new HostAddress.OfDefaultRoute()),
        host.flatMap(each -> each.value(Key.HOST_PORT, UdpPort::parse)).orElse(UdpPort.VXLAN),
        host.flatMap(each -> each.value(Key.BRIDGE_NAME_FALLBACK, ConfigurationParser::bridgeNames))
            .orElse(Optional.empty()),
        host.flatMap(each -> each.value(Key.HOST_MSS_CLAMP, SectionReader::yesOrNo)).orElse(true),
        host.flatMap(each -> each.value(Key.HOST_PORT_SECURITY, PortSecurity::parse))
            .orElse(PortSecurity.KNOWN),
        host.flatMap(each -> each.value(Key.HOST_UDP_CHECKSUM, SectionReader::yesOrNo)),
        host.flatMap(each -> each.value(Key.HOST_UDP6_ZERO_CHECKSUM, Checksums.Zero6::parse))
            .orElse(Checksums.Zero6.NO));
  }

  private static Optional<VniRange> bridgeNames(String text) {
    return switch (text) {
      case "no" -> Optional.empty();
      case "yes" -> Optional.of(VniRange.ALL);
      default -> Optional.of(VniRange.parse(text));
    };
  }

  private Configuration.Ovs parseOvs() {
    return new Configuration.Ovs(
        ovs.flatMap(each -> each.value(Key.OVS_DATABASE, ConfigurationParser::socket))
            .orElse(Configuration.Ovs.DEFAULTS.database()),
        ovs.flatMap(each -> each.value(Key.OVS_DATAPATH, Datapath::parse))
            .orElse(Configuration.Ovs.DEFAULTS.datapath()));
  }

  /** The kernel takes 107 bytes for a socket's name. */
  private static String socket(String text) {
    if (!text.matches("/[!-~]{1,106}")) {
      throw new InvalidValueException(
          InvalidValueException.quote(text)
              + " is not the path of a socket, such as "
              + Configuration.Ovs.DEFAULTS.database());
    }
    return text;
  }

  private static Configuration.Control.Mode mode(String text) {
    return switch (text) {
      case "static" -> Configuration.Control.Mode.STATIC;
      case "etcd" -> Configuration.Control.Mode.ETCD;
      case "evpn" -> Configuration.Control.Mode.EVPN;
      default ->
          throw new InvalidValueException(
              "mode "
                  + InvalidValueException.quote(text)
                  + " is unknown; use 'static', 'etcd' or 'evpn'");
    };
  }

  /** A URI of virConnectOpen without a host: taps and bridges are this machine's. */
  private static String uri(String text) {
    boolean local =
        text.length() <= 256
            && text.chars().allMatch(c -> c > ' ' && c < 127)
            && text.matches("[a-z]+:///[^/].*");
    if (!local) {
      throw new InvalidValueException(
          InvalidValueException.quote(text)
              + " is not a URI of the local libvirt, such as "
              + DEFAULT_URI);
    }
    return text;
  }

  private static String unknown(String title) {
    List<String> titles = Stream.of(Key.Kind.values()).map(Key.Kind::title).toList();
    return Nearest.to(
            title, List.of("host", "control", "etcd", "evpn", "libvirt", "ovs", "network"))
        .map(name -> name.equals("network") ? Key.Kind.NETWORK.title() : name)
        .map(name -> "unknown section; did you mean [" + name + "]?")
        .orElse("unknown section; known sections: [" + String.join("], [", titles) + "]");
  }

  /** The name in the title of a network's section. */
  static String networkName(IniFile.Section section) {
    return section.title().substring(NETWORK_PREFIX.length()).trim();
  }
}
